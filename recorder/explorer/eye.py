"""Sees what is on an X11 desktop: windows, and open menus by their geometry (EWMH)."""

from typing import Any

from Xlib import X, error

from recorder.box import Box
from recorder.doors.x11_windows import X11Windows

MENU_MIN_PX = 24


class Eye(X11Windows):
    """Looks at one display."""

    def menus(self) -> list[Box]:
        """Open menus, in the order in which they came."""
        boxes = []
        for child in self._root.query_tree().children:
            try:
                attributes, geometry = child.get_attributes(), child.get_geometry()
            except error.XError:
                continue
            shown = attributes.override_redirect and attributes.map_state == X.IsViewable
            if shown and attributes.win_class == X.InputOutput and self._is_menu(child):
                box = Box(x_px=geometry.x, y_px=geometry.y, width_px=geometry.width, height_px=geometry.height)
                if min(box.width_px, box.height_px) >= MENU_MIN_PX and box.x_px >= -MENU_MIN_PX:
                    boxes.append(box)
        return boxes

    def _is_menu(self, window: Any) -> bool:
        names = {self._display.get_atom_name(atom) for atom in self._property(window, "_NET_WM_WINDOW_TYPE")}
        return bool(names & {"_NET_WM_WINDOW_TYPE_POPUP_MENU", "_NET_WM_WINDOW_TYPE_DROPDOWN_MENU"})
