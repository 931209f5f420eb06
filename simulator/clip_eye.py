"""CLIP as the judge sees through it: frames and texts in, places in the shared space out, as numpy arrays."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from models.clip import ClipModel


class Eye(Protocol):
    """What gives screens and texts their places (n, space), of length 1."""

    @property
    def space(self) -> int: ...

    def image(self, frames_u8: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Of frames (n, H, W, 3); ValueError for those of another size."""
        ...

    def text(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Of any texts."""
        ...


class ClipEye:
    """An Eye that looks through a CLIP."""

    def __init__(self, model: ClipModel) -> None:
        self._model = model

    @property
    def space(self) -> int:
        return self._model.config.space

    def image(self, frames_u8: NDArray[np.uint8]) -> NDArray[np.float32]:
        return self._model.image(frames_u8).cpu().numpy()

    def text(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._model.text(texts).pooled.cpu().numpy()
