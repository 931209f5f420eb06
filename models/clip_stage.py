"""The stage that trains CLIP: screens with captions that are drawn anew in every step."""

from random import Random

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from models.captions import Caption, training_caption
from models.clip import ClipConfig, ClipModel, contrastive_loss
from models.facts import contradict
from models.pairs import Pairs
from models.parallel import ALONE, Ranks
from models.precision import CPU, autocast
from models.spelling import spell


class ClipStage:
    """Trains both towers on pairs; each step draws its own."""

    def __init__(self, pairs: Pairs, config: ClipConfig, batch: int, seed: int, ranks: Ranks = ALONE) -> None:
        self._pairs, self._batch, self._seed, self._ranks = pairs, ranks.share(batch), seed, ranks
        self._screens = same_screens(pairs.mosaics.grids)
        torch.manual_seed(seed)
        self.module = ClipModel(config)

    def loss(self, step: int) -> tuple[Tensor, dict[str, float]]:
        random = np.random.default_rng([self._seed, step, self._ranks.rank])
        chosen = random.integers(len(self._pairs), size=self._batch)
        captions = self._captions(chosen, Random(int(random.integers(2**32))))
        wrong = wrong_texts(captions, self._pairs.known[chosen], self._screens[chosen])
        bytes_, there = spell([caption.text for caption in captions])
        longest = max(1, int(there.sum(axis=1).max()))
        shown = self._pairs.mosaics.take(chosen)
        with autocast(CPU):
            image = self.module.image_tower(torch.from_numpy(shown.tiles_u8), torch.from_numpy(shown.grids))
            text = self.module.text_tower(
                torch.from_numpy(bytes_[:, :longest]), torch.from_numpy(there[:, :longest])
            ).pooled
        return contrastive_loss(image, text, self.module.scale, torch.from_numpy(wrong))

    def _captions(self, chosen: NDArray[np.int64], random: Random) -> list[Caption]:
        """One of each screen; what was recorded, where nothing else is known of it."""
        rows = [(self._pairs.known[place], str(self._pairs.text[place])) for place in chosen]
        return [training_caption(known, random) if known.any() else Caption(text, known) for known, text in rows]


def wrong_texts(captions: list[Caption], known: NDArray[np.int8], screens: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(b, b): whether screen i is one that text j is wrong of.

    A text that claims nothing is wrong of every screen that does not come with the same text. No text of a screen is
    wrong of another with the same pixels, which have one number in `screens` (b,).
    """
    claimed = np.stack([caption.claims for caption in captions])
    texts = np.array([caption.text for caption in captions])
    free = np.asarray(~claimed.any(axis=1) | ~known.any(axis=1))
    other = (free[:, None] | free[None]) & (texts[:, None] != texts[None])
    return (contradict(claimed, known).T | other) & (screens[:, None] != screens[None])


def same_screens(grids: NDArray[np.int32]) -> NDArray[np.int64]:
    """(n,): the same number for the same rows of tiles (n, N)."""
    return np.unique(grids, axis=0, return_inverse=True)[1].ravel()
