"""Events and frames in; each second what is held out, so that a reader can begin anywhere in a session."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recorder.actions import BUTTONS, KEYS, Action, Event
from recorder.alignment import ActionBuilder

PERIOD_NS = 1_000_000_000
UNKNOWN = 255  # for locks and layout, where no door tells of them
CAPS_LOCK, NUM_LOCK = 1, 2  # bits of `locks`
STATE_DTYPE = np.dtype(
    [
        ("t_ns", "<i8"),
        ("x_px", "<i4"),
        ("y_px", "<i4"),
        ("buttons", "u1"),  # bit i is BUTTONS[i]
        ("keys", "u1", (16,)),  # bit i % 8 of byte i // 8 is KEYS[i]
        ("locks", "u1"),
        ("layout", "u1"),
    ]
)


@dataclass(frozen=True, kw_only=True)
class Keyboard:
    """What a keyboard has switched on: `locks` of CAPS_LOCK and NUM_LOCK, and the number of its layout."""

    locks: int = UNKNOWN
    layout: int = UNKNOWN


@dataclass(frozen=True, kw_only=True)
class State:
    """What holds at `t_ns`, after all events of up to then; buttons and keys are indices into the action table."""

    t_ns: int
    x_px: int
    y_px: int
    buttons: frozenset[int]
    keys: frozenset[int]
    keyboard: Keyboard

    def row(self) -> tuple[object, ...]:
        """As a row of STATE_DTYPE."""
        buttons = sum(1 << code for code in self.buttons if code < len(BUTTONS))
        held = np.isin(np.arange(8 * STATE_DTYPE["keys"].shape[0]), [*self.keys])
        keys = np.packbits(held, bitorder="little")
        return (self.t_ns, self.x_px, self.y_px, buttons, keys, self.keyboard.locks, self.keyboard.layout)

    @classmethod
    def of(cls, row: np.void) -> "State":
        """The inverse of `row`."""
        keys = np.flatnonzero(np.unpackbits(row["keys"], bitorder="little")[: len(KEYS)])
        return cls(
            t_ns=int(row["t_ns"]),
            x_px=int(row["x_px"]),
            y_px=int(row["y_px"]),
            buttons=frozenset(code for code in range(len(BUTTONS)) if row["buttons"] >> code & 1),
            keys=frozenset(keys.tolist()),
            keyboard=Keyboard(locks=int(row["locks"]), layout=int(row["layout"])),
        )


def states_of(
    events: Iterable[Event], t_ns: NDArray[np.int64], x_px: NDArray[np.int32], y_px: NDArray[np.int32]
) -> NDArray[np.void]:
    """The rows of STATE_DTYPE that a writer of these events, frame times and pointer places makes."""
    keeper = StateKeeper()
    keeper.feed(events)
    places = zip(t_ns.tolist(), x_px.tolist(), y_px.tolist(), strict=False)
    states = (keeper.at_frame(*place) for place in places)
    return np.array([state.row() for state in states if state is not None], STATE_DTYPE)


class StateKeeper:
    """Folds events into what is held; says it at the first frame a period after the last one, or of another keyboard.

    What is held is what the events say, so that nothing is told here that was left out of them.
    """

    def __init__(self) -> None:
        self._builder: ActionBuilder | None = None
        self._pending: deque[Event] = deque()
        self._keyboard, self._told = Keyboard(), Keyboard()
        self._told_ns: int | None = None

    def feed(self, events: Iterable[Event]) -> None:
        """Take events, in time order."""
        self._pending.extend(events)

    def switch(self, keyboard: Keyboard) -> None:
        """What the keyboard has switched on from now on."""
        self._keyboard = keyboard

    def at_frame(self, t_ns: int, x_px: int, y_px: int) -> State | None:
        """The state at a frame's time; None where none is due. The pointer is where events say, first where it was."""
        self._builder = self._builder or ActionBuilder(x_px, y_px)
        held = self._held(self._builder, t_ns)
        due = self._told_ns is None or t_ns - self._told_ns >= PERIOD_NS or self._keyboard != self._told
        if not due:
            return None
        self._told_ns, self._told = t_ns, self._keyboard
        return State(
            t_ns=t_ns, x_px=held.x_px, y_px=held.y_px, buttons=held.buttons, keys=held.keys, keyboard=self._keyboard
        )

    def _held(self, builder: ActionBuilder, t_ns: int) -> Action:
        while self._pending and self._pending[0].t_ns <= t_ns:
            builder.feed(self._pending.popleft())
        return builder.cut()
