"""Layers that more than one model is made of."""

import math

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn import functional

AGE_DECAYS = (1.0, 4.0, 16.0, 64.0)  # frames
HIGHEST_BLOCK = 256  # logits that are looked through at once


class Norm(nn.Module):
    """Layer norm without offset (Ba et al. 2016); torch's fused kernel, ten times faster on a CPU than RMSNorm."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.ones(width))

    def forward(self, x: Float[Tensor, "*b d"]) -> Float[Tensor, "*b d"]:
        return functional.layer_norm(x, self.gain.shape, self.gain.to(x.dtype), eps=1e-6)


class MLP(nn.Module):
    """norm -> linear -> GELU -> linear, whose output starts at zero, so that a residual block starts as identity."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.norm = Norm(width)
        self.up = nn.Linear(width, hidden)
        self.down = nn.Linear(hidden, width)
        nn.init.zeros_(self.down.weight)
        nn.init.zeros_(self.down.bias)

    def forward(self, x: Float[Tensor, "*b d"]) -> Float[Tensor, "*b d"]:
        return self.down(functional.gelu(self.up(self.norm(x))))


class ResidualMLP(nn.Module):
    """x + MLP(x)."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.mlp = MLP(width, hidden)

    def forward(self, x: Float[Tensor, "*b d"]) -> Float[Tensor, "*b d"]:
        return x + self.mlp(x)


def attend(
    query: Float[Tensor, "b h n w"],
    key: Float[Tensor, "b h m w"],
    value: Float[Tensor, "b h m w"],
    seen: Bool[Tensor, "b m"] | None = None,
) -> Float[Tensor, "b h n w"]:
    """softmax(q k / sqrt(w)) v; `seen` is False for keys that don't count.

    Written out for training because the backward pass of torch's fused kernel is five times slower on a CPU.
    """
    key = key.to(query.dtype)
    if torch.is_inference_mode_enabled():
        mask = None if seen is None else seen[:, None, None, :]
        return functional.scaled_dot_product_attention(query, key, value.to(query.dtype), mask)
    with torch.autocast(query.device.type, enabled=False):  # it would run the softmax in float32
        scores = (query * query.shape[-1] ** -0.5) @ key.transpose(-1, -2)
        if seen is not None:
            scores = scores + torch.zeros_like(seen, dtype=query.dtype).masked_fill(~seen, -1e4)[:, None, None, :]
        return scores.softmax(dim=-1) @ value.to(query.dtype)


class Attention(nn.Module):
    """The projections of multi-head attention, with norms on queries and keys; the output starts at zero."""

    def __init__(self, width: int, head_width: int = 32) -> None:
        super().__init__()
        self.heads = width // head_width
        self.norm = Norm(width)
        self.to_query = nn.Linear(width, width, bias=False)
        self.to_key_value = nn.Linear(width, 2 * width, bias=False)
        self.query_norm, self.key_norm = Norm(head_width), Norm(head_width)
        self.out = nn.Linear(width, width)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def query(self, x: Float[Tensor, "*b n d"]) -> Float[Tensor, "*b n h w"]:
        """Queries of normed x."""
        return self.query_norm(self.to_query(x).unflatten(-1, (self.heads, -1)))

    def key_value(self, x: Float[Tensor, "*b n d"]) -> tuple[Float[Tensor, "*b n h w"], Float[Tensor, "*b n h w"]]:
        """Keys and values of normed x."""
        key, value = self.to_key_value(x).unflatten(-1, (2 * self.heads, -1)).chunk(2, dim=-2)
        return self.key_norm(key), value


class TransformerBlock(nn.Module):
    """Pre-norm self-attention and MLP."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.attention = Attention(width)
        self.mlp = MLP(width, 4 * width)

    def forward(self, x: Float[Tensor, "b n d"], seen: Bool[Tensor, "b n"]) -> Float[Tensor, "b n d"]:
        normed = self.attention.norm(x)
        key, value = (part.transpose(1, 2) for part in self.attention.key_value(normed))
        mixed = attend(self.attention.query(normed).transpose(1, 2), key, value, seen)
        x = x + self.attention.out(mixed.transpose(1, 2).flatten(2))
        return x + self.mlp(x)


def draw_class(logits: Float[Tensor, "b k"], temperature: float, generator: torch.Generator) -> Int[Tensor, "b"]:
    """One class of each row; the likeliest at temperature 0."""
    if temperature == 0:
        return logits.argmax(dim=1)
    probability = (logits / temperature).softmax(dim=1).cpu()
    return torch.multinomial(probability, 1, generator=generator)[:, 0].to(logits.device)


def highest(logits: Float[Tensor, "n k"]) -> tuple[Float[Tensor, "n"], Int[Tensor, "n"]]:
    """The highest of each row and its place, the first of equals; in bfloat16 on a CPU in less than half of the time of
    torch's `max`, which looks for places one by one."""
    width = math.gcd(logits.shape[1], HIGHEST_BLOCK)
    blocks = logits.unflatten(1, (-1, width))
    best, block = blocks.amax(dim=2).max(dim=1)
    within = blocks[torch.arange(len(logits), device=logits.device), block].argmax(dim=1)
    return best, block * width + within


def fourier(x: Float[Tensor, "*b"], bands: int) -> Float[Tensor, "*b f"]:
    """sin and cos of x at `bands` octaves, the lowest with period 2: x in [-1, 1] is told apart."""
    angles = x[..., None] * (torch.pi * 2.0 ** torch.arange(bands, device=x.device, dtype=torch.float32))
    return torch.cat([angles.sin(), angles.cos()], dim=-1)


def age_features(age: Float[Tensor, "*b"]) -> Float[Tensor, "*b 4"]:
    """How long ago something was, in frames: exponentials of AGE_DECAYS."""
    return torch.stack([torch.exp(-age / decay) for decay in AGE_DECAYS], dim=-1)
