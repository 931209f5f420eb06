"""CLIP as the judge sees through it: frames and texts in, places in the shared space out, as numpy arrays."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.clip import ClipModel


class ClipEye:
    """Looks through a CLIP."""

    def __init__(self, model: ClipModel) -> None:
        self._model = model

    @property
    def space(self) -> int:
        """How many numbers a place has."""
        return self._model.config.space

    def image(self, frames_u8: NDArray[np.uint8]) -> NDArray[np.float32]:
        """(n, space) of frames (n, H, W, 3); ValueError for frames of another size."""
        return self._model.image(frames_u8).cpu().numpy()

    def text(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, space) of any texts."""
        return self._model.text(texts).pooled.cpu().numpy()
