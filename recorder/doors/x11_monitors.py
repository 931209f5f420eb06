"""The X11 door to monitors (RandR 1.5)."""

from contextlib import suppress

from recorder.box import Box
from recorder.doors import DisplayGone, Monitors
from recorder.doors.x11 import display_gone, open_display

_VERSION = (1, 5)  # the first that has monitors


class X11Monitors(Monitors):
    """The monitors of one display, by the names that `xrandr --listmonitors` shows."""

    def __init__(self, display: str | None = None) -> None:
        self._display = open_display(display)
        self._root = self._display.screen().root
        if not self._display.has_extension("RANDR") or self._version() < _VERSION:
            raise ValueError("this X11 server tells nothing of monitors (RandR 1.5); name a --region instead")

    def boxes(self) -> dict[str, Box]:
        with display_gone():
            return {
                self._display.get_atom_name(monitor.name): Box(
                    x_px=monitor.x,
                    y_px=monitor.y,
                    width_px=monitor.width_in_pixels,
                    height_px=monitor.height_in_pixels,
                )
                for monitor in self._root.xrandr_get_monitors().monitors
            }

    def close(self) -> None:
        with suppress(DisplayGone), display_gone():
            self._display.close()

    def _version(self) -> tuple[int, int]:
        reply = self._display.xrandr_query_version()
        return int(reply.major_version), int(reply.minor_version)
