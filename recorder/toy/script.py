"""What happens in a session of the toy desktop, with its times: inputs, and wishes that texts express."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from recorder.actions import KEY_INDEX, Event, EventKind
from recorder.clock import Clock
from recorder.doors import Injector
from recorder.explorer.hand import keystroke
from recorder.toy.desktop import PRINTABLE, Desktop

SYMBOLS = {keystroke(chr(code)): code for code in PRINTABLE}  # of (key, with shift)
NAMED_SYMBOLS = {"Backspace": 0xFF08, "Enter": 0xFF0D, "Escape": 0xFF1B}
SHIFT = KEY_INDEX["ShiftLeft"]


class Stage(Enum):
    """How far a wish is."""

    ASKED = "asked"
    DONE = "done"
    OVER = "over"


@dataclass(frozen=True, kw_only=True)
class Wish:
    """That an attribute become `value`, or that the application `value` be opened, is ASKED, DONE or OVER."""

    t_ns: int
    stage: Stage
    attribute: str
    value: Any


Script = list[Event | Wish]


class Scribe(Injector):
    """Does to a desktop what a hand and texts do, and writes it down."""

    def __init__(self, desktop: Desktop, clock: Clock) -> None:
        self.desktop, self.script = desktop, Script()
        self._clock, self._held = clock, set[tuple[EventKind, int]]()
        self._symbols = dict[int, int]()

    def move(self, x_px: int, y_px: int) -> None:
        self._happen(EventKind.MOTION, at_px=(x_px, y_px))

    def button(self, code: int, down: bool) -> None:
        if self._turns(EventKind.BUTTON_DOWN, code, down):
            self._happen(EventKind.BUTTON_DOWN if down else EventKind.BUTTON_UP, code=code)

    def scroll(self, dx: int, dy: int) -> None:
        self._happen(EventKind.SCROLL, dx=dx, dy=dy)

    def key(self, code: int, down: bool) -> None:
        if self._turns(EventKind.KEY_DOWN, code, down):
            if down:
                self._symbols[code] = self._symbol(code)
            self._happen(EventKind.KEY_DOWN if down else EventKind.KEY_UP, code=code, symbol=self._symbols.get(code, 0))

    def wish(self, stage: Stage, attribute: str, value: Any) -> None:
        """A text's wish comes to this stage."""
        wish = Wish(t_ns=self._clock.now_ns(), stage=stage, attribute=attribute, value=value)
        if stage is Stage.DONE:
            self.desktop.change(attribute, value)
        self.script.append(wish)

    def _turns(self, kind: EventKind, code: int, down: bool) -> bool:
        """Whether it was not so before: what is up stays up when it is let go."""
        before = (kind, code) in self._held
        (self._held.add if down else self._held.discard)((kind, code))
        return before != down

    def _symbol(self, code: int) -> int:
        named = {KEY_INDEX[name]: symbol for name, symbol in NAMED_SYMBOLS.items()}
        return named.get(code) or SYMBOLS.get((code, (EventKind.KEY_DOWN, SHIFT) in self._held), 0)

    def _happen(self, kind: EventKind, *, at_px: tuple[int, int] | None = None, **values: int) -> None:
        x_px, y_px = at_px or self.desktop.pointer_px
        event = Event(t_ns=self._clock.now_ns(), kind=kind, x_px=x_px, y_px=y_px, **values)
        self.desktop.feed(event)
        self.script.append(event)
