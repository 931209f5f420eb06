"""Frames as sets of tiles: the unit of everything that the models do."""

import numpy as np
from einops import rearrange
from numpy.typing import NDArray

TILE_PX = 16
TILE_VALUES = TILE_PX * TILE_PX * 3


def grid_shape(size_px: tuple[int, int]) -> tuple[int, int]:
    """(rows, columns) of tiles of a frame of (width, height).

    Raises ValueError where a side is no multiple of TILE_PX.
    """
    width, height = size_px
    if width % TILE_PX or height % TILE_PX:
        raise ValueError(f"frames of {width}x{height} do not divide into {TILE_PX} px tiles; record a multiple of it")
    return height // TILE_PX, width // TILE_PX


def to_tiles(frame_u8: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W, 3) -> (rows * columns, 768), row by row; a copy."""
    return np.ascontiguousarray(
        rearrange(frame_u8, "(r h) (q w) c -> (r q) (h w c)", h=TILE_PX, w=TILE_PX),
    )


def to_frame(tiles_u8: NDArray[np.uint8], columns: int) -> NDArray[np.uint8]:
    """The inverse of `to_tiles`."""
    return rearrange(tiles_u8, "(r q) (h w c) -> (r h) (q w) c", q=columns, h=TILE_PX, w=TILE_PX)
