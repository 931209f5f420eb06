"""Waits until windows or menus of an X11 desktop change, so that nobody has to look while they stand still."""

import select
from contextlib import suppress
from typing import Any

from Xlib import X, error

from recorder.box import Box
from recorder.doors import Window
from recorder.doors.x11 import display_gone
from recorder.explorer.eye import Eye

_TOLD_BY = (
    *("_NET_CLIENT_LIST", "_NET_CLIENT_LIST_STACKING", "_NET_ACTIVE_WINDOW", "_NET_WM_STATE", "_NET_WM_NAME"),
    *("_NET_FRAME_EXTENTS", "WM_STATE"),
)


class Watch(Eye):
    """An eye that hears of changes: frames that move, map or vanish, and properties of the root and of each window."""

    def __init__(self, display: str | None = None) -> None:
        super().__init__(display)
        self._root.change_attributes(event_mask=X.SubstructureNotifyMask | X.PropertyChangeMask)
        self._properties = {self._display.intern_atom(name) for name in _TOLD_BY}
        self._heard: set[int] = set()

    def look(self) -> tuple[list[Window], list[Box]]:
        """Windows and menus now; listens to new windows from now on."""
        self._listen()
        return self.windows(), self.menus()

    def changed(self, timeout_s: float) -> bool:
        """Wait at most so long for a change; whether there was one."""
        with display_gone():
            if not self._display.pending_events():
                select.select([self._display], [], [], timeout_s)
            events = [self._display.next_event() for _ in range(self._display.pending_events())]
        return any(self._matters(event) for event in events)

    def _listen(self) -> None:
        for number in {*self._stack()} - self._heard:
            self._heard.add(number)
            window = self._display.create_resource_object("window", number)
            ignored = error.CatchError()  # the window may be gone; whoever looks finds out
            with suppress(error.XError):
                window.change_attributes(event_mask=X.PropertyChangeMask, onerror=ignored)

    def _matters(self, event: Any) -> bool:
        return event.type != X.PropertyNotify or event.atom in self._properties
