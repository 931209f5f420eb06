"""A change's own grid: square cells from the corner of its box on, wherever the box lies.

Cut by the screen's grid, a window's title bar is another set of tiles at each of the 256 places that a corner can have
in a tile; cut from its own corner, it is the same cells everywhere. So what a change shows is painted in cells of its
box. What of a cell lies beyond the box repeats the box's edge, when read, and is left alone, when written.
"""

import hashlib

import numpy as np
from numpy.typing import NDArray

from models.tiles import TILE_PX, TILE_VALUES, to_frame, to_tiles

Box = NDArray[np.int64]  # [[left, top], [right, bottom]] in pixels, all four inside


def cells_of(box: Box) -> NDArray[np.int64]:
    """(n, 2): the first pixel (x, y) of each cell, row by row."""
    (left, top), (right, bottom) = box
    x, y = np.meshgrid(np.arange(left, right + 1, TILE_PX), np.arange(top, bottom + 1, TILE_PX))
    return np.stack([x.ravel(), y.ravel()], axis=1)


def extended(box: Box, size_px: tuple[int, int], cells: NDArray[np.integer]) -> Box:
    """A box with more cells [[left, top], [right, bottom]] around it, as far as the screen goes; the old ones stay."""
    room = np.array([box[0], np.array(size_px) - 1 - box[1]])
    before = np.minimum(cells[0], room[0] // TILE_PX) * TILE_PX
    return np.stack([box[0] - before, box[1] + np.minimum(cells[1] * TILE_PX, room[1])])


def cut(frame_u8: NDArray[np.uint8], box: Box, moved_px: tuple[int, int] = (0, 0)) -> NDArray[np.uint8]:
    """(n, TILE_VALUES): the cells of a frame (H, W, 3), with what lies `moved_px` (x, y) before them."""
    (left, top), (right, bottom) = box
    rows = _held(np.arange(top, bottom + 1) - moved_px[1], frame_u8.shape[0])
    columns = _held(np.arange(left, right + 1) - moved_px[0], frame_u8.shape[1])
    inside = frame_u8[rows[:, None], columns] if moved_px != (0, 0) else frame_u8[top : bottom + 1, left : right + 1]
    beyond = [(0, -side % TILE_PX) for side in inside.shape[:2]]
    return to_tiles(np.pad(inside, [*beyond, (0, 0)], mode="edge"))


def composite(frame_u8: NDArray[np.uint8], box: Box, cells: NDArray[np.integer], tiles_u8: NDArray[np.uint8]) -> None:
    """Write tiles (m, TILE_VALUES) as the cells (m,) of a box into a frame (H, W, 3), in place."""
    whole = cut(frame_u8, box)
    whole[cells] = tiles_u8
    (left, top), (right, bottom) = box
    picture = to_frame(whole, int(right - left) // TILE_PX + 1)
    frame_u8[top : bottom + 1, left : right + 1] = picture[: bottom - top + 1, : right - left + 1]


def tiles_under(box: Box, columns: int) -> NDArray[np.int64]:
    """(n, 4): the tiles, of a grid of so many columns, that the corners of each cell lie in, as far as the box goes."""
    first = cells_of(box)
    last = np.minimum(first + TILE_PX - 1, box[1])
    column, row = (np.stack([first[:, axis], last[:, axis]], axis=1) // TILE_PX for axis in (0, 1))
    return (row[:, :, None] * columns + column[:, None]).reshape(-1, 4)


def centre_tiles(box: Box, cells: NDArray[np.integer], shape: tuple[int, int]) -> NDArray[np.int64]:
    """The tiles of a grid of (rows, columns) that the centres of some cells lie in."""
    column, row = (cells_of(box)[cells] + TILE_PX // 2).T // TILE_PX
    return np.minimum(row, shape[0] - 1) * shape[1] + np.minimum(column, shape[1] - 1)


def fingerprints(tiles_u8: NDArray[np.uint8]) -> NDArray[np.int64]:
    """A number (*n,), never 0, for each content (*n, TILE_VALUES): the same for the same pixels, else another."""
    words = np.ascontiguousarray(tiles_u8).view(np.int64)
    number = (words * _ODD).sum(axis=-1) + 1
    return np.where(number == 0, 1, number)


_ODD = np.frombuffer(hashlib.shake_128(b"cells").digest(TILE_VALUES), np.int64) | 1  # a desk keeps fingerprints


def _held(place: NDArray[np.int64], side: int) -> NDArray[np.int64]:
    return np.clip(place, 0, side - 1)
