"""Does a window that was hidden come back as it was?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.changes import changed_tiles
from simulator.world import TILE_PX

HIDDEN_CLASSES = ((1, 59), (60, 299), (300, None))

Box = tuple[int, int, int, int]


@dataclass(frozen=True, kw_only=True)
class Return:
    """A window at `box_px` (x, y, width, height) is hidden from frame `hidden` on and shown again at `restored`."""

    box_px: Box
    hidden: int
    restored: int

    @property
    def frames_hidden(self) -> int:
        return self.restored - self.hidden


def returns(attributes: Sequence[tuple[int, Mapping[str, Any]]]) -> list[Return]:
    """The windows that a session says were minimised and restored in their place, by (from_frame, attributes).

    A window is known by its application and its box.
    """
    hidden: dict[tuple[str, Box], int] = {}
    found = []
    for frame, told in attributes:
        for window in told.get("windows", ()):
            x_px, y_px, width_px, height_px = window["box"]
            box_px = (x_px, y_px, width_px, height_px)
            if window["hidden"]:
                hidden.setdefault((window["app"], box_px), frame)
            elif (window["app"], box_px) in hidden:
                since = hidden.pop((window["app"], box_px))
                found.append(Return(box_px=box_px, hidden=since, restored=frame))
    return found


def came_back(
    before_u8: NDArray[np.uint8], hidden_u8: NDArray[np.uint8], restored_u8: NDArray[np.uint8], box_px: Box
) -> NDArray[np.bool_]:
    """The tiles (H/16, W/16) of a box that were out of sight and truly came back as they had been.

    What a world shows there is compared with what it was: similarity to before, which the truth has wholly.
    """
    x_px, y_px, width_px, height_px = (max(0, number) for number in box_px)
    inside = np.zeros(changed_tiles(before_u8, hidden_u8).shape, bool)
    inside[_tiles(y_px, height_px), _tiles(x_px, width_px)] = True
    return inside & changed_tiles(before_u8, hidden_u8) & ~changed_tiles(before_u8, restored_u8)


def hidden_class(frames: int) -> str:
    """The class of HIDDEN_CLASSES that so many frames (at least one) belong to, as text."""
    least, most = next(span for span in HIDDEN_CLASSES if span[1] is None or frames <= span[1])
    return f"{least}+" if most is None else f"{least}-{most}"


def _tiles(first_px: int, length_px: int) -> slice:
    """The tiles that lie wholly in a span."""
    return slice(-(-first_px // TILE_PX), (first_px + length_px) // TILE_PX)
