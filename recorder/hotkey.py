"""The key combinations that end and pause a recording, seen in the events that are recorded."""

from recorder.actions import KEY_INDEX, Event, EventKind
from recorder.doors import Input

_WITH = (("ControlLeft", "ControlRight"), ("ShiftLeft", "ShiftRight"))  # one of each, and the key itself
STOP_KEY, PAUSE_KEY = "F12", "F11"
STOP_HOTKEY_TEXT, PAUSE_HOTKEY_TEXT = (f"ctrl+shift+{key}" for key in (STOP_KEY, PAUSE_KEY))
_DOWN, _UP = (EventKind.KEY_DOWN, EventKind.BUTTON_DOWN), (EventKind.KEY_UP, EventKind.BUTTON_UP)


class HotkeyInput(Input):
    """Passes on another input's events; notices the hotkeys, and is silent while paused.

    What is held when a pause begins is released there, and releases without a press are left out after it, so that
    the events before and after fit together.
    """

    def __init__(self, inner: Input) -> None:
        self._inner = inner
        self._down: set[int] = set()
        self._told: dict[tuple[EventKind, int], Event] = {}
        self.pressed = False
        self.paused = False

    def drain(self) -> list[Event]:
        return [told for event in self._inner.drain() for told in self._pass(event)]

    def close(self) -> None:
        self._inner.close()

    def _pass(self, event: Event) -> list[Event]:
        self._watch_keys(event)
        if self._pauses(event):
            return self._release_all(event)
        if self.paused:
            return []
        if event.kind in _DOWN:
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

    def _pauses(self, event: Event) -> bool:
        """Whether this event is the press that begins or ends a pause."""
        asked = event.kind == EventKind.KEY_DOWN and event.code == KEY_INDEX[PAUSE_KEY] and self._is_down(PAUSE_KEY)
        self.paused ^= asked
        return asked

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
