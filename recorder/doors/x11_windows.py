"""The X11 door to the windows on the screen (EWMH, which every common window manager speaks)."""

from contextlib import suppress
from typing import Any

from Xlib import X, error

from recorder.box import Box
from recorder.doors import DisplayGone, Window, Windows
from recorder.doors.x11 import display_gone, open_display


class X11Windows(Windows):
    """The windows of one display."""

    def __init__(self, display: str | None = None) -> None:
        self._display = open_display(display)
        self._root = self._display.screen().root
        self._atom_names: dict[int, str] = {}

    def windows(self) -> list[Window]:
        active = self._property(self._root, "_NET_ACTIVE_WINDOW")
        found = []
        with display_gone():
            for number in self._stack():
                try:
                    window = self._window(number, bool(active) and active[0] == number)
                except error.XError:  # it closed while we looked
                    continue
                if window is not None:
                    found.append(window)
        return found

    def _stack(self) -> list[int]:
        """Bottom first; a window that the manager has not put into its stack yet counts as the topmost."""
        stack = self._property(self._root, "_NET_CLIENT_LIST_STACKING")
        return stack + [number for number in self._property(self._root, "_NET_CLIENT_LIST") if number not in stack]

    def place(self, number: int) -> Box | None:
        window = self._display.create_resource_object("window", number)
        with display_gone():
            try:
                shown = window.get_attributes().map_state == X.IsViewable
                return self._inside(window) if shown else None
            except error.XError as problem:
                raise LookupError(f"no window {number:#x}") from problem

    def popups(self) -> list[Box]:
        return [box for _, box in self._unmanaged()]

    def _unmanaged(self) -> list[tuple[Any, Box]]:
        """The shown windows that no window manager places (menus, tooltips), in the order in which they came."""
        found = []
        with display_gone():
            for child in self._root.query_tree().children:
                try:
                    attributes, geometry = child.get_attributes(), child.get_geometry()
                except error.XError:  # it closed while we looked
                    continue
                shown = attributes.override_redirect and attributes.map_state == X.IsViewable
                if shown and attributes.win_class == X.InputOutput:
                    box = Box(x_px=geometry.x, y_px=geometry.y, width_px=geometry.width, height_px=geometry.height)
                    found.append((child, box))
        return found

    def close(self) -> None:
        with suppress(DisplayGone), display_gone():  # with the server its connection is gone
            self._display.close()

    def _window(self, number: int, active: bool) -> Window | None:
        window = self._display.create_resource_object("window", number)
        kinds = {self._atom_name(atom) for atom in self._property(window, "_NET_WM_WINDOW_TYPE")}
        if kinds & {"_NET_WM_WINDOW_TYPE_DOCK", "_NET_WM_WINDOW_TYPE_DESKTOP"}:
            return None
        inside = self._inside(window)
        left, right, top, bottom = [*self._property(window, "_NET_FRAME_EXTENTS"), 0, 0, 0, 0][:4]
        states = {self._atom_name(atom) for atom in self._property(window, "_NET_WM_STATE")}
        classes = window.get_wm_class() or ("", "")
        return Window(
            number=number,
            app=classes[1].lower(),
            box=Box(
                x_px=inside.x_px - left,
                y_px=inside.y_px - top,
                width_px=inside.width_px + left + right,
                height_px=inside.height_px + top + bottom,
            ),
            dialog="_NET_WM_WINDOW_TYPE_DIALOG" in kinds,
            hidden="_NET_WM_STATE_HIDDEN" in states or window.get_attributes().map_state != X.IsViewable,
            maximised="_NET_WM_STATE_MAXIMIZED_VERT" in states,
            active=active,
            process=next(iter(self._property(window, "_NET_WM_PID")), None),
            title=bytes(self._property(window, "_NET_WM_NAME")).decode(errors="replace"),
        )

    def _inside(self, window: Any) -> Box:
        geometry, corner = window.get_geometry(), self._root.translate_coords(window, 0, 0)
        return Box(x_px=corner.x, y_px=corner.y, width_px=geometry.width, height_px=geometry.height)

    def _atom_name(self, atom: int) -> str:
        if atom not in self._atom_names:  # the server keeps names for ever
            self._atom_names[atom] = self._display.get_atom_name(atom)
        return self._atom_names[atom]

    def _property(self, window: Any, name: str) -> list[int]:
        reply = window.get_full_property(self._display.intern_atom(name), X.AnyPropertyType)
        return list(reply.value) if reply is not None else []
