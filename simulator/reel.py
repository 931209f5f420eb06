"""Films what is played into a GIF."""

from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simulator.backlog import Backlog
from simulator.film import Film
from simulator.take import Take

SUFFIX = ".gif"
SECONDS = 30  # the encoder holds all pictures in memory until the last


class Reel(Take[Film]):
    """A growing GIF of at most SECONDS at `path`."""

    def __init__(self, path: Path, *, size_px: tuple[int, int], fps: float, backlog: Backlog) -> None:
        super().__init__(path, partial(Film, path, size_px=size_px, fps=fps), backlog)
        self._room = round(SECONDS * fps)

    @property
    def full(self) -> bool:
        return self._room == 0

    def add(self, picture_u8: NDArray[np.uint8]) -> None:
        """Append a picture (H, W, 3) unless it is full."""
        if not self.full:
            self._room -= 1
            self.append(lambda film: film.add(picture_u8))
