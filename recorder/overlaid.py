"""A file in, the same with other bytes in places out, to whoever reads it through this: nothing changes on the disk."""

import os
from collections.abc import Iterable
from typing import Any, BinaryIO


class OverlaidFile:
    """A file object for h5py: `file` as if it were `size` bytes long, and over it what was written here.

    What lies behind the end of `file` and was not written reads as zeros.
    """

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file, self._size = file, size
        self._at = 0
        self._waiting: list[tuple[int, bytes]] = []

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._at = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        return self._at

    def tell(self) -> int:
        return self._at

    def write(self, data: Any) -> int:
        self._waiting.append((self._at, bytes(data)))
        self._at += len(self._waiting[-1][1])
        self._size = max(self._size, self._at)
        return len(self._waiting[-1][1])

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer with what was written here, else with what the file has; zeros where nothing was."""
        start, view = self._at, memoryview(buffer).cast("B")
        self._file.seek(start)
        stored = self._file.readinto(view)  # type: ignore[attr-defined]
        view[stored:] = bytes(len(view) - stored)
        for offset, data in self._waiting:
            first, last = max(start, offset), min(start + len(view), offset + len(data))
            if first < last:
                view[first - start : last - start] = data[first - offset : last - offset]
        self._at += len(view)
        return len(view)

    def read(self, count: int) -> bytes:
        buffer = bytearray(count)
        self.readinto(buffer)
        return bytes(buffer)

    def overlay(self, patches: Iterable[tuple[int, bytes]]) -> None:
        """Write each (where, what)."""
        for at, data in patches:
            self.seek(at)
            self.write(data)

    def truncate(self, size: int) -> int:
        self._size = size
        return size

    def flush(self) -> None:
        """Nothing: HDF5 calls it in the middle of its own writes."""

    def close(self) -> None:
        self._file.close()
