"""The local level: one feature vector for each tile, before and after the box of the change is known."""

from math import prod

import torch
from einops import rearrange
from jaxtyping import Float, Int
from torch import Tensor, nn

from models import geometry
from models.context import Context
from models.layers import AGE_DECAYS, MLP, Norm, age_features
from models.world_config import PATCH, WorldConfig


class LocalBlock(nn.Module):
    """Depthwise 3x3 convolution over the grid of tiles, then an MLP for each tile (ConvNeXt's order)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.mix = nn.Conv2d(width, width, 3, padding=1, groups=width)
        self.mlp = MLP(width, 2 * width)

    def forward(self, x: Float[Tensor, "b r q l"]) -> Float[Tensor, "b r q l"]:
        mixed = self.mix(x.permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last))
        x = x + mixed.permute(0, 2, 3, 1)
        return x + self.mlp(x)


class LocalLevel(nn.Module):
    """Features of every tile: its own latent and age, the patch's token, and its way to pointer and last inputs."""

    def __init__(self, config: WorldConfig) -> None:
        super().__init__()
        self.config = config
        self.own = nn.Linear(config.channels + len(AGE_DECAYS), config.local_width)
        self.across = nn.Linear(geometry.INPUT_FEATURES, config.local_width, bias=False)
        self.down = nn.Linear(geometry.INPUT_FEATURES, config.local_width, bias=False)
        self.part = nn.Linear(config.width, config.merge**2 * config.width) if config.merge > 1 else None
        self.spread = nn.Linear(config.width, PATCH * PATCH * config.local_width)
        self.whole = nn.Linear(config.width, config.local_width)
        self.blocks = nn.Sequential(*(LocalBlock(config.local_width) for _ in range(config.local_blocks)))
        self.norm = Norm(config.local_width)

    def forward(
        self,
        context: Context,
        tokens: Float[Tensor, "b g d"],
        ways: geometry.Ways,
    ) -> Float[Tensor, "b n l"]:
        config = self.config
        own = self.own(torch.cat([context.latent, age_features(context.age).to(context.latent.dtype)], dim=-1))
        grid = rearrange(own, "b (r q) l -> b r q l", r=config.rows) + self._spread(tokens)
        grid = grid + self.across(ways[0])[:, None] + self.down(ways[1])[:, :, None]
        grid = grid + self.whole(tokens[:, prod(config.tokens)])[:, None, None]
        return self.norm(rearrange(self.blocks(grid), "b r q l -> b (r q) l"))

    def _spread(self, tokens: Float[Tensor, "b g d"]) -> Float[Tensor, "b r q l"]:
        """What the tokens of the patches say to each of their tiles."""
        (rows, columns), side = self.config.tokens, self.config.merge
        patches = tokens[:, : rows * columns]
        if self.part:
            patches = rearrange(self.part(patches), "b (r q) (i j d) -> b (r i q j) d", r=rows, i=side, j=side)
        return rearrange(self.spread(patches), "b (r q) (i j l) -> b (r i) (q j) l", r=rows * side, i=PATCH, j=PATCH)


class PlacedLevel(nn.Module):
    """Features of every tile once the box of the change is known."""

    def __init__(self, config: WorldConfig) -> None:
        super().__init__()
        self._shape = (config.rows, config.columns)
        self.across = nn.Linear(geometry.CORNER_FEATURES, config.local_width, bias=False)
        self.down = nn.Linear(geometry.CORNER_FEATURES, config.local_width, bias=False)
        self.inside = nn.Linear(1, config.local_width)
        self.block = LocalBlock(config.local_width)
        self.norm = Norm(config.local_width)

    def forward(
        self, local: Float[Tensor, "b n l"], ways: geometry.Ways, box: Int[Tensor, "b 2 2"]
    ) -> Float[Tensor, "b n l"]:
        inside = self.inside(geometry.covered(box, self._shape)[..., None])
        grid = inside + self.across(ways[0])[:, None] + self.down(ways[1])[:, :, None]
        grid = grid + rearrange(local, "b (r q) l -> b r q l", r=self._shape[0])
        return self.norm(self.block(grid).flatten(1, 2))
