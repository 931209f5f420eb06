"""What an agent holds, frame by frame, becomes what a person would have done."""

from collections.abc import Iterable

from recorder.actions import KEYS, Action, Event, EventKind
from recorder.alignment import ActionBuilder

_MODIFIERS = ("Shift", "Control", "Alt", "Meta")


class Grip:
    """Turns the state of mouse and keyboard at each frame into actions with their press and release events."""

    def __init__(self) -> None:
        self._builder = ActionBuilder()
        self._buttons: frozenset[int] = frozenset()
        self._keys: frozenset[int] = frozenset()

    def act(
        self, t_ns: int, *, pointer_px: tuple[int, int], buttons: Iterable[int], keys: Iterable[int], dx: int, dy: int
    ) -> Action:
        """Move there, then let go, press and turn the wheel; of keys the modifiers go down first and up last."""
        at = {"t_ns": t_ns, "x_px": pointer_px[0], "y_px": pointer_px[1]}
        buttons_before, self._buttons = self._buttons, frozenset(buttons)
        keys_before, self._keys = self._keys, frozenset(keys)
        self._feed(EventKind.MOTION, [0], at)
        self._feed(EventKind.KEY_UP, sorted(keys_before - self._keys, key=_is_modifier), at)
        self._feed(EventKind.BUTTON_UP, sorted(buttons_before - self._buttons), at)
        self._feed(EventKind.KEY_DOWN, sorted(self._keys - keys_before, key=_is_modifier, reverse=True), at)
        self._feed(EventKind.BUTTON_DOWN, sorted(self._buttons - buttons_before), at)
        self._scroll(dx, dy, at)
        return self._builder.cut()

    def _feed(self, kind: EventKind, codes: list[int], at: dict[str, int]) -> None:
        for code in codes:
            self._builder.feed(Event(kind=kind, code=code, **at))

    def _scroll(self, dx: int, dy: int, at: dict[str, int]) -> None:
        """One event for each step of the wheel, as the recorder has them."""
        for steps, (right, up) in ((dx, (1, 0)), (dy, (0, 1))):
            sign = 1 if steps > 0 else -1
            for _ in range(abs(steps)):
                self._builder.feed(Event(kind=EventKind.SCROLL, dx=sign * right, dy=sign * up, **at))


def _is_modifier(code: int) -> bool:
    return KEYS[code].name.startswith(_MODIFIERS)
