"""The key combination that ends a recording, seen in the events that are recorded."""

from recorder.actions import KEY_INDEX, Event, EventKind
from recorder.doors import Input

STOP_HOTKEY = (("ControlLeft", "ControlRight"), ("ShiftLeft", "ShiftRight"), ("F12",))  # one of each
STOP_HOTKEY_TEXT = "ctrl+shift+F12"


class HotkeyInput(Input):
    """Passes on another input's events and notices when the stop hotkey is down."""

    def __init__(self, inner: Input) -> None:
        self._inner = inner
        self._down: set[int] = set()
        self.pressed = False

    def drain(self) -> list[Event]:
        events = self._inner.drain()
        for event in events:
            self._watch(event)
        return events

    def close(self) -> None:
        self._inner.close()

    def _watch(self, event: Event) -> None:
        if event.kind == EventKind.KEY_DOWN:
            self._down.add(event.code)
        elif event.kind == EventKind.KEY_UP:
            self._down.discard(event.code)
        self.pressed |= all(any(KEY_INDEX[name] in self._down for name in names) for names in STOP_HOTKEY)
