"""The frames of several sessions in, the same as one row of frames out, read lazily."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recorder.frames import Frames


class JoinedFrames:
    """(T, H, W, 3) uint8: what `Frames` is for one session.

    Indexed along time by a number, a slice that goes forward, or ascending numbers; further axes follow as in h5py.
    Raises IndexError for a frame that there is not, and ValueError, with the remedy, where a chunk does not decode.
    """

    def __init__(self, parts: Sequence["Frames | JoinedFrames"]) -> None:
        self._parts = parts
        self._starts = np.cumsum([0, *(len(part) for part in parts)])
        self.shape = (int(self._starts[-1]), *parts[0].shape[1:])
        self.dtype, self.ndim = parts[0].dtype, parts[0].ndim

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, args: Any) -> Any:
        along_time, *others = args if isinstance(args, tuple) else (args,)
        if isinstance(along_time, int | np.integer):
            part, index = self.place(range(len(self))[along_time])
            return self._parts[part][(index, *others)]
        if along_time is Ellipsis:
            along_time, others = slice(None), [..., *others]
        indices = np.arange(len(self))[along_time]
        if (np.diff(indices) <= 0).any():
            raise TypeError("frames are read in ascending order")
        return self._read(indices, others)

    def one_by_one(self, start: int, stop: int) -> Iterator[NDArray[np.uint8]]:
        """Frames start to stop - 1, each (H, W, 3), read some at a time."""
        for part, begin in zip(self._parts, self._starts.tolist(), strict=False):
            yield from part.one_by_one(max(0, start - begin), min(len(part), stop - begin))

    def place(self, index: int) -> tuple[int, int]:
        """Which part holds a frame, and its number there."""
        part = int(np.searchsorted(self._starts, index, side="right")) - 1
        return part, index - int(self._starts[part])

    @property
    def chunk_frames(self) -> int:
        """How many frames are compressed together."""
        return self._parts[0].chunk_frames

    def chunk_starts(self) -> list[int]:
        """The first frame of every chunk that there should be."""
        return [
            begin + start for begin, part in zip(self._starts.tolist(), self._parts) for start in part.chunk_starts()
        ]

    def chunk_bytes(self) -> list[int]:
        """The stored size of every chunk that is there."""
        return [size for part in self._parts for size in part.chunk_bytes()]

    def decodes(self, start: int) -> bool:
        """Whether the chunk that begins with frame `start` is stored and readable."""
        part, index = self.place(start)
        return self._parts[part].decodes(index)

    def _read(self, indices: NDArray[np.int64], others: Sequence[Any]) -> NDArray[np.uint8]:
        owners = np.searchsorted(self._starts, indices, side="right") - 1
        blocks = []
        for part in np.unique(owners).tolist() or [0]:
            local = indices[owners == part] - int(self._starts[part])
            blocks.append(self._parts[part][(_selection(local), *others)])
        return np.concatenate(blocks)


def _selection(local: NDArray[np.int64]) -> slice | NDArray[np.int64]:
    """A slice where the distances are equal, which h5py reads much faster than numbers."""
    if local.size < 2:
        return slice(int(local[0]), int(local[0]) + 1) if local.size else slice(0, 0)
    distances = np.diff(local)
    if (distances == distances[0]).all():
        return slice(int(local[0]), int(local[-1]) + 1, int(distances[0]))
    return local
