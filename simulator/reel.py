"""Films what is played into a GIF, on a thread of its own."""

from concurrent.futures import Executor, Future
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simulator.film import Film

SUFFIX = ".gif"
SECONDS = 30  # the encoder holds all pictures in memory until the last


class Reel:
    """A growing GIF of at most SECONDS at `path`; `disk` must run what it is given in order, as one thread does."""

    def __init__(self, path: Path, *, size_px: tuple[int, int], fps: float, disk: Executor) -> None:
        self.path = path
        self._room = round(SECONDS * fps)
        self._disk = disk
        self._film = disk.submit(Film, path, size_px=size_px, fps=fps)
        self._jobs: list[Future[None]] = []

    @property
    def full(self) -> bool:
        return self._room == 0

    def add(self, picture_u8: NDArray[np.uint8]) -> None:
        """Append a picture (H, W, 3) unless it is full."""
        if not self.full:
            self._room -= 1
            self._jobs.append(self._disk.submit(self._append, picture_u8))

    def close(self) -> Future[None]:
        """Begin to complete the file; the future raises OSError where it can't be written."""
        return self._disk.submit(self._complete)

    def _append(self, picture_u8: NDArray[np.uint8]) -> None:
        self._film.result().add(picture_u8)

    def _complete(self) -> None:
        with self._film.result():
            for job in self._jobs:
                job.result()
