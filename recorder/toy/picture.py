"""Draws the toy desktop and its two pointers."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from recorder.box import Box
from recorder.explorer.appearance import WALLPAPERS
from recorder.pointer import PointerShape
from recorder.toy import font, layout
from recorder.toy.desktop import Desktop

Colour = tuple[int, int, int]


class Colours(NamedTuple):
    """Of a theme."""

    face: Colour
    ink: Colour
    paper: Colour
    edge: Colour
    title: Colour
    hover: Colour
    on: Colour


COLOURS = {
    "light": Colours(
        face=(236, 236, 232), ink=(28, 28, 32), paper=(255, 255, 255), edge=(120, 120, 124), title=(178, 200, 228),
        hover=(204, 218, 240), on=(120, 200, 112),
    ),
    "dark": Colours(
        face=(56, 58, 64), ink=(232, 232, 228), paper=(32, 33, 36), edge=(16, 16, 18), title=(72, 92, 128),
        hover=(92, 104, 130), on=(60, 140, 72),
    ),
}  # fmt: skip


def _shape(rows: tuple[str, ...], hot_px: tuple[int, int], name: str) -> PointerShape:
    """`#` is black and `.` white."""
    paint = {" ": (0, 0, 0, 0), "#": (0, 0, 0, 255), ".": (255, 255, 255, 255)}
    rgba = np.array([[paint[point] for point in row] for row in rows], np.uint8)
    return PointerShape(rgba=rgba, hot_x_px=hot_px[0], hot_y_px=hot_px[1], name=name)


ARROW = _shape(
    ("#      ", "##     ", "#.#    ", "#..#   ", "#...#  ", "#....# ", "#...###", "#.#.#  ", "## #.# ", "    ## "),
    (0, 0),
    "left_ptr",
)
BEAM = _shape(("## ##", "  #  ", "  #  ", "  #  ", "  #  ", "  #  ", "## ##"), (2, 3), "xterm")


def draw(desktop: Desktop) -> NDArray[np.uint8]:
    """The screen (H, W, 3) without the pointer."""
    frame_u8 = np.empty((layout.SIZE_PX[1], layout.SIZE_PX[0], 3), np.uint8)
    frame_u8[:] = [round(255 * part) for part in WALLPAPERS[desktop.appearance.wallpaper]]
    colours = COLOURS[desktop.appearance.theme]
    if desktop.open:
        _window(frame_u8, desktop, colours)
    _panel(frame_u8, desktop, colours)
    if desktop.menu:
        _menu(frame_u8, desktop, colours)
    return frame_u8


def pointer_shape(desktop: Desktop) -> PointerShape:
    """A beam over the text field, else an arrow."""
    over_text = desktop.open and desktop.points_at(layout.field(desktop.corner_px))
    return BEAM if over_text else ARROW


def _window(frame_u8: NDArray[np.uint8], desktop: Desktop, colours: Colours) -> None:
    corner_px = desktop.corner_px
    _framed(frame_u8, layout.window(corner_px), colours.face, colours.edge)
    title, closer = layout.title_bar(corner_px), layout.closer(corner_px)
    frame_u8[title.slices] = frame_u8[closer.slices] = colours.title
    font.write(frame_u8, layout.TITLE, title.x_px + 4, title.y_px + 3, colours.ink)
    font.write(frame_u8, "X", closer.x_px + 4, closer.y_px + 3, colours.ink)
    _field(frame_u8, layout.field(corner_px), desktop.text, colours)
    button = layout.button(corner_px)
    face = colours.on if desktop.on else colours.hover if desktop.points_at(button) else colours.face
    _framed(frame_u8, button, face, colours.ink if desktop.points_at(button) else colours.edge)
    font.write(frame_u8, "ON" if desktop.on else "OFF", button.x_px + 18, button.y_px + 6, colours.ink)


def _field(frame_u8: NDArray[np.uint8], field: Box, text: str, colours: Colours) -> None:
    """The text, and a caret where the next character goes."""
    _framed(frame_u8, field, colours.paper, colours.edge)
    font.write(frame_u8, text, field.x_px + 2, field.y_px + 4, colours.ink)
    caret_px = field.x_px + 2 + font.ADVANCE_PX * len(text)
    frame_u8[field.y_px + 3 : field.bottom_px - 3, caret_px] = colours.ink


def _panel(frame_u8: NDArray[np.uint8], desktop: Desktop, colours: Colours) -> None:
    frame_u8[layout.PANEL.slices] = colours.edge
    buttons = ((layout.LAUNCHER, layout.TITLE, desktop.open), (layout.MENU_BUTTON, "MENU", desktop.menu))
    for box, text, pressed in buttons:
        frame_u8[box.slices] = colours.title if pressed else colours.hover if desktop.points_at(box) else colours.face
        font.write(frame_u8, text, box.x_px + 6, box.y_px + 3, colours.ink)
    frame_u8[layout.FLAG.slices] = layout.FLAGS[desktop.flag]


def _menu(frame_u8: NDArray[np.uint8], desktop: Desktop, colours: Colours) -> None:
    _framed(frame_u8, layout.MENU, colours.face, colours.edge)
    for number, name in enumerate(layout.FLAGS):
        row = layout.menu_row(number)
        if number == desktop.row:
            frame_u8[row.slices] = colours.title
        frame_u8[row.y_px + 3 : row.y_px + 9, row.x_px + 4 : row.x_px + 10] = layout.FLAGS[name]
        font.write(frame_u8, name, row.x_px + 16, row.y_px + 4, colours.ink)


def _framed(frame_u8: NDArray[np.uint8], box: Box, face: Colour, edge: Colour) -> None:
    """A rectangle with an edge of one pixel."""
    frame_u8[box.slices] = edge
    frame_u8[box.slices][1:-1, 1:-1] = face
