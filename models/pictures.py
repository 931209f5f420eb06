"""Whole pictures: what the cells of a change have shown together before.

Each cell alone says well which content it takes, and a menu of forty cells still comes out with three wrong: nothing
ties them together. But most changes of that size show, cell by cell, what some change of the training sessions showed.
So the cells vote for one of the pictures that fit the box, and each then prefers what the winner shows.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from numpy.typing import NDArray
from torch import Tensor

from models.cells import Box
from models.recall import NEW
from models.tiles import TILE_PX

OFF_PX = 2  # a box may miss the size of a picture by so much, each way
BOND = 20.0  # nats by which a cell prefers what the picture shows
WORST = 6.0  # nats that one cell can cost a picture
DOUBT = 3.0  # mean nats that a picture may cost a cell against its own choice; a worse one wins nothing


@dataclass(frozen=True, kw_only=True, eq=False)
class Pictures:
    """p pictures: `size_px` (p, 2) width and height; `content` (c,) a place in the palette for each cell of each
    picture, row by row, picture after picture, or -1 where it is in none or did not change."""

    size_px: NDArray[np.int64]
    content: NDArray[np.int64]

    def __post_init__(self) -> None:
        if self._shape.prod(axis=1).sum() != len(self.content):
            raise ValueError("there are not as many contents as the pictures have cells")

    def of(self, box: Box) -> NDArray[np.int64]:
        """(k, n): the contents of the pictures that have a box's cells and about its size."""
        size_px = box[1] - box[0] + 1
        shape = -(-size_px // TILE_PX)
        fits = (self._shape == shape).all(axis=1) & (abs(self.size_px - size_px) <= OFF_PX).all(axis=1)
        return self.content[self._start[fits][:, None] + np.arange(shape.prod())]

    @cached_property
    def _shape(self) -> NDArray[np.int64]:
        return -(-self.size_px // TILE_PX)

    @cached_property
    def _start(self) -> NDArray[np.int64]:
        cells = self._shape.prod(axis=1)
        return cells.cumsum() - cells


@dataclass(frozen=True, kw_only=True, eq=False)
class Ballot:
    """The `pictures` (k, n) that n cells may show together, as places in the palette or -1; `slot_place` (n, slots)
    the same of the contents that each may show again."""

    pictures: Int[Tensor, "k n"]
    slot_place: Int[Tensor, "n o"]

    def vote(self, near: Float[Tensor, "n q"], far: Float[Tensor, "n p"]) -> Int[Tensor, "n"]:
        """The picture that the cells elect by their logits (`Head.choice`), as places; -1 where none says anything."""
        none = torch.full_like(self.slot_place[:, 0], -1)
        if not len(self.pictures):
            return none
        best = torch.maximum(near.max(dim=1).values, far.max(dim=1).values)
        cost = torch.stack([best - self._belief(picture, near, far) for picture in self.pictures])
        known = self.pictures >= 0
        cost = torch.where(known, cost.clamp_max(WORST), DOUBT).mean(dim=1)
        winner = int(cost.argmin())
        return self.pictures[winner] if float(cost[winner]) < DOUBT else none

    def favour(
        self, elected: Int[Tensor, "m"], cells: Int[Tensor, "m"], near: Float[Tensor, "m q"], far: Float[Tensor, "m p"]
    ) -> None:
        """Raise some cells' logits of what is elected for them, in place."""
        near[:, :NEW] += BOND * self._same(elected, cells)
        rows = (elected >= 0).nonzero()[:, 0]
        far[rows, elected[rows]] += BOND

    def _belief(
        self, picture: Int[Tensor, "n"], near: Float[Tensor, "n q"], far: Float[Tensor, "n p"]
    ) -> Float[Tensor, "n"]:
        """The logit that each cell gives to what a picture shows, in whatever slot or the palette that is."""
        common = far.gather(1, picture.clamp_min(0)[:, None])
        same = self._same(picture, torch.arange(len(picture)))
        return torch.cat([near[:, :NEW].masked_fill(~same, -torch.inf), common], dim=1).max(dim=1).values

    def _same(self, places: Int[Tensor, "m"], cells: Int[Tensor, "m"]) -> Bool[Tensor, "m o"]:
        return (self.slot_place[cells] == places[:, None]) & (places >= 0)[:, None]
