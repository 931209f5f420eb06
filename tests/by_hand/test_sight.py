"""Boxes, shares and colours of pictures that were drawn for it."""

import numpy as np
import pytest
from numpy.typing import NDArray

from recorder.box import Box
from recorder.explorer.appearance import WALLPAPERS
from tests.by_hand.sight import Change, Look, box_of, equal_share, largest_piece, panel_edge, theme, wallpaper

SIZE_PX = (256, 192)
DESK = Box(x_px=0, y_px=28, width_px=256, height_px=164)
FAR_PX = (250, 180)


def box(x_px: int, y_px: int, width_px: int, height_px: int) -> Box:
    return Box(x_px=x_px, y_px=y_px, width_px=width_px, height_px=height_px)


def screen(*boxes: Box, colour: tuple[int, int, int] = (9, 9, 9)) -> NDArray[np.uint8]:
    """A light panel above a wallpaper, and boxes in one colour."""
    picture_u8 = np.full((SIZE_PX[1], SIZE_PX[0], 3), (52, 92, 148), np.uint8)
    picture_u8[:28] = 240
    picture_u8[6:22:3, 30:100] = 90
    for one in boxes:
        picture_u8[one.slices] = colour
    return picture_u8


def look(*boxes: Box, pointer_px: tuple[int, int] = FAR_PX) -> Look:
    return Look(picture_u8=screen(*boxes), pointer_px=pointer_px)


def test_the_box_is_around_what_changed_beside_the_panel() -> None:
    change = Change(before=look(), after=look(box(40, 50, 60, 30), box(150, 3, 9, 9), box(120, 90, 1, 1)), desk=DESK)
    assert change.box == box(40, 50, 81, 41)
    assert change.largest == box(40, 50, 60, 30)
    assert change.share == pytest.approx((60 * 30 + 81 + 1) / (256 * 192))
    assert change.pixels(box(40, 50, 10, 10)) == 100
    assert change.pixels_beside(box(40, 50, 60, 30)) == 1
    assert Change(before=look(), after=look(box(150, 3, 9, 9)), desk=DESK).box is None


def test_what_the_pointer_covers_counts_as_unchanged() -> None:
    spot = box(100, 100, 8, 8)
    for before, after in (((104, 104), FAR_PX), (FAR_PX, (104, 104))):
        change = Change(before=look(pointer_px=before), after=look(spot, pointer_px=after), desk=DESK)
        assert change.box is None and change.share == 0


def test_pieces_close_by_are_one_and_others_are_not() -> None:
    mask = np.zeros((60, 60), bool)
    mask[10:20, 10:20] = mask[10:20, 23:30] = mask[50, 5:40] = True
    whole = box(0, 0, 60, 60)
    assert largest_piece(mask, whole) == box(10, 10, 20, 10)
    assert box_of(mask, whole) == box(5, 10, 35, 41)
    assert largest_piece(np.zeros_like(mask), whole) is None


def test_the_share_that_is_equal_here_and_after_a_move() -> None:
    window = box(40, 50, 60, 30)
    before, half = look(window), look(box(40, 50, 30, 30))
    assert equal_share(before, before, window) == 1
    assert equal_share(before, half, window) == 0.5
    assert equal_share(before, look(box(70, 60, 60, 30)), window, (30, 10)) == 1
    assert equal_share(before, look(), window, (30, 10)) == 0
    assert equal_share(before, before, window, (400, 0)) == 0, "all of it is off the screen"
    assert equal_share(before, look(box(0, 50, 60, 30)), window, (-70, 0)) == 1, "what is off the screen does not count"


def test_the_panel_is_where_the_icons_are() -> None:
    assert panel_edge(screen()) == "top"
    assert panel_edge(screen()[::-1]) == "bottom"


@pytest.mark.parametrize("name", WALLPAPERS)
def test_the_wallpaper_goes_by_the_desktop_s_edges(name: str) -> None:
    picture_u8 = screen()
    picture_u8[28:] = np.multiply(WALLPAPERS[name], 255) + 3
    picture_u8[40:180, 8:248] = 255
    assert wallpaper(picture_u8, DESK) == name


def test_the_theme_goes_by_the_panel() -> None:
    assert theme(screen(), DESK) == "light"
    assert theme(screen(box(0, 0, 256, 28)), DESK) == "dark"
    assert theme(screen(box(0, 164, 256, 28))[:, ::-1], box(0, 0, 256, 164)) == "dark"
