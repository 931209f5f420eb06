"""A made-up screen, pointer and user, the same on every run: for tests and for machines without a display."""

import bisect
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from recorder.actions import Event
from recorder.box import Box
from recorder.clock import Clock
from recorder.doors import Input, Monitors, Passwords, Pointer, Raw, RawMove, Screen, Switches, Window, Windows
from recorder.pointer import PointerShape, PointerState
from recorder.states import Keyboard

SQUARE_PX = 16
SPEED_PX_PER_S = 60
BACKGROUND, SQUARE = (40, 60, 90), (230, 180, 60)


def _path_px(clock: Clock, start_ns: int, length_px: int) -> int:
    """Where something is that crosses `length_px` again and again."""
    return (clock.now_ns() - start_ns) * SPEED_PX_PER_S // 1_000_000_000 % length_px


class FakeScreen(Screen):
    """A square that crosses the screen from left to right."""

    def __init__(self, clock: Clock, size_px: tuple[int, int] = (128, 96)) -> None:
        self._clock, self._size_px = clock, size_px
        self._start_ns = clock.now_ns()

    @property
    def size_px(self) -> tuple[int, int]:
        return self._size_px

    def grab(self) -> NDArray[np.uint8]:
        width, height = self._size_px
        frame = np.full((height, width, 3), BACKGROUND, np.uint8)
        left = _path_px(self._clock, self._start_ns, width)
        frame[height // 2 : height // 2 + SQUARE_PX, left : left + SQUARE_PX] = SQUARE
        return frame

    def close(self) -> None: ...


class FakePointer(Pointer):
    """A white pointer that follows the upper left corner of FakeScreen's square."""

    def __init__(self, clock: Clock, size_px: tuple[int, int] = (128, 96)) -> None:
        self._clock, self._size_px = clock, size_px
        self._start_ns = clock.now_ns()
        self._shape = PointerShape(rgba=np.full((8, 5, 4), 255, np.uint8), hot_x_px=0, hot_y_px=0, name="arrow")

    def read(self) -> PointerState:
        width, height = self._size_px
        left = _path_px(self._clock, self._start_ns, width)
        return PointerState(x_px=left, y_px=height // 2, shape=self._shape)

    def close(self) -> None: ...


class FakeWindows(Windows):
    """Given windows and popups."""

    def __init__(self, windows: Sequence[Window] = (), popups: Sequence[Box] = ()) -> None:
        self.shown, self.open = list(windows), list(popups)

    def windows(self) -> list[Window]:
        return self.shown

    def place(self, number: int) -> Box | None:
        for window in self.shown:
            if window.number == number:
                return None if window.hidden else window.box
        raise LookupError(number)

    def popups(self) -> list[Box]:
        return self.open

    def close(self) -> None: ...


class FakeMonitors(Monitors):
    """Given monitors."""

    def __init__(self, boxes: Mapping[str, Box]) -> None:
        self.on = dict(boxes)

    def boxes(self) -> dict[str, Box]:
        return self.on

    def close(self) -> None: ...


class FakePasswords(Passwords):
    """Given fields; one of them takes the keys where there is any."""

    def __init__(self, fields: Sequence[Box] = ()) -> None:
        self.fields = list(fields)

    def asked(self) -> bool:
        return bool(self.fields)

    def boxes(self) -> list[Box]:
        return self.fields

    def close(self) -> None: ...


class FakeInput(Input):
    """Hands out given events, in time order, once the clock has reached them."""

    def __init__(self, clock: Clock, events: Sequence[Event] = ()) -> None:
        self._clock = clock
        self._events = list(events)

    def drain(self) -> list[Event]:
        count = bisect.bisect_right(self._events, self._clock.now_ns(), key=lambda event: event.t_ns)
        happened, self._events = self._events[:count], self._events[count:]
        return happened

    def close(self) -> None: ...


class FakeRaw(Raw):
    """Hands out given moves, in time order, once the clock has reached them."""

    def __init__(self, clock: Clock, moves: Sequence[RawMove] = ()) -> None:
        self._clock = clock
        self._moves = list(moves)

    def drain(self) -> list[RawMove]:
        count = bisect.bisect_right(self._moves, self._clock.now_ns(), key=lambda move: move.t_ns)
        happened, self._moves = self._moves[:count], self._moves[count:]
        return happened

    def close(self) -> None: ...


class FakeSwitches(Switches):
    """Given locks and layout."""

    def __init__(self, keyboard: Keyboard) -> None:
        self.on = keyboard

    def read(self) -> Keyboard:
        return self.on

    def close(self) -> None: ...
