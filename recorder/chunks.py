"""Frames in, the stored chunks of a session out: each is compressed as a whole here, and not by HDF5.

HDF5's zstd filter looks back two megabytes, which above about 600x450 pixels is less than to the frame before. Here it
looks back over the whole chunk, and whoever has the filter decodes it.
"""

import math
from typing import Any

import h5py
import numpy as np
import zstandard
from numpy.typing import NDArray

MOST_WINDOW_LOG = 27  # what decoders of zstd take without being asked


class FrameChunks:
    """Appends to `frames`, a growable dataset (T, H, W, 3) uint8 in chunks of whole frames; goes on in its last one."""

    def __init__(self, frames: h5py.Dataset, level: int) -> None:
        self._frames: Any = frames
        self._chunk = np.zeros(self._frames.chunks, np.uint8)
        self.written = int(self._frames.shape[0])
        self._added = self.written
        self._chunk[: self._begun] = self._frames[self.written - self._begun :]
        window_log = min(MOST_WINDOW_LOG, max(zstandard.WINDOWLOG_MIN, math.ceil(math.log2(self._chunk.nbytes))))
        parameters = zstandard.ZstdCompressionParameters.from_level(level, window_log=window_log)
        self._compressor = zstandard.ZstdCompressor(compression_params=parameters)

    @property
    def added(self) -> int:
        """How many frames there are, those that are not written yet among them."""
        return self._added

    @property
    def full(self) -> bool:
        """Whether the next frame begins a chunk, and the one before is to be written first."""
        return self._added > self.written and not self._begun

    @property
    def pending_bytes(self) -> int:
        """What is not written yet, uncompressed."""
        return (self._added - self.written) * self._chunk[0].nbytes

    def add(self, rgb: NDArray[np.uint8]) -> None:
        """Append a frame (H, W, 3)."""
        assert not self.full
        self._chunk[self._begun] = rgb
        self._added += 1

    def write(self) -> None:
        """Store the frames that were added since; a chunk that is not full yet is stored again later."""
        if self._added == self.written:
            return
        start = self.written - self.written % len(self._chunk)
        self._chunk[self._added - start :] = 0
        self._frames.resize(self._added, axis=0)
        self._frames.id.write_direct_chunk((start, 0, 0, 0), self._compressor.compress(self._chunk.data))
        self.written = self._added

    @property
    def _begun(self) -> int:
        """How many frames the last chunk has, 0 where it is full."""
        return self._added % len(self._chunk)
