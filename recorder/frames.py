"""The frames of a session, read lazily."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from recorder.damage import in_one_sentence

READ_FRAMES = 16
_UNDECODABLE = (OSError, RuntimeError)  # and not what a wrong index raises


class Frames(h5py.Dataset):
    """(T, H, W, 3) uint8, RGB, without the pointer: an h5py dataset that names the file of a damaged chunk.

    Raises ValueError, with the remedy, where a chunk does not decode.
    """

    def __getitem__(self, args: Any, new_dtype: Any = None) -> Any:
        with in_one_sentence(Path(self.file.filename), "its frames", _UNDECODABLE):
            return super().__getitem__(args, new_dtype)

    def read_direct(self, dest: NDArray[np.uint8], source_sel: Any = None, dest_sel: Any = None) -> None:
        with in_one_sentence(Path(self.file.filename), "its frames", _UNDECODABLE):
            super().read_direct(dest, source_sel, dest_sel)

    def one_by_one(self, start: int, stop: int) -> Iterator[NDArray[np.uint8]]:
        """Frames start to stop - 1, each (H, W, 3), read READ_FRAMES at a time."""
        for block in range(start, stop, READ_FRAMES):
            yield from self[block : min(block + READ_FRAMES, stop)]

    @property
    def chunk_frames(self) -> int:
        """How many frames are compressed together."""
        assert self.chunks is not None  # else Session has refused the file
        return self.chunks[0]

    def chunk_starts(self) -> list[int]:
        """The first frame of every chunk that there should be."""
        return list(range(0, self.shape[0], self.chunk_frames))

    def chunk_bytes(self) -> list[int]:
        """The stored size of every chunk that is there."""
        return [self.id.get_chunk_info(index).size for index in range(self.id.get_num_chunks())]

    def decodes(self, start: int) -> bool:
        """Whether the chunk that begins with frame `start` is stored and readable.

        A chunk that was never stored reads as black without complaint, so reading alone does not tell.
        """
        try:
            stored = self.id.get_chunk_info_by_coord((start, 0, 0, 0)).size
            self[start]
        except (ValueError, *_UNDECODABLE):
            return False
        return stored > 0
