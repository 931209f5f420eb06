"""What the world model reads of the past to predict the next frame; the same in training and in play."""

from dataclasses import dataclass, fields

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from numpy.typing import NDArray
from torch import Tensor

from models.tiles import TILE_PX

EVENT_SLOTS = 8
EVENT_MAX_AGE = 90
NEIGHBOURHOOD = 9


@dataclass(frozen=True, kw_only=True, eq=False)
class Context:
    """A batch of b moments; N tiles a frame, E event slots, newest event first.

    `latent` whitened latents of the frame before; `age` frames since each tile changed; `pointer_px` at the frame
    before and now; `held` bits of buttons and modifiers; events with kind, place, modifiers bits, age in frames and
    the latents that lay under them; `event_there` False for empty slots; `pointer_latent` what lies under the
    pointer now; `text` token states of the text that asks for something, `text_there` False for those that there are
    not: all of them where nothing is asked for.
    """

    latent: Float[Tensor, "b n c"]
    age: Float[Tensor, "b n"]
    pointer_px: Float[Tensor, "b 2 2"]
    pointer_latent: Float[Tensor, "b 9 c"]
    held: Int[Tensor, "b"]
    event_kind: Int[Tensor, "b e"]
    event_px: Float[Tensor, "b e 2"]
    event_modifiers: Int[Tensor, "b e"]
    event_age: Int[Tensor, "b e"]
    event_latent: Float[Tensor, "b e 9 c"]
    event_there: Bool[Tensor, "b e"]
    text: Float[Tensor, "b l t"]
    text_there: Bool[Tensor, "b l"]

    def at(self, moments: Int[Tensor, "f"]) -> "Context":
        """These moments alone."""
        return Context(**{field.name: getattr(self, field.name)[moments] for field in fields(self)})

    @classmethod
    def cat(cls, parts: list["Context"]) -> "Context":
        """The moments of several, one after another; their texts have the same length."""
        if len(parts) == 1:
            return parts[0]
        return cls(**{field.name: torch.cat([getattr(part, field.name) for part in parts]) for field in fields(cls)})


def tiles_around(x_px: NDArray[np.integer], y_px: NDArray[np.integer], shape: tuple[int, int]) -> NDArray[np.int64]:
    """Indices (n, 9) of the tile under each point and its eight neighbours, held inside a grid of (rows, columns)."""
    rows, columns = shape
    row = np.asarray(y_px)[:, None] // TILE_PX + np.repeat([-1, 0, 1], 3)
    column = np.asarray(x_px)[:, None] // TILE_PX + np.tile([-1, 0, 1], 3)
    return np.clip(row, 0, rows - 1) * columns + np.clip(column, 0, columns - 1)
