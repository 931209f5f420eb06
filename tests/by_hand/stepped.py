"""The checkpoint itself, stepped in this process: inputs in, pictures out, the same ones each time."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recorder.actions import KEYS, Event, EventKind
from recorder.box import Box
from recorder.clock import FakeClock
from recorder.doors import Injector
from simulator import shipped
from simulator.dream import Dream
from simulator.hand import Hand
from simulator.prompt_line import PromptLine
from simulator.world import World
from tests.by_hand.window import SCALE

_LETTERS = {"Space": " ", "Comma": ","}


class SteppedDesk(Injector):
    """Has the members of `PlayedWindow` that a person and the command use; a wait for a frame makes the next one.

    It plays as on a machine that is never late. F5 and F9 are the player's own; the pointer is not painted.
    """

    def __init__(self, world: World, seed: int) -> None:
        self.size_px, self.frames = world.size_px, 0
        width, height = self.size_px
        self.picture_box = Box(x_px=0, y_px=0, width_px=width * SCALE, height_px=height * SCALE)
        self.injector, self.clock = self, _Clock(self, world.fps)
        self._world, self._seed, self._prompt = world, seed, shipped.PROMPT
        self._hand, self._line = Hand(width // 2, height // 2), PromptLine()
        self._asked: str | None = None
        self._kept: set[int] = set()  # keys that are held and the player's own
        self._begin()

    def look(self) -> None:
        """There is nothing to miss."""

    def wait_for_frame(self) -> None:
        act = self._hand.act(self.frames)
        assert act is not None
        if self._asked is not None:
            self._world.set_prompt(self._asked)
            self._asked = None
        self._shown_u8 = self._world.step(act[0]).frame_u8
        self.frames += 1
        self.clock.pass_frame()

    def picture_u8(self) -> NDArray[np.uint8]:
        return self._shown_u8

    def screen_u8(self) -> NDArray[np.uint8]:
        """As large as the real window shows it."""
        return self._shown_u8.repeat(SCALE, axis=0).repeat(SCALE, axis=1)

    def leave(self) -> str:
        return "stepped in one process"

    def move(self, x_px: int, y_px: int) -> None:
        self._feed(EventKind.MOTION, 0, x_px, y_px)

    def button(self, code: int, down: bool) -> None:
        self._feed(EventKind.BUTTON_DOWN if down else EventKind.BUTTON_UP, code, self._hand.x_px, self._hand.y_px)

    def scroll(self, dx: int, dy: int) -> None:
        self._feed(EventKind.SCROLL, 0, self._hand.x_px, self._hand.y_px, dx, dy)

    def key(self, code: int, down: bool) -> None:
        name = KEYS[code].name
        if down and (self._line.text is not None or name in ("F5", "F9")):
            self._kept.add(code)
            self._obey(name)
        elif code in self._kept:
            self._kept.discard(code)
        else:
            self._feed(EventKind.KEY_DOWN if down else EventKind.KEY_UP, code, self._hand.x_px, self._hand.y_px)

    def _obey(self, name: str) -> None:
        """A key that the player keeps for itself."""
        if name == "F5":
            self._begin()
        elif name == "F9":
            self._line.open()
        elif name == "Enter":
            self._prompt = self._asked = self._line.take()
        elif name in _LETTERS or name.startswith("Key"):
            self._line.write(_LETTERS.get(name, name.removeprefix("Key").lower()))

    def _begin(self) -> None:
        self._hand.begin()
        self._asked = None
        self._shown_u8 = self._world.reset(seed=self._seed, prompt=self._prompt).frame_u8

    def _feed(self, kind: EventKind, code: int, x_px: int, y_px: int, dx: int = 0, dy: int = 0) -> None:
        t_ns = self.clock.now_ns()
        self._hand.feed(Event(t_ns=t_ns, kind=kind, code=code, x_px=x_px, y_px=y_px, dx=dx, dy=dy))


@contextmanager
def stepped(checkpoint: Path, seed: int) -> Iterator[SteppedDesk]:
    """A checkpoint, in the look in which what ships begins; ValueError, with the remedy, where it can't be played."""
    yield SteppedDesk(Dream.load(checkpoint), seed)


class _Clock(FakeClock):
    """Sleeping makes frames, and only frames take time."""

    def __init__(self, desk: SteppedDesk, fps: float) -> None:
        super().__init__()
        self._desk, self._period_ns = desk, round(1e9 / fps)

    def pass_frame(self) -> None:
        self.advance(self._period_ns)

    def sleep_until_ns(self, deadline_ns: int) -> None:
        while self.now_ns() < deadline_ns:
            self._desk.wait_for_frame()
