"""What each tile showed before: its last different contents, kept whole.

Three of five tiles that change show something again that they showed before, bit for bit: a menu closes, a highlight
moves on, a window comes back. So each tile keeps its last contents, each once, the newest first (as a cache that
drops the least recently used), and the head may say "this one again" in place of denoising it.
"""

from dataclasses import dataclass, fields

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from numpy.typing import NDArray
from torch import Tensor

SLOTS = 9  # the content that is shown now, and eight before it
NEW = SLOTS  # the choice of no earlier content; larger ones are places in the palette, from NEW + 1 on
LOOK_BACK = 24  # changes that are searched for different contents in training
SAME_RMS = 0.02  # whitened latents that differ by less are one content: encoding in other batches rounds otherwise


@dataclass(frozen=True, kw_only=True, eq=False)
class Slots:
    """The contents that n tiles may show again: whitened `latent`, `age` in frames since each was last shown (0 for
    the one that is shown now, which comes first), `there` False where nothing was."""

    latent: Float[Tensor, "n k c"]
    age: Float[Tensor, "n k"]
    there: Bool[Tensor, "n k"]

    def at(self, tiles: Int[Tensor, "m"]) -> "Slots":
        """These tiles alone."""
        return Slots(**{field.name: getattr(self, field.name)[tiles] for field in fields(self)})


class Recall:
    """The slots of all tiles in play."""

    def __init__(self, latent: Float[Tensor, "n c"]) -> None:
        tiles, channels = latent.shape
        self._latent = latent.new_zeros(tiles, SLOTS, channels)
        self._latent[:, 0] = latent
        self._left = latent.new_zeros(tiles, SLOTS)
        self._there = torch.zeros(tiles, SLOTS, dtype=torch.bool, device=latent.device)
        self._there[:, 0] = True

    def slots(self, tiles: Int[Tensor, "m"], frame: int) -> Slots:
        """The slots of some tiles, as the frame `frame` sees them."""
        age = frame - self._left[tiles]
        age[:, 0] = 0
        return Slots(latent=self._latent[tiles], age=age, there=self._there[tiles])

    def show(self, tiles: Int[Tensor, "m"], latent: Float[Tensor, "m c"], frame: int) -> None:
        """Tiles take a content at a frame: one that they knew moves to the front, a new one drops the oldest."""
        slots = self._latent[tiles]
        off = (slots - latent[:, None]).square().mean(-1).masked_fill(~self._there[tiles], torch.inf)
        nearest, place = off.min(dim=1)
        place = torch.where(nearest < SAME_RMS**2, place, SLOTS - 1)
        back = torch.arange(SLOTS, device=tiles.device).expand(len(tiles), -1)
        order = torch.where(back <= place[:, None], back - 1, back)  # slot 0 is set below
        order[:, 0] = place
        rows = tiles[:, None]
        left = self._left[tiles]
        left[:, 0] = torch.where(place == 0, left[:, 0], frame)  # what was shown leaves now
        self._latent[tiles] = self._latent[rows, order]
        self._left[tiles] = left.gather(1, order)
        self._there[tiles] = self._there[tiles].gather(1, order)
        self._latent[tiles, 0], self._there[tiles, 0] = latent, True


def different(
    contents: NDArray[np.int64], arrived: NDArray[np.int64], frame: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The slots' contents (n, SLOTS) and ages from all contents (n, k) that tiles took, oldest first.

    `arrived` (n, k) is the frame of each; -1 marks no content in both `contents` and the answer.
    """
    newest, arrived = contents[:, ::-1], arrived[:, ::-1]
    again = np.tril(newest[:, :, None] == newest[:, None, :], -1).any(axis=2)
    kept = ~again & (newest >= 0)
    order = np.argsort(~kept, axis=1, kind="stable")[:, :SLOTS]
    left = np.concatenate([np.full((len(arrived), 1), frame), arrived[:, :-1]], axis=1)
    ids = np.where(np.take_along_axis(kept, order, 1), np.take_along_axis(newest, order, 1), -1)
    return ids, np.where(ids >= 0, frame - np.take_along_axis(left, order, 1), 0)
