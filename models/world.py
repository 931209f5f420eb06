"""The world model: says which tiles change next, and denoises only those.

A backbone reads the frame before in patches of 4x4 tiles, the last events and the pointer. From its tokens a local
level at tile resolution says *when* (does anything change in this frame) and *where* (each tile, given that
something does). A light diffusion head then looks at the dirty tiles of the frame together, at the backbone's tokens
and at what each tile has shown before: it says which tiles show an earlier content again, bit for bit, and denoises
the rest (`models.painting`).
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from models import geometry
from models.backbone import Backbone
from models.context import Context
from models.head import Head
from models.layers import MLP
from models.local import LocalLevel
from models.memory import TileMemory
from models.palette import Palette
from models.world_config import PATCH, WorldConfig


@dataclass(frozen=True, kw_only=True, eq=False)
class Outlook:
    """What the model expects of the next frame.

    `when` logit that anything changes; `where` logit of each tile, given that something does; `shape` logits of the
    pointer's shape; `tokens`, `local` and `ways` (see `models.geometry`) are what the head looks at.
    """

    when: Float[Tensor, "b"]
    where: Float[Tensor, "b n"]
    shape: Float[Tensor, "b s"]
    tokens: Float[Tensor, "b g d"]
    local: Float[Tensor, "b n l"]
    ways: tuple[Float[Tensor, "b q f"], Float[Tensor, "b r f"]]


class WorldModel(nn.Module):
    """Backbone, local level, memory and head."""

    def __init__(self, config: WorldConfig) -> None:
        super().__init__()
        self.config = config
        self.backbone = Backbone(config)
        self.local = LocalLevel(config)
        self.memory = TileMemory(config)
        self.head = Head(config)
        self.when = nn.Sequential(MLP(config.width, config.width), nn.Linear(config.width, 1))
        self.where = nn.Linear(config.local_width, 1)
        nn.init.constant_(self.where.bias, -4.0)  # few tiles change
        self.shape = nn.Linear(config.width, config.shapes)
        self.palette = Palette(config)
        self.pointer_token = (config.rows // PATCH) * (config.columns // PATCH)

    def outlook(self, context: Context) -> Outlook:
        """Look ahead: when, where, and what the head looks at."""
        return self.outlook_from(context, self.backbone(context))

    def outlook_from(self, context: Context, tokens: Float[Tensor, "b g d"]) -> Outlook:
        """The outlook with the backbone's tokens at hand."""
        ways = geometry.ways(context, (self.config.rows, self.config.columns))
        local = self.local(context, tokens, ways)
        when, shape = self.when_and_shape(tokens)
        return Outlook(
            when=when, where=self.where(local)[..., 0].float(), shape=shape, tokens=tokens, local=local, ways=ways
        )

    def when_and_shape(self, tokens: Float[Tensor, "b g d"]) -> tuple[Float[Tensor, "b"], Float[Tensor, "b s"]]:
        """The logit that anything changes, and those of the pointer's shape, from the pointer's token."""
        pointer = tokens[:, self.pointer_token]
        return self.when(pointer)[:, 0].float(), self.shape(pointer).float()


def ways_of(outlook: Outlook, frame: Int[Tensor, "m"], tile: Int[Tensor, "m"]) -> Float[Tensor, "m w"]:
    """The ways of single tiles, by their frame in the batch and their place in the frame."""
    across, down = outlook.ways
    row, column = tile // across.shape[1], tile % across.shape[1]
    return torch.cat([across[frame, column], down[frame, row]], dim=-1)
