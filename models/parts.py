"""The parts of a change that hang together, and the box of each to the pixel."""

import numpy as np
from numpy.typing import NDArray
from skimage.measure import label

from models.tiles import TILE_PX, TILE_VALUES, to_tiles


def parts_of(changed: NDArray[np.bool_]) -> list[NDArray[np.bool_]]:
    """The parts of a mask over the grid that hang together, corners touching; the largest first."""
    parts = np.asarray(label(changed, connectivity=2))
    sizes = np.bincount(parts.ravel())[1:]
    return [parts == place + 1 for place in np.argsort(-sizes, kind="stable")]


def largest_part(changed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The largest part of a mask over the grid that hangs together, corners touching."""
    parts = np.asarray(label(changed, connectivity=2))
    sizes = np.bincount(parts.ravel())
    sizes[0] = 0
    return parts == sizes.argmax()


def boxes_px(before_u8: NDArray[np.uint8], after_u8: NDArray[np.uint8]) -> list[NDArray[np.int64]]:
    """The box of each part of what differs between two frames (H, W, 3), the largest first."""
    tiles, others = to_tiles(before_u8), to_tiles(after_u8)
    grid = [side // TILE_PX for side in before_u8.shape[:2]]
    parts = parts_of((tiles != others).any(axis=1).reshape(grid))
    return [box_px(part, tiles[part.ravel()], others[part.ravel()]) for part in parts]


def box_px(part: NDArray[np.bool_], before_u8: NDArray[np.uint8], after_u8: NDArray[np.uint8]) -> NDArray[np.int64]:
    """[[left, top], [right, bottom]], the first and last changed pixel each way, of the m tiles of a mask.

    `before_u8` and `after_u8` (m, TILE_VALUES) are these tiles, row by row, in two frames.
    """
    assert before_u8.shape == (part.sum(), TILE_VALUES)
    changed = (before_u8 != after_u8).reshape(-1, TILE_PX, TILE_PX, 3).any(axis=3)
    rows, columns = np.nonzero(part)
    ends = [_ends(columns, changed.any(axis=1)), _ends(rows, changed.any(axis=2))]
    return np.array(ends).T


def _ends(tile: NDArray[np.int64], changed: NDArray[np.bool_]) -> tuple[int, int]:
    """The first and the last pixel (m, TILE_PX) that changed along one side, tiles being at `tile` (m,)."""
    row, px = np.nonzero(changed)
    along = tile[row] * TILE_PX + px
    return int(along.min()), int(along.max())
