"""Where a change takes place: one box on the screen, drawn before anything else of the change.

Where a window will open cannot be known, so the tiles that may change are many and each alone is improbable; painted
tile by tile, all possible windows come out at once, averaged. Whoever draws the box first, and the rest given the box,
shows one window. The box is that of the largest connected part of what changes, to the pixel. It is drawn by its
first corner and its size; where that is none of the known ones, by both corners.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn import functional

from models import geometry
from models.corner import Corner
from models.reach import Lines, Reach
from models.sizes import Sizes
from models.tiles import TILE_PX
from models.world_config import WorldConfig

FORBIDDEN = -1e4  # as a logit
KNOWN = 2.0  # nats by which a known size is preferred, for which there are pictures

Tiles = tuple[int, int]  # of the first and the last corner


@dataclass(frozen=True, kw_only=True, eq=False)
class Ground:
    """What is known before the place of the change is: `local` features of every tile, the inputs' places, and what
    the backbone says of them when `asked`."""

    local: Float[Tensor, "b n l"]
    inputs_px: Float[Tensor, "b i 2"]
    asked: Float[Tensor, "b d"]

    def expand(self, times: int) -> "Ground":
        """One frame's, as often."""
        return Ground(
            local=self.local.expand(times, -1, -1),
            inputs_px=self.inputs_px.expand(times, -1, -1),
            asked=self.asked.expand(times, -1),
        )


class Place(nn.Module):
    """The distribution of the box: its first corner, then its size given the first, or, where that is none of the known
    ones, its last corner."""

    def __init__(self, config: WorldConfig) -> None:
        super().__init__()
        self._shape = (config.rows, config.columns)
        self.first, self.last = Corner(config), Corner(config)
        self.first_reach, self.last_reach = Reach(config), Reach(config)
        self.sizes = Sizes(config)
        self.across = nn.Linear(geometry.POINT_FEATURES, config.local_width)
        self.down = nn.Linear(geometry.POINT_FEATURES, config.local_width)
        self.there = nn.Linear(config.local_width, config.local_width)

    def nll(self, ground: Ground, box: Int[Tensor, "b 2 2"]) -> Float[Tensor, "b"]:
        """Nats that it takes to say each box."""
        first, last = box.unbind(dim=1)
        nats = self.first.nll(ground.local, self._first_lines(ground, None), first)
        size = self.sizes.number(last - first + 1)
        nats = nats + functional.cross_entropy(self._size_logits(ground, first, None), size, reduction="none")
        rest = self.last.nll(self._given(ground.local, first), self._last_lines(ground, first, None), last)
        return nats + rest * (size == len(self.sizes.there))

    def draw(
        self, ground: Ground, temperature: float, generator: torch.Generator, tiles: Tiles | None = None
    ) -> Int[Tensor, "b 2 2"]:
        """Draw a box; `tiles` are those of its corners where they are known."""
        first = self.first.draw(ground.local, self._first_lines(ground, tiles), temperature, generator)
        preferred = functional.pad(torch.full_like(self.sizes.bias, KNOWN), (0, 1))
        size_px = self.sizes.draw(self._size_logits(ground, first, tiles) + preferred, temperature, generator)
        last = first + size_px - 1
        if not bool((size_px > 0).all()):
            given, lines = self._given(ground.local, first), self._last_lines(ground, first, tiles)
            last = torch.where(size_px > 0, last, self.last.draw(given, lines, temperature, generator))
        return torch.stack([first, last], dim=1)

    def _size_logits(self, ground: Ground, first: Int[Tensor, "b 2"], tiles: Tiles | None) -> Float[Tensor, "b q"]:
        corner = ground.local[torch.arange(len(first)), self.first.tile_of(first)]
        logits = self.sizes.logits(corner, ground.asked, first, ground.inputs_px)
        fits = functional.pad(self._fits(first, tiles), (0, 1), value=True)
        return logits.masked_fill(~fits, -torch.inf)

    def _fits(self, first: Int[Tensor, "b 2"], tiles: Tiles | None) -> Bool[Tensor, "b k"]:
        """Which sizes stay on the screen, and end in the known last tile."""
        last = first[:, None] + self.sizes.size_px - 1
        if tiles:
            return (last // TILE_PX == torch.tensor(self._place(tiles[1]), device=last.device)).all(dim=2)
        return (last < torch.tensor([self._shape[1], self._shape[0]], device=last.device) * TILE_PX).all(dim=2)

    def _first_lines(self, ground: Ground, tiles: Tiles | None) -> Lines:
        lines = self.first_reach(ground.asked, ground.inputs_px)
        return self._only(lines, None if tiles is None else tiles[0], None)

    def _last_lines(self, ground: Ground, first: Int[Tensor, "b 2"], tiles: Tiles | None) -> Lines:
        lines = self.last_reach(ground.asked, ground.inputs_px)
        return self._only(lines, None if tiles is None else tiles[1], first)

    def _only(self, lines: Lines, tile: int | None, first: Int[Tensor, "b 2"] | None) -> Lines:
        """Lines that lie in a tile, if it is known, and not before the first corner."""
        kept = []
        for axis, line in enumerate(lines):
            px = torch.arange(line.shape[1], device=line.device)
            if tile is not None:
                line = line.masked_fill(px // TILE_PX != self._place(tile)[axis], FORBIDDEN)
            if first is not None:
                line = line.masked_fill(px < first[:, axis, None], FORBIDDEN)
            kept.append(line)
        return kept[0], kept[1]

    def _given(self, local: Float[Tensor, "b n l"], first: Int[Tensor, "b 2"]) -> Float[Tensor, "b n l"]:
        """Features that know the first corner."""
        across, down = geometry.ways_to(first[:, None].float(), self._shape)
        grid = self.down(down)[:, :, None] + self.across(across)[:, None]
        corner = local[torch.arange(len(first)), self.first.tile_of(first)]
        return local + grid.flatten(1, 2) + self.there(corner)[:, None]

    def _place(self, tile: int) -> tuple[int, int]:
        """The column and the row of a tile."""
        return tile % self._shape[1], tile // self._shape[1]
