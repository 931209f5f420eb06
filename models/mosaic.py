"""Screens made small for the image tower: of each block of a tile its mean colour and how much it varies.

Screens are kept as their distinct small tiles and an index, as everywhere here: most of a desktop repeats itself, and
the tower looks at each distinct tile once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from einops import rearrange
from numpy.typing import NDArray

from models.tiles import TILE_PX

BLOCK_PX = 4
CHANNELS = 4  # red, green, blue, and the deviation of the brightness: text is grey that varies
SMALL_VALUES = (TILE_PX // BLOCK_PX) ** 2 * CHANNELS


@dataclass(frozen=True, kw_only=True, eq=False)
class Mosaics:
    """n screens: `tiles_u8` (u, SMALL_VALUES) distinct small tiles, `grids` (n, N) which of them each shows."""

    tiles_u8: NDArray[np.uint8]
    grids: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.grids)

    @classmethod
    def of(cls, tiles_u8: NDArray[np.uint8]) -> "Mosaics":
        """Of small tiles (n, N, SMALL_VALUES)."""
        pixels, numbers = tiles_u8.tobytes(), dict[bytes, int]()
        places = range(0, len(pixels), SMALL_VALUES)
        grids = [numbers.setdefault(pixels[at : at + SMALL_VALUES], len(numbers)) for at in places]
        distinct = np.frombuffer(bytearray(b"".join(numbers)), np.uint8).reshape(-1, SMALL_VALUES)
        return cls(tiles_u8=distinct, grids=np.array(grids, np.int32).reshape(tiles_u8.shape[:2]))

    @classmethod
    def none(cls, grid_shape: tuple[int, int]) -> "Mosaics":
        """No screen of (rows, columns) tiles."""
        no_grid = np.empty((0, grid_shape[0] * grid_shape[1]), np.int32)
        return cls(tiles_u8=np.empty((0, SMALL_VALUES), np.uint8), grids=no_grid)

    @classmethod
    def join(cls, parts: Sequence["Mosaics"]) -> "Mosaics":
        """All screens of these, in order."""
        offsets = np.cumsum([0, *(len(part.tiles_u8) for part in parts[:-1])])
        tiles = cls.of(np.concatenate([part.tiles_u8 for part in parts])[None])
        grids = [tiles.grids[0, part.grids + offset] for part, offset in zip(parts, offsets, strict=True)]
        return cls(tiles_u8=tiles.tiles_u8, grids=np.concatenate(grids))

    def take(self, chosen: NDArray[np.int64]) -> "Mosaics":
        """Some of the screens, with the tiles that they show."""
        used, grids = np.unique(self.grids[chosen], return_inverse=True)
        return Mosaics(
            tiles_u8=self.tiles_u8[used], grids=grids.reshape(len(chosen), self.grids.shape[1]).astype(np.int32)
        )


def small_tiles(tiles_u8: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(n, TILE_VALUES) -> (n, SMALL_VALUES)."""
    pixels = rearrange(tiles_u8, "n (h w c) -> n h w c", h=TILE_PX, w=TILE_PX).astype(np.float32)
    brightness = (pixels[..., 0] + pixels[..., 1] + pixels[..., 2]) / 3
    mean, square = _block_means(pixels), _block_means(np.square(brightness))
    deviation = np.sqrt((square - np.square(mean.mean(axis=3))).clip(0))
    return np.concatenate([mean, deviation[..., None]], axis=3).round().astype(np.uint8).reshape(-1, SMALL_VALUES)


def _block_means(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, h, w, ...) -> (n, h / BLOCK_PX, w / BLOCK_PX, ...); numpy adds slices faster than along short axes."""
    places = [(row, column) for row in range(BLOCK_PX) for column in range(BLOCK_PX)]
    return np.mean([pixels[:, row::BLOCK_PX, column::BLOCK_PX] for row, column in places], axis=0)
