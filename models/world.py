"""The world model: context in; when, where and what out.

The parts are named by what they say: `when` anything changes, then one box that is the `place` of the change, `where`
inside and around it tiles change, `shape` of the pointer, and the head for what a tile shows next, which points at
earlier and common contents or denoises the rest (`models.painting`).
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
from models.local import LocalLevel, PlacedLevel
from models.memory import TileMemory
from models.palette import Palette
from models.place import Place
from models.world_config import PATCH, WorldConfig


@dataclass(frozen=True, kw_only=True, eq=False)
class Outlook:
    """What the model expects of the next frame.

    `when` logit that anything changes; `shape` logits of the pointer's shape; `tokens` of the backbone.
    """

    when: Float[Tensor, "b"]
    shape: Float[Tensor, "b s"]
    tokens: Float[Tensor, "b g d"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Ground:
    """What is known of every tile before the place of the change is: `local` features and `ways` to the inputs."""

    local: Float[Tensor, "b n l"]
    ways: geometry.Ways

    def expand(self, times: int) -> "Ground":
        """One frame's, as often."""
        across, down = (way.expand(times, -1, -1) for way in self.ways)
        return Ground(local=self.local.expand(times, -1, -1), ways=(across, down))


@dataclass(frozen=True, kw_only=True, eq=False)
class Scene:
    """What is known of every tile once the place of the change is.

    `where` logit that it changes; `local` features and `ways` to inputs and box, which the head looks at.
    """

    where: Float[Tensor, "b n"]
    local: Float[Tensor, "b n l"]
    ways: geometry.Ways


class WorldModel(nn.Module):
    """Backbone, local level, place, memory and head."""

    def __init__(self, config: WorldConfig) -> None:
        super().__init__()
        self.config = config
        self.backbone = Backbone(config)
        self.local = LocalLevel(config)
        self.place = Place(config)
        self.placed = PlacedLevel(config)
        self.memory = TileMemory(config)
        self.head = Head(config)
        self.when = nn.Sequential(MLP(config.width, config.width), nn.Linear(config.width, 1))
        self.where = nn.Linear(config.local_width, 1)
        nn.init.constant_(self.where.bias, -4.0)  # few tiles change
        self.shape = nn.Linear(config.width, config.shapes)
        self.palette = Palette(config)
        self.pointer_token = (config.rows // PATCH) * (config.columns // PATCH)

    def outlook(self, context: Context) -> Outlook:
        """Look at the whole: when, and the pointer's shape."""
        tokens = self.backbone(context)
        pointer = tokens[:, self.pointer_token]
        return Outlook(when=self.when(pointer)[:, 0].float(), shape=self.shape(pointer).float(), tokens=tokens)

    def ground(self, context: Context, tokens: Float[Tensor, "b g d"]) -> Ground:
        """Look at every tile."""
        ways = geometry.ways_to_inputs(context, (self.config.rows, self.config.columns))
        return Ground(local=self.local(context, tokens, ways), ways=ways)

    def scene(self, ground: Ground, box: Int[Tensor, "b 2 2"]) -> Scene:
        """Look again, given the box of the change."""
        corners = geometry.ways_to(box.float(), (self.config.rows, self.config.columns))
        local = self.placed(ground.local, corners, box)
        across, down = (torch.cat(both, dim=-1) for both in zip(ground.ways, corners, strict=True))
        return Scene(where=self.where(local)[..., 0].float(), local=local, ways=(across, down))


def ways_of(scene: Scene, frame: Int[Tensor, "m"], tile: Int[Tensor, "m"]) -> Float[Tensor, "m w"]:
    """The ways of single tiles, by their frame in the batch and their place in the frame."""
    across, down = scene.ways
    row, column = tile // across.shape[1], tile % across.shape[1]
    return torch.cat([across[frame, column], down[frame, row]], dim=-1)
