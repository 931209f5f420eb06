"""The X11 door to windows for those who look several times a frame: they are asked for again when the server tells of a
change, which one answer of the server says instead of some ten for each window."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from Xlib import X, Xatom, error

from recorder.box import Box
from recorder.doors import Window
from recorder.doors.x11 import display_gone
from recorder.doors.x11_windows import X11Windows

Seen = TypeVar("Seen")


class X11WatchedWindows(X11Windows):
    """The windows of one display, as X11Windows tells them, with the last look's answer while nothing changes."""

    def __init__(self, display: str | None = None) -> None:
        super().__init__(display)
        self._seen: dict[object, Any] = {}
        self._listened: set[int] = set()
        self._told_by = {int(Xatom.WM_CLASS)}  # the properties that were ever asked for
        self._root.change_attributes(event_mask=X.SubstructureNotifyMask | X.PropertyChangeMask)

    def windows(self) -> list[Window]:
        return self._once("windows", super().windows)

    def popups(self) -> list[Box]:
        return self._once("popups", super().popups)

    def place(self, number: int) -> Box | None:
        self._listen(number)
        look = super().place
        return self._once(number, lambda: look(number))

    def _once(self, what: object, look: Callable[[], Seen]) -> Seen:
        """What was seen, or is now if anything happened; what happens while it is looked at is seen the next time."""
        if self._changed():
            self._seen.clear()
        if what not in self._seen:
            self._seen[what] = look()
        return self._seen[what]

    def _changed(self) -> bool:
        with display_gone():
            self._display.sync()  # and all that happened before is told
            events = [self._display.next_event() for _ in range(self._display.pending_events())]
        for event in events:
            if event.type == X.DestroyNotify:
                self._listened.discard(event.window.id)  # the server gives its number again
        return any(event.type != X.PropertyNotify or event.atom in self._told_by for event in events)

    def _window(self, number: int, active: bool) -> Window | None:
        self._listen(number)
        return super()._window(number, active)

    def _property(self, window: Any, name: str) -> list[int]:
        self._told_by.add(self._display.intern_atom(name))
        return super()._property(window, name)

    def _listen(self, number: int) -> None:
        if number in self._listened:
            return
        self._listened.add(number)
        window = self._display.create_resource_object("window", number)
        with suppress(error.XError):
            mask = X.StructureNotifyMask | X.PropertyChangeMask
            window.change_attributes(event_mask=mask, onerror=error.CatchError())  # who looks finds out that it is gone
