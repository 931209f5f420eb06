"""A corner of a change's box: a tile of the grid, then a pixel in the tile.

Coordinates are classes, as Pix2Seq has them (Chen et al. 2022), so that a corner can lie where the tile's own content
says, or its way to the pointer.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional

from models.layers import ResidualMLP, draw_class
from models.reach import Lines
from models.tiles import TILE_PX
from models.world_config import WorldConfig


class Corner(nn.Module):
    """A corner of the box from features of every tile, and the say of the lines that it may lie on."""

    def __init__(self, config: WorldConfig) -> None:
        super().__init__()
        width, self._shape = config.local_width, (config.rows, config.columns)
        self.tile = nn.Sequential(ResidualMLP(width, width), nn.Linear(width, 1))
        self.pixel = nn.Sequential(ResidualMLP(width, 2 * width), nn.Linear(width, 2 * TILE_PX))

    def nll(self, local: Float[Tensor, "b n l"], lines: Lines, px: Int[Tensor, "b 2"]) -> Float[Tensor, "b"]:
        """Nats that it takes to say that the corner lies at a pixel."""
        tile = self.tile_of(px)
        nats = functional.cross_entropy(self._tiles(local, lines), tile, reduction="none")
        for axis, logits in enumerate(self._pixels(local, lines, tile)):
            nats = nats + functional.cross_entropy(logits, px[:, axis] % TILE_PX, reduction="none")
        return nats

    def draw(
        self, local: Float[Tensor, "b n l"], lines: Lines, temperature: float, generator: torch.Generator
    ) -> Int[Tensor, "b 2"]:
        """Draw the corner's pixel."""
        tile = draw_class(self._tiles(local, lines), temperature, generator)
        within = [draw_class(logits, temperature, generator) for logits in self._pixels(local, lines, tile)]
        first = torch.stack([tile % self._shape[1], tile // self._shape[1]], dim=1) * TILE_PX
        return first + torch.stack(within, dim=1)

    def tile_of(self, px: Int[Tensor, "b 2"]) -> Int[Tensor, "b"]:
        """The tile that a pixel lies in."""
        return px[:, 1] // TILE_PX * self._shape[1] + px[:, 0] // TILE_PX

    def _tiles(self, local: Float[Tensor, "b n l"], lines: Lines) -> Float[Tensor, "b n"]:
        across, down = (line.unflatten(1, (-1, TILE_PX)).logsumexp(dim=2) for line in lines)
        return self.tile(local)[..., 0].float() + (down[:, :, None] + across[:, None]).flatten(1)

    def _pixels(self, local: Float[Tensor, "b n l"], lines: Lines, tile: Int[Tensor, "b"]) -> list[Tensor]:
        """Logits of the pixels along x and along y in a tile of each frame."""
        frame = torch.arange(len(tile), device=tile.device)
        own = self.pixel(local[frame, tile]).float().unflatten(1, (2, TILE_PX))
        place = (tile % self._shape[1], tile // self._shape[1])
        return [
            own[:, axis] + lines[axis].unflatten(1, (-1, TILE_PX))[frame, place[axis]].to(own.dtype) for axis in (0, 1)
        ]
