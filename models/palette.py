"""The palette: the contents that cells take most often for the first time, each kept whole.

Four of five contents that a cell shows for the first time were shown somewhere before, bit for bit: wallpaper, frames
and insides of windows, menus and their words, letters. The head may say "this one" of a palette gathered from the
training sessions, by the same pointer that it has into a cell's own past. What is in neither is denoised.
"""

import numpy as np
import torch
from jaxtyping import Float, UInt8
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from models.tiles import TILE_VALUES
from models.world_config import KEY_WIDTH, WorldConfig


class Palette(nn.Module):
    """Each content as pixels and as whitened `latent`, its key and its bias.

    The contents are no weights: they are given with `fill`.
    """

    tiles_u8: UInt8[Tensor, "p v"]
    latent: Float[Tensor, "p c"]

    def __init__(self, config: WorldConfig) -> None:
        super().__init__()
        self.register_buffer("tiles_u8", torch.zeros(config.palette, TILE_VALUES, dtype=torch.uint8), persistent=False)
        self.register_buffer("latent", torch.zeros(config.palette, config.channels), persistent=False)
        self.enter = nn.Linear(config.channels, config.local_width)
        self.key = nn.Linear(config.local_width, KEY_WIDTH)
        self.bias = nn.Parameter(torch.zeros(config.palette))

    def fill(self, tiles_u8: NDArray[np.uint8], latent: Float[Tensor, "k c"]) -> None:
        """Take contents, not more than there is room for."""
        self.tiles_u8[: len(tiles_u8)] = torch.from_numpy(tiles_u8)
        self.latent[: len(latent)] = latent

    def keys(self) -> Float[Tensor, "p e"]:
        """One key a content; constant in play."""
        return self.key(functional.gelu(self.enter(self.latent)))

    def logits(self, query: Float[Tensor, "n e"], keys: Float[Tensor, "p e"]) -> Float[Tensor, "n p"]:
        """In the query's dtype: there are so many that reading them takes longer than making them."""
        return torch.addmm(self.bias.to(query.dtype), query * KEY_WIDTH**-0.5, keys.to(query.dtype).T)
