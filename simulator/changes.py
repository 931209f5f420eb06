"""Which tiles of a frame changed, and what that means in pixels."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.world import TILE_PX


def changed_tiles(before_u8: NDArray[np.uint8], after_u8: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """The tiles in which any value differs: two frames (H, W, 3) -> (H/16, W/16) bool."""
    return np.logical_or.reduce(_by_column(np.logical_or.reduce(_by_row(before_u8 != after_u8), axis=1)), axis=2)


def tile_squared_error(truth_u8: NDArray[np.uint8], shown_u8: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Squared error summed over each tile's 16 x 16 x 3 values, in levels of 255: (H/16, W/16)."""
    difference = truth_u8.astype(np.int32) - shown_u8
    return _by_column(_by_row(difference * difference).sum(axis=1)).sum(axis=2, dtype=np.int64)


def tile_pixels(tiles: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The pixels that lie in the tiles: (H/16, W/16) -> (H, W)."""
    return tiles.repeat(TILE_PX, axis=0).repeat(TILE_PX, axis=1)


def tile_iou(generated: NDArray[np.bool_], true: NDArray[np.bool_]) -> float:
    """Intersection over union of two sets of tiles, in [0, 1]; NaN where both are empty."""
    union = int((generated | true).sum())
    return int((generated & true).sum()) / union if union else float("nan")


def _by_row(values: NDArray[Any]) -> NDArray[Any]:
    """(H, W, 3) -> (H/16, 16, W * 3): along the last axis numpy reduces fast."""
    return values.reshape(len(values) // TILE_PX, TILE_PX, -1)


def _by_column(rows: NDArray[Any]) -> NDArray[Any]:
    """(H/16, W * 3) -> (H/16, W/16, 16 * 3)."""
    return rows.reshape(len(rows), -1, TILE_PX * 3)
