"""Whole pictures: what the cells of a change have shown together before.

Most changes of more than a few cells show, cell by cell, what some change of the training sessions showed.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from jaxtyping import Int
from numpy.typing import NDArray

from models.cells import Box
from models.tiles import TILE_PX

OFF_PX = 2  # a box may miss the size of a picture by so much, each way


class Prints(NamedTuple):
    """What k pictures show of the same n cells, what they kept and what they settle into, as `Pictures` has it."""

    content: Int[np.ndarray, "k n"]
    kept: Int[np.ndarray, "k n"]
    settled: Int[np.ndarray, "k n"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Pictures:
    """p pictures: `size_px` (p, 2) width and height; `content` (c,) a place in the library for each cell of each
    picture, row by row, picture after picture, or -1 where all stays as it is; `kept` (c,) the place of what stayed
    there, where that was always the same, or -1; `settled` (c,) of what it shows a fraction of a second later, or -1
    where that is the same; `times` (p,) that each was shown."""

    size_px: NDArray[np.int64]
    content: NDArray[np.int64]
    kept: NDArray[np.int64]
    settled: NDArray[np.int64]
    times: NDArray[np.int64]

    def __post_init__(self) -> None:
        if not self._shape.prod(axis=1).sum() == len(self.content) == len(self.kept) == len(self.settled):
            raise ValueError("there are not as many contents as the pictures have cells")
        if len(self.times) != len(self.size_px):
            raise ValueError("it is not said of each picture how often it was shown")

    def __len__(self) -> int:
        return len(self.size_px)

    def of(self, box: Box, cells: NDArray[np.int64]) -> "Prints":
        """Some cells of the pictures that have a box's cells and about its size."""
        size_px = box[1] - box[0] + 1
        shape = -(-size_px // TILE_PX)
        fits = (self._shape == shape).all(axis=1) & (abs(self.size_px - size_px) <= OFF_PX).all(axis=1)
        place = self._start[fits][:, None] + cells
        return Prints(self.content[place], self.kept[place], self.settled[place])

    def sizes(self) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The distinct sizes (k, 2), the commonest first, and how often each was shown (k,)."""
        sizes, which = np.unique(self.size_px, axis=0, return_inverse=True)
        times = np.bincount(which.ravel(), weights=self.times, minlength=len(sizes))
        order = np.argsort(-times, kind="stable")
        return sizes[order], times[order].astype(np.float32)

    @cached_property
    def _shape(self) -> NDArray[np.int64]:
        return -(-self.size_px // TILE_PX)

    @cached_property
    def _start(self) -> NDArray[np.int64]:
        cells = self._shape.prod(axis=1)
        return cells.cumsum() - cells
