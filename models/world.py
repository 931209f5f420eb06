"""The world model: context in; when, where and what out.

The parts are named by what they say: `when` anything changes, one box that is the `place` of the change, `where`
inside and around it tiles change, `shape` of the pointer, and the head for what a tile shows next, which points at
earlier and common contents or denoises the rest (`models.painting`).
"""

from dataclasses import dataclass, fields
from math import prod

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from models import geometry
from models.backbone import Backbone
from models.context import Context
from models.events import KINDS
from models.head import Canvas, Head
from models.layers import MLP
from models.library import Library
from models.local import LocalLevel, PlacedLevel
from models.memory import TileMemory
from models.palette import Palette
from models.place import Ground, Place
from models.recall import Slots
from models.world_config import WorldConfig

ASKED = ("pointer", "text", "newest event")  # tokens of the backbone, one after another, behind those of the patches


@dataclass(frozen=True, kw_only=True, eq=False)
class Outlook:
    """What the model expects of the next frame.

    `when` logit that anything changes; `shape` logits of the pointer's shape; `tokens` of the backbone.
    """

    when: Float[Tensor, "b"]
    shape: Float[Tensor, "b s"]
    tokens: Float[Tensor, "b g d"]

    def at(self, moment: int) -> "Outlook":
        """That of one moment."""
        return Outlook(**{field.name: getattr(self, field.name)[moment, None] for field in fields(self)})


@dataclass(frozen=True, kw_only=True, eq=False)
class Scene:
    """What is known of every tile once the place of the change is.

    `where` logit that it changes; `local` features; `points_px` of the inputs and the box's corners; what was `asked`
    of the backbone.
    """

    where: Float[Tensor, "b n"]
    local: Float[Tensor, "b n l"]
    points_px: Float[Tensor, "b p 2"]
    asked: Float[Tensor, "b d"]


class WorldModel(nn.Module):
    """Backbone, local level, place, memory and head."""

    def __init__(self, config: WorldConfig) -> None:
        super().__init__()
        self.config = config
        self.backbone = Backbone(config)
        self.local = LocalLevel(config)
        self.ask = nn.Linear(len(ASKED) * config.width, config.width)
        self.newest_event_kind = nn.Embedding(KINDS, config.width)
        nn.init.zeros_(self.newest_event_kind.weight)
        self.place = Place(config)
        self.placed = PlacedLevel(config)
        self.memory = TileMemory(config)
        self.head = Head(config)
        self.when = nn.Sequential(MLP(config.width, config.width), nn.Linear(config.width, 1))
        self.where = nn.Linear(config.local_width, 1)
        nn.init.constant_(self.where.bias, -4.0)  # few tiles change
        self.shape = nn.Linear(config.width, config.shapes)
        self.palette = Palette(config)
        self.pointer_token = prod(config.tokens)

    def fill(self, library: Library, latent: Float[Tensor, "k c"]) -> None:
        """Take a library, with the whitened latents of the palette's contents."""
        self.palette.fill(library.tiles_u8[: self.config.palette], latent)
        self.place.sizes.fill(library.pictures)

    def outlook(self, context: Context) -> Outlook:
        """Look at the whole: when, and the pointer's shape."""
        tokens = self.backbone(context)
        pointer = tokens[:, self.pointer_token]
        return Outlook(when=self.when(pointer)[:, 0].float(), shape=self.shape(pointer).float(), tokens=tokens)

    def ground(self, context: Context, tokens: Float[Tensor, "b g d"]) -> Ground:
        """Look at every tile."""
        inputs_px = geometry.inputs_px(context)
        ways = geometry.ways_to(inputs_px, self.config.shape)
        asked = self.ask(tokens[:, self.pointer_token :][:, : len(ASKED)].flatten(1))
        pressed = self.newest_event_kind(context.event_kind[:, 0]) * context.event_there[:, :1]
        return Ground(local=self.local(context, tokens, ways), inputs_px=inputs_px, asked=asked + pressed)

    def scene(self, ground: Ground, box: Int[Tensor, "b 2 2"]) -> Scene:
        """Look again, given the box of the change."""
        local = self.placed(ground.local, geometry.ways_to(box.float(), self.config.shape), box)
        points_px = torch.cat([ground.inputs_px, box.to(ground.inputs_px.dtype)], dim=1)
        where = self.where(local)[..., 0].float()
        return Scene(where=where, local=local, points_px=points_px, asked=ground.asked)

    def canvas(
        self,
        scene: Scene,
        tokens: Float[Tensor, "b g d"],
        centres_px: Float[Tensor, "m 2"],
        counts: list[int],
        memory: Float[Tensor, "m s"],
        slots: Slots,
    ) -> Canvas:
        """What the head is told of cells around `centres_px`, `counts` a frame, frame after frame."""
        frame = torch.arange(len(counts), device=centres_px.device).repeat_interleave(
            torch.tensor(counts, device=centres_px.device)
        )
        return Canvas(
            local=geometry.between(scene.local, frame, centres_px, self.config.shape),
            ways=geometry.ways_from(centres_px, scene.points_px[frame]),
            asked=scene.asked[frame],
            memory=memory,
            slots=slots,
            tokens=tokens,
            counts=counts,
        )
