"""The palette: the contents that tiles take most often for the first time, each kept whole.

Half of what tiles show for the first time was shown somewhere before, bit for bit: wallpaper, the inside of windows,
menus and their words at common places. The head may say "this one" of a palette gathered from the training sessions,
by the same pointer that it has into a tile's own past. What is in neither is denoised.
"""

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from models.track import Track
from models.world_config import KEY_WIDTH, WorldConfig


class Palette(nn.Module):
    """Whitened `latent` of each content, its key and its bias."""

    latent: Float[Tensor, "p c"]

    def __init__(self, config: WorldConfig) -> None:
        super().__init__()
        self.register_buffer("latent", torch.zeros(config.palette, config.channels))
        self.enter = nn.Linear(config.channels, config.local_width)
        self.key = nn.Linear(config.local_width, KEY_WIDTH)
        self.bias = nn.Parameter(torch.zeros(config.palette))

    def keys(self) -> Float[Tensor, "p e"]:
        """One key a content; constant in play."""
        return self.key(functional.gelu(self.enter(self.latent)))

    def logits(self, query: Float[Tensor, "n e"], keys: Float[Tensor, "p e"]) -> Float[Tensor, "n p"]:
        return torch.addmm(self.bias.to(query.dtype), query * KEY_WIDTH**-0.5, keys.to(query.dtype).T).float()


def common_contents(tracks: list[Track], size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The `size` contents that tiles took most often for the first time.

    Returns a row (size,) of each among all tracks' distinct tiles, track after track, and for every such row (U,) the
    place of its content in the palette or -1. Fewer where the tracks hold fewer.
    """
    number: dict[bytes, int] = {}
    content_of_row: list[int] = []
    counts = np.zeros(sum(len(track.tiles_u8) for track in tracks), np.int64)
    for track in tracks:
        content = [number.setdefault(tile.tobytes(), len(number)) for tile in track.tiles_u8]
        row, tile = np.nonzero(track.dirty())
        taken = np.unique(tile * len(content) + track.grids[row, tile]) % len(content)
        np.add.at(counts, np.array(content)[taken], 1)
        content_of_row.extend(content)
    chosen = np.argsort(-counts[: len(number)], kind="stable")[:size]
    place = np.full(len(number), -1)
    place[chosen] = np.arange(len(chosen))
    of_row = np.array(content_of_row)
    first_row = np.unique(of_row, return_index=True)[1]
    return first_row[chosen], place[of_row]
