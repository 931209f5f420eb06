"""Sees what is on an X11 desktop: windows and open menus, by their geometry (EWMH)."""

from dataclasses import dataclass
from typing import Any

from Xlib import X, error

from recorder.doors.x11 import open_display

MENU_MIN_PX = 24


@dataclass(frozen=True, kw_only=True)
class Box:
    """A rectangle on the screen."""

    x_px: int
    y_px: int
    width_px: int
    height_px: int

    @property
    def right_px(self) -> int:
        return self.x_px + self.width_px

    @property
    def bottom_px(self) -> int:
        return self.y_px + self.height_px

    def contains(self, x_px: float, y_px: float) -> bool:
        return self.x_px <= x_px < self.right_px and self.y_px <= y_px < self.bottom_px


@dataclass(frozen=True, kw_only=True)
class Window:
    """A top-level window with its frame; `app` is its class in lower case."""

    number: int
    app: str
    box: Box
    dialog: bool
    hidden: bool
    maximised: bool
    active: bool


class Eye:
    """Looks at one display."""

    def __init__(self, display: str) -> None:
        self._display = open_display(display)
        self._root = self._display.screen().root

    def windows(self) -> list[Window]:
        """Normal windows and dialogs, bottom of the stack first."""
        active = self._property(self._root, "_NET_ACTIVE_WINDOW")
        found = []
        for number in self._property(self._root, "_NET_CLIENT_LIST_STACKING"):
            try:
                window = self._window(number, bool(active) and active[0] == number)
            except error.XError:  # it closed while we looked
                continue
            if window is not None:
                found.append(window)
        return found

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

    def close(self) -> None:
        self._display.close()

    def _is_menu(self, window: Any) -> bool:
        names = {self._display.get_atom_name(atom) for atom in self._property(window, "_NET_WM_WINDOW_TYPE")}
        return bool(names & {"_NET_WM_WINDOW_TYPE_POPUP_MENU", "_NET_WM_WINDOW_TYPE_DROPDOWN_MENU"})

    def _window(self, number: int, active: bool) -> Window | None:
        window = self._display.create_resource_object("window", number)
        kinds = {self._display.get_atom_name(atom) for atom in self._property(window, "_NET_WM_WINDOW_TYPE")}
        if kinds & {"_NET_WM_WINDOW_TYPE_DOCK", "_NET_WM_WINDOW_TYPE_DESKTOP"}:
            return None
        geometry = window.get_geometry()
        corner = self._root.translate_coords(window, 0, 0)
        left, right, top, bottom = [*self._property(window, "_NET_FRAME_EXTENTS"), 0, 0, 0, 0][:4]
        states = {self._display.get_atom_name(atom) for atom in self._property(window, "_NET_WM_STATE")}
        classes = window.get_wm_class() or ("", "")
        return Window(
            number=number,
            app=classes[1].lower(),
            box=Box(
                x_px=corner.x - left,
                y_px=corner.y - top,
                width_px=geometry.width + left + right,
                height_px=geometry.height + top + bottom,
            ),
            dialog="_NET_WM_WINDOW_TYPE_DIALOG" in kinds,
            hidden="_NET_WM_STATE_HIDDEN" in states,
            maximised="_NET_WM_STATE_MAXIMIZED_VERT" in states,
            active=active,
        )

    def _property(self, window: Any, name: str) -> list[int]:
        reply = window.get_full_property(self._display.intern_atom(name), X.AnyPropertyType)
        return list(reply.value) if reply is not None else []
