"""The backbone: one look at the whole frame before, the last events and the pointer, in a few dozen tokens."""

from math import prod

import torch
from einops import rearrange
from jaxtyping import Float, Int
from torch import Tensor, nn

from models.context import EVENT_MAX_AGE, EVENT_SLOTS, NEIGHBOURHOOD, Context
from models.events import HELD_BITS, KINDS, MODIFIER_KEYS
from models.layers import AGE_DECAYS, Norm, TransformerBlock, age_features, fourier
from models.text import TextReader
from models.tiles import TILE_PX
from models.world_config import PATCH, WorldConfig

PLACE_BANDS = 9  # down to 2 px on a screen of 512


class Backbone(nn.Module):
    """Context in, tokens out: one for each patch, one for each event, one for the pointer, one for the text.

    On a large screen neighbouring patches are merged into one token first, as Swin does (Liu et al. 2021).
    """

    def __init__(self, config: WorldConfig) -> None:
        super().__init__()
        width, under = config.width, NEIGHBOURHOOD * config.channels
        self.config = config
        self.patch = nn.Linear(PATCH * PATCH * (config.channels + len(AGE_DECAYS)), width)
        self.patch_place = nn.Parameter(0.02 * torch.randn(prod(config.patches), width))
        self.merge = nn.Linear(config.merge**2 * width, width) if config.merge > 1 else None
        self.event_kind = nn.Embedding(KINDS, width)
        self.event_age = nn.Embedding(EVENT_MAX_AGE + 1, width)
        self.event_under = nn.Linear(under, width)
        self.event_rest = nn.Linear(2 * 2 * PLACE_BANDS + len(MODIFIER_KEYS), width)
        self.pointer_under = nn.Linear(under, width)
        self.pointer_rest = nn.Linear(2 * 2 * 2 * PLACE_BANDS + HELD_BITS, width)
        self.no_text = nn.Parameter(0.02 * torch.randn(width))
        self.text = TextReader(config) if config.text else None
        self.blocks = nn.ModuleList(TransformerBlock(width) for _ in range(config.blocks))
        self.norm = Norm(width)

    def forward(self, context: Context) -> Float[Tensor, "b g d"]:
        patches = self._patches(context)
        events, pointer = self._events(context), self._pointer(context)
        text = self.no_text.expand(len(patches), 1, -1).to(patches.dtype)
        if self.text:
            text = self.text(text, context.text, context.text_there)
        tokens = torch.cat([patches, pointer, text, events], dim=1)
        seen = torch.ones(tokens.shape[:2], dtype=torch.bool, device=tokens.device)
        seen[:, -EVENT_SLOTS:] = context.event_there
        for block in self.blocks:
            tokens = block(tokens, seen)
        return self.norm(tokens)

    def _patches(self, context: Context) -> Float[Tensor, "b p d"]:
        tiles = torch.cat([context.latent, age_features(context.age).to(context.latent.dtype)], dim=-1)
        config = self.config
        (rows, columns), merge = config.patches, config.merge
        patches = rearrange(tiles, "b (r i q j) c -> b (r q) (i j c)", i=PATCH, j=PATCH, r=rows, q=columns)
        patches = self.patch(patches) + self.patch_place
        if self.merge is None:
            return patches
        r, q = config.tokens
        return self.merge(rearrange(patches, "b (r i q j) d -> b (r q) (i j d)", i=merge, j=merge, r=r, q=q))

    def _events(self, context: Context) -> Float[Tensor, "b e d"]:
        bits = _bits(context.event_modifiers, len(MODIFIER_KEYS))
        rest = torch.cat([self._place(context.event_px), bits], dim=-1)
        return (
            self.event_kind(context.event_kind)
            + self.event_age(context.event_age.clamp(0, EVENT_MAX_AGE))
            + self.event_under(context.event_latent.flatten(2))
            + self.event_rest(rest)
        )

    def _pointer(self, context: Context) -> Float[Tensor, "b 1 d"]:
        places = self._place(context.pointer_px).flatten(1)
        rest = torch.cat([places, _bits(context.held, HELD_BITS)], dim=-1)
        return (self.pointer_under(context.pointer_latent.flatten(1)) + self.pointer_rest(rest))[:, None]

    def _place(self, px: Float[Tensor, "*b 2"]) -> Float[Tensor, "*b f"]:
        """Fourier features of a place on the screen, down to a few pixels."""
        size = torch.tensor([self.config.columns, self.config.rows], device=px.device) * TILE_PX
        return fourier(px / size, PLACE_BANDS).flatten(-2)


def _bits(mask: Int[Tensor, "*b"], count: int) -> Float[Tensor, "*b k"]:
    return (mask[..., None] >> torch.arange(count, device=mask.device) & 1).float()
