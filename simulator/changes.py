"""Which tiles of a frame changed, and what that means in pixels."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.world import TILE_PX


def changed_tiles(before_u8: NDArray[np.uint8], after_u8: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """The tiles in which any value differs: two frames (H, W, 3) -> (H/16, W/16) bool."""
    return np.any(_by_tile(np.any(before_u8 != after_u8, axis=2)), axis=(1, 3))


def tile_squared_error(truth_u8: NDArray[np.uint8], shown_u8: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Squared error summed over each tile's 16 x 16 x 3 values, in levels of 255: (H/16, W/16)."""
    difference = truth_u8.astype(np.int32) - shown_u8
    return _by_tile((difference * difference).sum(axis=2)).sum(axis=(1, 3), dtype=np.int64)


def tile_pixels(tiles: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The pixels that lie in the tiles: (H/16, W/16) -> (H, W)."""
    return tiles.repeat(TILE_PX, axis=0).repeat(TILE_PX, axis=1)


def tile_iou(generated: NDArray[np.bool_], true: NDArray[np.bool_]) -> float:
    """Intersection over union of two sets of tiles, in [0, 1]; NaN where both are empty."""
    union = int((generated | true).sum())
    return int((generated & true).sum()) / union if union else float("nan")


def _by_tile(plane: NDArray[Any]) -> NDArray[Any]:
    height, width = plane.shape
    return plane.reshape(height // TILE_PX, TILE_PX, width // TILE_PX, TILE_PX)
