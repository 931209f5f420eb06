"""Sees what is on an X11 desktop: windows, and open menus by their geometry (EWMH)."""

from typing import Any

from Xlib import error

from recorder.box import Box
from recorder.doors.x11_windows import X11Windows

MENU_MIN_PX = 24


class Eye(X11Windows):
    """Looks at one display."""

    def menus(self) -> list[Box]:
        """Open menus, in the order in which they came."""
        return [box for window, box in self._unmanaged() if _in_reach(box) and self._is_menu(window)]

    def _is_menu(self, window: Any) -> bool:
        try:
            kinds = self._property(window, "_NET_WM_WINDOW_TYPE")
        except error.XError:  # it closed while we looked
            return False
        names = {self._display.get_atom_name(atom) for atom in kinds}
        return bool(names & {"_NET_WM_WINDOW_TYPE_POPUP_MENU", "_NET_WM_WINDOW_TYPE_DROPDOWN_MENU"})


def _in_reach(box: Box) -> bool:
    """Whether it is large enough to click into, and on the screen."""
    return min(box.width_px, box.height_px) >= MENU_MIN_PX and box.x_px >= -MENU_MIN_PX
