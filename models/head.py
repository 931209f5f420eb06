"""The head: denoises the cells of a change together, and says which of them show a known content."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import pad_sequence

from models import geometry
from models.layers import MLP, Attention, Norm, attend, fourier
from models.palette import Palette
from models.recall import SLOTS, Slots
from models.world_config import KEY_WIDTH, WorldConfig

PADDED_FRAMES = 4
TIME_BANDS = 4
SLOT_AGE_DECAYS = (2.0, 8.0, 32.0, 128.0, 512.0)  # frames

Counts = list[int] | Bool[Tensor, "n"]  # cells a frame; or, of one frame, which rows are cells and do not fill it up


@dataclass(frozen=True, kw_only=True, eq=False)
class Canvas:
    """What the head knows of n cells, `counts` a frame, frame after frame.

    `local` features of the local level, `ways` to the inputs and the box (`models.geometry`), what was `asked` of the
    backbone about pointer, text and newest event, `memory` of the recurrence, `slots` with the contents that each may
    show again; `tokens` of each frame's backbone.
    """

    local: Float[Tensor, "n l"]
    ways: Float[Tensor, "n w"]
    asked: Float[Tensor, "n d"]
    memory: Float[Tensor, "n s"]
    slots: Slots
    tokens: Float[Tensor, "b g d"]
    counts: list[int]

    def padded(self, rows: Int[Tensor, "m"]) -> "Canvas":
        """With these rows in place of the cells: all of them, then some that count as another frame."""
        more = len(rows) - len(self.local)
        return Canvas(
            local=self.local[rows],
            ways=self.ways[rows],
            asked=self.asked[rows],
            memory=self.memory[rows],
            slots=self.slots.at(rows),
            tokens=torch.cat([self.tokens, self.tokens[-1:]]) if more else self.tokens,
            counts=[*self.counts, more] if more else self.counts,
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Condition:
    """What does not depend on the noise, made once for all steps."""

    known: Float[Tensor, "n d"]
    asked: Float[Tensor, "n h"]
    keys: Float[Tensor, "n k e"]
    there: Bool[Tensor, "n k"]
    tokens: Float[Tensor, "b g h"]
    counts: Counts


@dataclass(frozen=True, kw_only=True, eq=False)
class Estimate:
    """`difference` of the clean latent to the one that is shown; `hidden` for `Head.choice`."""

    difference: Float[Tensor, "n c"]
    hidden: Float[Tensor, "n d"]


class HeadBlock(nn.Module):
    """Cells look at each other and at their frame's tokens in one attention, then an MLP."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.attention = Attention(width)
        self.mlp = MLP(width, 4 * width)

    def forward(self, x: Float[Tensor, "n d"], tokens: Float[Tensor, "b g d"], counts: Counts) -> Float[Tensor, "n d"]:
        x = x + (self._attend(x, tokens, counts) if isinstance(counts, list) else self._attend_one(x, tokens, counts))
        return x + self.mlp(x)

    def _attend_one(
        self, x: Float[Tensor, "n d"], tokens: Float[Tensor, "1 g d"], there: Bool[Tensor, "n"]
    ) -> Float[Tensor, "n d"]:
        """The same in one frame whose number of cells no shape depends on: nobody looks at those that are not there."""
        attention = self.attention
        normed = attention.norm(x)
        own, of_tokens = attention.key_value(normed), attention.key_value(tokens[0])
        key, value = (torch.cat(parts)[None].transpose(1, 2) for parts in zip(own, of_tokens, strict=True))
        seen = torch.cat([there, there.new_ones(tokens.shape[1])])[None]
        mixed = attend(attention.query(normed)[None].transpose(1, 2), key, value, seen)
        return attention.out(mixed[0].transpose(0, 1).flatten(1))

    def _attend(
        self, x: Float[Tensor, "n d"], tokens: Float[Tensor, "b g d"], counts: list[int]
    ) -> Float[Tensor, "n d"]:
        """Attention within each frame; `counts` cells a frame, one after another in x.

        Frames are padded to the largest of a few neighbours: order them by size to waste little. In play, where what
        fills a batch up is a frame of its own, each is alone.
        """
        together = 1 if torch.is_inference_mode_enabled() else PADDED_FRAMES
        attention = self.attention
        normed = attention.norm(x)
        queries = attention.query(normed).split(counts)
        keys, values = (part.split(counts) for part in attention.key_value(normed))
        token_keys, token_values = (part.split(together) for part in attention.key_value(tokens))
        mixed = []
        for group, (token_key, token_value) in enumerate(zip(token_keys, token_values, strict=True)):
            frames = slice(group * together, (group + 1) * together)
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


class SlotKeys(nn.Module):
    """A key for each content that a cell may show again, from the content, its rank and its age."""

    def __init__(self, config: WorldConfig) -> None:
        super().__init__()
        self.content = nn.Linear(2 * config.channels + len(SLOT_AGE_DECAYS), config.local_width)
        self.rank_place = nn.Parameter(0.02 * torch.randn(SLOTS, config.local_width))
        self.out = nn.Linear(config.local_width, KEY_WIDTH)

    def forward(self, slots: Slots) -> Float[Tensor, "n k e"]:
        ages = torch.stack([torch.exp(-slots.age / decay) for decay in SLOT_AGE_DECAYS], dim=-1)
        shown = slots.latent[:, :1].expand_as(slots.latent)
        hidden = self.content(torch.cat([slots.latent, shown, ages.to(shown.dtype)], dim=-1)) + self.rank_place
        return self.out(functional.gelu(hidden))


class Head(nn.Module):
    """x0-prediction of the differences of cells to what they show, with a pointer to known contents.

    The pointer is that of pointer networks (Vinyals et al. 2015): a query of the cell's hidden state on the keys of its
    slots and of the palette, beside one logit for "something new".
    """

    def __init__(self, config: WorldConfig) -> None:
        super().__init__()
        width = config.head_width
        known = 2 * config.channels + config.local_width + config.memory + 2 * geometry.FEATURES
        self.enter = nn.Linear(config.channels + known, width)
        self.time = nn.Linear(2 * TIME_BANDS, width)
        self.token = nn.Linear(config.width, width)
        self.asked = nn.Linear(config.width, width, bias=False)
        self.blocks = nn.ModuleList(HeadBlock(width) for _ in range(config.head_blocks))
        self.norm = Norm(width)
        self.leave = nn.Linear(width, config.channels)
        self.slot_keys = SlotKeys(config)
        self.query = nn.Linear(width, KEY_WIDTH)
        self.new = nn.Linear(width, 1)
        nn.init.zeros_(self.leave.weight)
        nn.init.zeros_(self.asked.weight)

    def condition(self, canvas: Canvas) -> Condition:
        """What does not depend on the noise."""
        slots = canvas.slots
        shown = (slots.latent[:, :2] * slots.there[:, :2, None]).flatten(1)  # now and before
        parts = [shown, canvas.local, canvas.memory, canvas.ways]
        known = torch.cat([part.to(shown.dtype) for part in parts], dim=-1)
        return Condition(
            known=known,
            asked=self.asked(canvas.asked),
            keys=self.slot_keys(slots),
            there=slots.there,
            tokens=self.token(canvas.tokens),
            counts=canvas.counts,
        )

    def forward(self, x: Float[Tensor, "n c"], t: Float[Tensor, "n"], condition: Condition) -> Estimate:
        entered = self.enter(torch.cat([x.to(condition.known.dtype), condition.known], dim=-1))
        hidden = entered + condition.asked + self.time(fourier(t / 2, TIME_BANDS))
        for block in self.blocks:
            hidden = block(hidden, condition.tokens, condition.counts)
        hidden = self.norm(hidden)
        return Estimate(difference=self.leave(hidden).float(), hidden=hidden)

    def choice(
        self,
        estimate: Estimate,
        condition: Condition,
        cells: Int[Tensor, "m"],
        palette: Palette,
        palette_keys: Float[Tensor, "p e"],
    ) -> tuple[Float[Tensor, "m o"], Float[Tensor, "m p"]]:
        """Logits of some cells: of each slot and NEW, and of each content of the palette."""
        near, query = self.pointer(estimate, condition, cells)
        return near, palette.logits(query, palette_keys)

    def pointer(
        self, estimate: Estimate, condition: Condition, cells: Int[Tensor, "m"]
    ) -> tuple[Float[Tensor, "m o"], Float[Tensor, "m e"]]:
        """Logits of some cells: of each slot and NEW; and their queries."""
        hidden = estimate.hidden[cells]
        query = self.query(hidden)
        match = torch.einsum("ne,nke->nk", query, condition.keys[cells].to(query.dtype)).float() * KEY_WIDTH**-0.5
        again = match.masked_fill(~condition.there[cells], -1e4)
        return torch.cat([again, self.new(hidden).float()], dim=-1), query
