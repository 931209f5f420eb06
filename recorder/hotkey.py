"""The key combinations that end a recording, pause it and forget its end, seen in the events that are recorded."""

from recorder.actions import KEY_INDEX, Event, EventKind
from recorder.doors import Input

_WITH = (("ControlLeft", "ControlRight"), ("ShiftLeft", "ShiftRight"))  # one of each, and the key itself
STOP_KEY, PAUSE_KEY, FORGET_KEY = "F12", "F11", "F10"
STOP_HOTKEY_TEXT, PAUSE_HOTKEY_TEXT, FORGET_HOTKEY_TEXT = (
    f"ctrl+shift+{key}" for key in (STOP_KEY, PAUSE_KEY, FORGET_KEY)
)
_DOWN, _UP = (EventKind.KEY_DOWN, EventKind.BUTTON_DOWN), (EventKind.KEY_UP, EventKind.BUTTON_UP)


class HotkeyInput(Input):
    """Passes on another input's events; notices the hotkeys, and is silent while paused.

    What is held when a pause begins is released there, and releases without a press are left out after it, so that
    the events before and after fit together; so is a second press of what is held, as by two mice. A press of the
    forget hotkey, and what it found untold, is told to nobody; neither are releases of what was pressed before it.
    """

    def __init__(self, inner: Input) -> None:
        self._inner = inner
        self._down: set[int] = set()
        self._told: dict[tuple[EventKind, int], Event] = {}
        self.pressed = False
        self.paused = False
        self._forget_at_ns: int | None = None

    def drain(self) -> list[Event]:
        told: list[Event] = []
        for event in self._inner.drain():
            self._watch_keys(event)
            if self._presses(event, FORGET_KEY):
                self._forget_at_ns = event.t_ns
                self._told.clear()
                told.clear()
            else:
                told += self._pass(event)
        return told

    def asked_to_forget(self) -> int | None:
        """When the forget hotkey was pressed since the last call of this method, in ns; None where it was not."""
        asked_ns, self._forget_at_ns = self._forget_at_ns, None
        return asked_ns

    def close(self) -> None:
        self._inner.close()

    def _pass(self, event: Event) -> list[Event]:
        if self._presses(event, PAUSE_KEY):
            self.paused = not self.paused
            return self._release_all(event)
        if self.paused:
            return []
        if event.kind in _DOWN:
            if (event.kind, event.code) in self._told:
                return []
            self._told[event.kind, event.code] = event
        elif event.kind in _UP and self._told.pop((_DOWN[_UP.index(event.kind)], event.code), None) is None:
            return []
        return [event]

    def _watch_keys(self, event: Event) -> None:
        if event.kind == EventKind.KEY_DOWN:
            self._down.add(event.code)
        elif event.kind == EventKind.KEY_UP:
            self._down.discard(event.code)
        self.pressed |= self._is_down(STOP_KEY)

    def _presses(self, event: Event, key: str) -> bool:
        """Whether this event is the press of the key that completes its hotkey."""
        return event.kind == EventKind.KEY_DOWN and event.code == KEY_INDEX[key] and self._is_down(key)

    def _release_all(self, event: Event) -> list[Event]:
        releases = [
            Event(t_ns=event.t_ns, kind=_UP[_DOWN.index(kind)], code=code, x_px=event.x_px, y_px=event.y_px)
            for kind, code in self._told
        ]
        self._told.clear()
        return releases

    def _is_down(self, key: str) -> bool:
        held = all(any(KEY_INDEX[name] in self._down for name in names) for names in _WITH)
        return held and KEY_INDEX[key] in self._down
