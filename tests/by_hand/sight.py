"""Pictures of a desktop in; where they differ, which colour the wallpaper has and where the panel is out."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from recorder.box import Box
from recorder.explorer.appearance import WALLPAPERS
from recorder.explorer.dotfiles import PANEL_HEIGHT_PX

POINTER_REACH_PX = 24  # how far the pointer's image goes from its place
GAP_PX = 5
_RIM_PX = 6  # of the desktop: windows open in its middle
_LAUNCHERS_PX = slice(24, 104)  # columns of the panel in which it has icons in every look
_DARK = 128


@dataclass(frozen=True, kw_only=True, eq=False)
class Look:
    """What the window showed, uint8 (H, W, 3) with the pointer drawn in, and where the pointer was."""

    picture_u8: NDArray[np.uint8]
    pointer_px: tuple[int, int]


@dataclass(frozen=True, kw_only=True, eq=False)
class Change:
    """From one look to a later one; `desk` is the screen without the panel.

    What lies within POINTER_REACH_PX of the pointer, before or after, counts as unchanged: it can't be told from it.
    """

    before: Look
    after: Look
    desk: Box

    @cached_property
    def mask(self) -> NDArray[np.bool_]:
        """(H, W): the pixels that differ."""
        differs = _differ(self.before.picture_u8, self.after.picture_u8)
        return differs & _seen(differs.shape, self.before, self.after)

    @property
    def share(self) -> float:
        """Of all pixels, with the panel's."""
        return float(self.mask.mean())

    @cached_property
    def box(self) -> Box | None:
        """What encloses all that changed beside the panel; None where nothing did."""
        return box_of(self.mask, self.desk)

    @cached_property
    def largest(self) -> Box | None:
        """What encloses the largest piece of it that hangs together: a window, where bits of others changed too."""
        return largest_piece(self.mask, self.desk)

    def pixels(self, box: Box) -> int:
        """How many changed inside."""
        return int(self.mask[box.slices].sum())

    def pixels_beside(self, box: Box) -> int:
        """How many changed outside of the box, beside the panel."""
        mask = self.mask.copy()
        mask[box.slices] = False
        return int(mask[self.desk.slices].sum())


def box_of(mask: NDArray[np.bool_], within: Box) -> Box | None:
    """The smallest box around what is true in that part of a mask (H, W)."""
    part = mask[within.slices]
    if not part.any():
        return None
    rows, columns = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
    return Box(
        x_px=within.x_px + int(columns[0]),
        y_px=within.y_px + int(rows[0]),
        width_px=int(columns[-1] - columns[0]) + 1,
        height_px=int(rows[-1] - rows[0]) + 1,
    )


def largest_piece(mask: NDArray[np.bool_], within: Box) -> Box | None:
    """The same around the piece with the largest such box; pixels at most GAP_PX apart are of one piece."""
    part = mask[within.slices]
    pieces = np.zeros(part.shape, np.int32)
    ndimage.label(ndimage.maximum_filter(part, size=GAP_PX), output=pieces)
    extents = ndimage.find_objects(pieces)
    if not extents:
        return None
    areas = [(rows.stop - rows.start) * (columns.stop - columns.start) for rows, columns in extents]
    only = np.zeros_like(mask)
    only[within.slices] = part & (pieces == 1 + int(np.argmax(areas)))
    return box_of(only, within)


def equal_share(first: Look, second: Look, box: Box, moved_px: tuple[int, int] = (0, 0)) -> float:
    """How much of the box is to the bit what the second look has there, or (right, down) of there; 0 for an empty box.

    Pixels at which either has the pointer do not count, nor do those that lie outside of the screen.
    """
    height, width = first.picture_u8.shape[:2]
    right, down = moved_px
    left, top = max(box.x_px, 0, -right), max(box.y_px, 0, -down)
    ends = min(box.right_px, width, width - right), min(box.bottom_px, height, height - down)
    if left >= ends[0] or top >= ends[1]:
        return 0.0
    here = slice(top, ends[1]), slice(left, ends[0])
    there = slice(top + down, ends[1] + down), slice(left + right, ends[0] + right)
    counts = _seen((height, width), first)[here] & _seen((height, width), second)[there]
    equal = ~_differ(first.picture_u8[here], second.picture_u8[there])
    return float(equal[counts].mean()) if counts.any() else 0.0


def without(box: Box, other: Box, size_px: tuple[int, int]) -> NDArray[np.bool_]:
    """(H, W): what is in the first box and not in the other one."""
    mask = np.zeros(size_px[::-1], bool)
    mask[box.slices] = True
    mask[other.slices] = False
    return mask


def panel_edge(picture_u8: NDArray[np.uint8]) -> str:
    """Where the panel seems to be, "top" or "bottom": where more is to be seen at the place of its launchers."""
    edges = {"top": picture_u8[:PANEL_HEIGHT_PX], "bottom": picture_u8[-PANEL_HEIGHT_PX:]}
    return max(edges, key=lambda edge: float(edges[edge][:, _LAUNCHERS_PX].std(axis=(0, 1)).sum()))


def wallpaper(picture_u8: NDArray[np.uint8], desk: Box) -> str:
    """Which of the colours of WALLPAPERS is nearest to the commonest one along the desktop's left and right edge."""
    part = picture_u8[desk.slices]
    rim = np.concatenate([part[:, :_RIM_PX], part[:, -_RIM_PX:]], axis=1)
    colour = commonest_colour(rim)
    return min(WALLPAPERS, key=lambda name: float(np.abs(np.multiply(WALLPAPERS[name], 255) - colour).sum()))


def theme(picture_u8: NDArray[np.uint8], desk: Box) -> str:
    """Whether the panel is "light" or "dark"; where the theme is a third one it is one of the two all the same."""
    rows = slice(0, desk.y_px) if desk.y_px else slice(desk.bottom_px, None)
    return "dark" if commonest_colour(picture_u8[rows]).mean() < _DARK else "light"


def commonest_colour(picture_u8: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Of (H, W, 3)."""
    colours, counts = np.unique(picture_u8.reshape(-1, 3), axis=0, return_counts=True)
    return colours[counts.argmax()]


def _differ(first_u8: NDArray[np.uint8], second_u8: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """(H, W): where any of the three colours is another; plane by plane takes an eighth of the time of by pixel."""
    red, green, blue = (first_u8[..., plane] != second_u8[..., plane] for plane in range(3))
    return red | green | blue


def _seen(shape: Sequence[int], *looks: Look) -> NDArray[np.bool_]:
    """(H, W): false where a pointer may be."""
    seen = np.ones(shape, bool)
    for look in looks:
        x_px, y_px = look.pointer_px
        reach = 2 * POINTER_REACH_PX
        around = Box(x_px=x_px - POINTER_REACH_PX, y_px=y_px - POINTER_REACH_PX, width_px=reach, height_px=reach)
        seen[around.slices] = False
    return seen
