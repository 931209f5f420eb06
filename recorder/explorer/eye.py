"""Sees what is on an X11 desktop: windows, and open menus by their geometry (EWMH)."""

from typing import Any

from Xlib import X, error

from recorder.box import Box
from recorder.doors.x11 import display_gone
from recorder.doors.x11_windows import X11Windows

MENU_MIN_PX = 24
DESKTOP_KINDS = {"_NET_WM_WINDOW_TYPE_DESKTOP", "_NET_WM_WINDOW_TYPE_DOCK"}
SETTINGS = "_XSETTINGS_S0"  # the selection that says who gives all programs theme and fonts


class Eye(X11Windows):
    """Looks at one display."""

    def menus(self) -> list[Box]:
        """Open menus, in the order in which they came."""
        return [box for window, box in self._unmanaged() if _in_reach(box) and self._is_menu(window)]

    def desktop_is_up(self) -> bool:
        """Whether panel, wallpaper and the settings of all programs are there."""
        windows = [self._display.create_resource_object("window", number) for number in self._stack()]
        with display_gone():
            try:
                kinds = {kind for window in windows for kind in self._kinds(window)}
            except error.XError:  # one closed while we looked
                return False
        return kinds >= DESKTOP_KINDS and self.settings_are_up()

    def settings_are_up(self) -> bool:
        """Whether programs that start now get theme and fonts."""
        with display_gone():
            return self._display.get_selection_owner(self._display.intern_atom(SETTINGS)) != X.NONE

    def _kinds(self, window: Any) -> set[str]:
        return {self._atom_name(atom) for atom in self._property(window, "_NET_WM_WINDOW_TYPE")}

    def _is_menu(self, window: Any) -> bool:
        try:
            names = self._kinds(window)
        except error.XError:  # it closed while we looked
            return False
        return bool(names & {"_NET_WM_WINDOW_TYPE_POPUP_MENU", "_NET_WM_WINDOW_TYPE_DROPDOWN_MENU"})


def _in_reach(box: Box) -> bool:
    """Whether it is large enough to click into, and on the screen."""
    return min(box.width_px, box.height_px) >= MENU_MIN_PX and box.x_px >= -MENU_MIN_PX
