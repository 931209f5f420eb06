"""The world model: says which tiles change next, and denoises only those.

A backbone reads the frame before in patches of 4x4 tiles, the last events and the pointer. From its tokens a local
level at tile resolution says *when* (does anything change in this frame) and *where* (each tile, given that
something does). A light diffusion head then denoises the dirty tiles together: it looks at the other dirty tiles of
the frame, at the backbone's tokens and at the memory of each tile, a gated linear recurrence over what the tile has
shown (minGRU, Feng et al. 2024), which costs O(1) a change and nothing while a tile stands still.
"""

from dataclasses import dataclass

import torch
from einops import rearrange
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence

from models.context import EVENT_MAX_AGE, EVENT_SLOTS, NEIGHBOURHOOD, Context
from models.events import HELD_BITS, KINDS, MODIFIER_KEYS
from models.layers import MLP, Attention, Norm, TransformerBlock, attend, fourier
from models.tiles import TILE_PX

PATCH = 4
AGE_DECAYS = (1.0, 4.0, 16.0, 64.0)
NEAR_BANDS, FAR_BANDS = 4, 4
PADDED_FRAMES = 12
POINTS = 3  # the pointer before, the pointer now, the newest event


@dataclass(frozen=True, kw_only=True)
class WorldConfig:
    """Sizes. `rows` and `columns` of tiles are multiples of PATCH; `shapes` is the number of pointer shapes."""

    rows: int
    columns: int
    channels: int
    shapes: int
    width: int = 256
    blocks: int = 5
    local_width: int = 128
    local_blocks: int = 2
    memory: int = 128
    head_width: int = 256
    head_blocks: int = 3


@dataclass(frozen=True, kw_only=True, eq=False)
class Outlook:
    """What the model expects of the next frame.

    `when` logit that anything changes; `where` logit of each tile, given that something does; `shape` logits of the
    pointer's shape; `tokens` and `local` are what the head looks at.
    """

    when: Float[Tensor, "b"]
    where: Float[Tensor, "b n"]
    shape: Float[Tensor, "b s"]
    tokens: Float[Tensor, "b g d"]
    local: Float[Tensor, "b n l"]


def _age_features(age: Float[Tensor, "*b"]) -> Float[Tensor, "*b 4"]:
    return torch.stack([torch.exp(-age / decay) for decay in AGE_DECAYS], dim=-1)


class Backbone(nn.Module):
    """Context in, tokens out: one for each patch, one for each event, one for the pointer, one for the text."""

    def __init__(self, config: WorldConfig) -> None:
        super().__init__()
        width, under = config.width, NEIGHBOURHOOD * config.channels
        patches = (config.rows // PATCH) * (config.columns // PATCH)
        self.config = config
        self.patch = nn.Linear(PATCH * PATCH * (config.channels + len(AGE_DECAYS)), width)
        self.patch_place = nn.Parameter(0.02 * torch.randn(patches, width))
        self.event_kind = nn.Embedding(KINDS, width)
        self.event_age = nn.Embedding(EVENT_MAX_AGE + 1, width)
        self.event_under = nn.Linear(under, width)
        self.event_rest = nn.Linear(4 * FAR_BANDS * 2 + len(MODIFIER_KEYS), width)
        self.pointer_under = nn.Linear(under, width)
        self.pointer_rest = nn.Linear(2 * 4 * FAR_BANDS * 2 + HELD_BITS, width)
        self.no_text = nn.Parameter(0.02 * torch.randn(width))
        self.blocks = nn.ModuleList(TransformerBlock(width) for _ in range(config.blocks))
        self.norm = Norm(width)

    def forward(self, context: Context) -> Float[Tensor, "b g d"]:
        patches = self._patches(context)
        events, pointer = self._events(context), self._pointer(context)
        text = self.no_text.expand(len(patches), 1, -1).to(patches.dtype)
        tokens = torch.cat([patches, pointer, text, events], dim=1)
        seen = torch.ones(tokens.shape[:2], dtype=torch.bool, device=tokens.device)
        seen[:, -EVENT_SLOTS:] = context.event_there
        for block in self.blocks:
            tokens = block(tokens, seen)
        return self.norm(tokens)

    def _patches(self, context: Context) -> Float[Tensor, "b p d"]:
        tiles = torch.cat([context.latent, _age_features(context.age).to(context.latent.dtype)], dim=-1)
        config = self.config
        patches = rearrange(
            tiles, "b (r i q j) c -> b (r q) (i j c)", i=PATCH, j=PATCH, r=config.rows // PATCH,
            q=config.columns // PATCH,
        )  # fmt: skip
        return self.patch(patches) + self.patch_place

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
        return fourier(px / size, 2 * FAR_BANDS).flatten(-2)


def _bits(mask: Int[Tensor, "*b"], count: int) -> Float[Tensor, "*b k"]:
    return (mask[..., None] >> torch.arange(count, device=mask.device) & 1).float()


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
    """Features of every tile: its own latent, the patch's token, and where pointer and last event lie from it."""

    centre_px: Tensor

    def __init__(self, config: WorldConfig) -> None:
        super().__init__()
        self.config = config
        relative = POINTS * 2 * 2 * (NEAR_BANDS + FAR_BANDS)
        self.own = nn.Linear(config.channels + len(AGE_DECAYS) + relative, config.local_width)
        self.spread = nn.Linear(config.width, PATCH * PATCH * config.local_width)
        self.whole = nn.Linear(config.width, config.local_width)
        self.blocks = nn.Sequential(*(LocalBlock(config.local_width) for _ in range(config.local_blocks)))
        self.norm = Norm(config.local_width)
        rows, columns = torch.meshgrid(torch.arange(config.rows), torch.arange(config.columns), indexing="ij")
        corners = torch.stack([columns, rows], dim=-1).reshape(-1, 2) * TILE_PX
        self.register_buffer("centre_px", corners + TILE_PX // 2, persistent=False)  # integers: never rounded to bf16

    def forward(self, context: Context, tokens: Float[Tensor, "b g d"]) -> Float[Tensor, "b n l"]:
        config = self.config
        down, across = config.rows // PATCH, config.columns // PATCH
        own = self.own(
            torch.cat(
                [context.latent, _age_features(context.age).to(context.latent.dtype), self._relative(context)], -1
            )
        )
        spread = rearrange(
            self.spread(tokens[:, : down * across]), "b (r q) (i j l) -> b (r i) (q j) l", r=down, i=PATCH, j=PATCH
        )
        whole = self.whole(tokens[:, down * across])[:, None, None]
        grid = rearrange(own, "b (r q) l -> b r q l", r=config.rows) + spread + whole
        return self.norm(rearrange(self.blocks(grid), "b r q l -> b (r q) l"))

    def _relative(self, context: Context) -> Float[Tensor, "b n f"]:
        """Fourier features of the way from each tile to the three points: near (two tiles) and far (the screen)."""
        points = torch.cat([context.pointer_px, context.event_px[:, :1]], dim=1)
        tiles = (points[:, None] - self.centre_px[:, None]) / TILE_PX
        near = fourier((tiles / 4).clamp(-1, 1), NEAR_BANDS)
        far = fourier(tiles / (2 * max(self.config.rows, self.config.columns)), FAR_BANDS)
        return torch.cat([near, far], dim=-1).flatten(2).to(context.latent.dtype)


class TileMemory(nn.Module):
    """h <- a * h + (1 - a) * v, with gate a and value v from the content that the tile took (minGRU).

    The gate does not look at h, so training may scan in parallel; in play only dirty tiles step.
    """

    def __init__(self, config: WorldConfig) -> None:
        super().__init__()
        self.size = config.memory
        self.value = nn.Linear(config.channels, config.memory)
        self.gate = nn.Linear(config.channels, config.memory)
        with torch.no_grad():
            self.gate.bias.copy_(torch.linspace(-2.0, 3.0, config.memory))  # forgets at once .. keeps for long

    def step(self, state: Float[Tensor, "n s"], latent: Float[Tensor, "n c"]) -> Float[Tensor, "n s"]:
        """The memory of tiles after they took a content."""
        keep = torch.sigmoid(self.gate(latent).float())
        return keep * state + (1 - keep) * self.value(latent).float()

    def scan(self, latents: Float[Tensor, "n k c"], there: Bool[Tensor, "n k"]) -> Float[Tensor, "n s"]:
        """The memory after k contents, oldest first; where `there` is False the step is left out."""
        keep = torch.sigmoid(self.gate(latents).float())
        value = (1 - keep) * self.value(latents).float()
        keep = torch.where(there[..., None], keep, 1.0)
        value = torch.where(there[..., None], value, 0.0)
        later = keep.flip(1).cumprod(1).flip(1)  # product of the gates from step k on
        after = torch.cat([later[:, 1:], torch.ones_like(later[:, :1])], dim=1)
        return (after * value).sum(1)


class HeadBlock(nn.Module):
    """Dirty tiles look at each other and at their frame's tokens in one attention, then an MLP."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.attention = Attention(width)
        self.mlp = MLP(width, 4 * width)

    def forward(
        self, x: Float[Tensor, "n d"], tokens: Float[Tensor, "b g d"], counts: list[int]
    ) -> Float[Tensor, "n d"]:
        x = x + self._attend(x, tokens, counts)
        return x + self.mlp(x)

    def _attend(
        self, x: Float[Tensor, "n d"], tokens: Float[Tensor, "b g d"], counts: list[int]
    ) -> Float[Tensor, "n d"]:
        """Attention within each frame; `counts` tiles a frame, one after another in x.

        Frames are padded to the largest of a few neighbours: order them by size to waste little.
        """
        attention = self.attention
        normed = attention.norm(x)
        queries = attention.query(normed).split(counts)
        keys, values = (part.split(counts) for part in attention.key_value(normed))
        token_keys, token_values = (part.split(PADDED_FRAMES) for part in attention.key_value(tokens))
        mixed = []
        for group, (token_key, token_value) in enumerate(zip(token_keys, token_values, strict=True)):
            frames = slice(group * PADDED_FRAMES, (group + 1) * PADDED_FRAMES)
            own = _there(counts[frames], x.device)
            seen = torch.cat([own, own.new_ones(token_key.shape[:2])], dim=1)
            key = torch.cat([pad_sequence(list(keys[frames]), batch_first=True), token_key], dim=1)
            value = torch.cat([pad_sequence(list(values[frames]), batch_first=True), token_value], dim=1)
            query = pad_sequence(list(queries[frames]), batch_first=True)
            out = attend(query.transpose(1, 2), key.transpose(1, 2), value.transpose(1, 2), seen)
            mixed.append(out.transpose(1, 2).flatten(2)[own])
        return attention.out(torch.cat(mixed))


def _there(counts: list[int], device: torch.device) -> Bool[Tensor, "b m"]:
    """Which places of a padded batch are real."""
    return torch.arange(max(counts), device=device) < torch.tensor(counts, device=device)[:, None]


class Head(nn.Module):
    """Denoises the differences of dirty tiles to what they showed before (x0-prediction)."""

    def __init__(self, config: WorldConfig) -> None:
        super().__init__()
        width = config.head_width
        self.enter = nn.Linear(2 * config.channels + config.local_width + config.memory, width)
        self.time = nn.Linear(2 * NEAR_BANDS, width)
        self.token = nn.Linear(config.width, width)
        self.blocks = nn.ModuleList(HeadBlock(width) for _ in range(config.head_blocks))
        self.norm = Norm(width)
        self.leave = nn.Linear(width, config.channels)
        nn.init.zeros_(self.leave.weight)

    def condition(
        self,
        previous: Float[Tensor, "n c"],
        local: Float[Tensor, "n l"],
        memory: Float[Tensor, "n s"],
        tokens: Float[Tensor, "b g d"],
    ) -> tuple[Tensor, Tensor]:
        """What does not depend on the noise, made once for all steps."""
        known = torch.cat([previous, local.to(previous.dtype), memory.to(previous.dtype)], dim=-1)
        return known, self.token(tokens)

    def forward(
        self,
        x: Float[Tensor, "n c"],
        t: Float[Tensor, "n"],
        condition: tuple[Tensor, Tensor],
        counts: list[int],
    ) -> Float[Tensor, "n c"]:
        known, tokens = condition
        hidden = self.enter(torch.cat([x.to(known.dtype), known], dim=-1)) + self.time(fourier(t / 2, NEAR_BANDS))
        for block in self.blocks:
            hidden = block(hidden, tokens, counts)
        return self.leave(self.norm(hidden)).float()


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
        self.pointer_token = (config.rows // PATCH) * (config.columns // PATCH)

    def outlook(self, context: Context) -> Outlook:
        """Look ahead: when, where, and the features for the head."""
        tokens = self.backbone(context)
        local = self.local(context, tokens)
        when, shape = self.when_and_shape(tokens)
        return Outlook(when=when, where=self.where(local)[..., 0].float(), shape=shape, tokens=tokens, local=local)

    def when_and_shape(self, tokens: Float[Tensor, "b g d"]) -> tuple[Float[Tensor, "b"], Float[Tensor, "b s"]]:
        """The logit that anything changes, and those of the pointer's shape, from the pointer's token."""
        pointer = tokens[:, self.pointer_token]
        return self.when(pointer)[:, 0].float(), self.shape(pointer).float()
