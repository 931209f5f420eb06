"""What HDF5 writes in, whole flushes on disk out: a file that is killed at any moment reads as one flush left it.

HDF5 changes its tables in place, in many writes; a process that dies between two of them leaves a file that nobody
opens. So its writes wait in memory, a commit writes them to a journal first, and what a commit did not finish is
finished from there (`replay`).
"""

import os
import struct
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO

from recorder.overlaid import OverlaidFile

_HEADER = struct.Struct("<4sIQQ")  # magic, CRC-32 of the rest, size of the file, bytes of the journal after this
_WRITE = struct.Struct("<QQ")  # offset, bytes
_MAGIC, _DONE = b"DDJ1", bytes(4)
Writes = Sequence[tuple[int, bytes]]


def journal_path(path: Path) -> Path:
    """Where the last commit to a file is told until it is done."""
    return path.with_name(path.name + ".journal")


class JournalledFile(OverlaidFile):
    """A file object for h5py; one process has it, as HDF5 sees to by itself for its own files."""

    def __init__(self, path: Path) -> None:
        super().__init__(path.open("r+b"), size=0)
        try:
            _lock(self._file)
            self._size = path.stat().st_size
            self._journal = journal_path(path).open("w+b")
        except BaseException:
            self._file.close()
            raise

    def commit(self) -> None:
        """Hand all writes to the operating system, together. Raises OSError where it refuses them."""
        body = b"".join(_WRITE.pack(offset, len(data)) + data for offset, data in self._waiting)
        check = zlib.crc32(struct.pack("<QQ", self._size, len(body)) + body)
        _rewrite(self._journal, _HEADER.pack(_MAGIC, check, self._size, len(body)) + body)
        _apply(self._file, self._waiting, self._size)
        _rewrite(self._journal, _DONE)
        self._waiting.clear()

    def close(self) -> None:
        """What is not committed is gone; of a whole file nothing stays in the journal."""
        whole = not self._waiting
        if whole:
            _rewrite(self._journal, bytes(os.fstat(self._journal.fileno()).st_size))
        for file in (self._file, self._journal):
            file.close()
        if whole:
            Path(self._journal.name).unlink()


def is_torn(path: Path) -> bool:
    """Whether a commit to the file began and did not end."""
    return _told(path) is not None


def replay(path: Path) -> None:
    """Finish a commit that was cut off, and remove the journal. Raises BlockingIOError for what is being written."""
    with path.open("rb") as held:
        _lock(held, shared=True)
        told = _told(path)
        if told:
            size, writes = told
            with path.open("r+b") as file:
                _apply(file, writes, size)
        journal_path(path).unlink(missing_ok=True)


def _told(path: Path) -> tuple[int, Writes] | None:
    """The file's size and the writes of an unfinished commit; None where there is none, or it is not whole."""
    try:
        told = journal_path(path).read_bytes()
    except FileNotFoundError:
        return None
    if len(told) < _HEADER.size:
        return None
    magic, check, size, length = _HEADER.unpack_from(told)
    body = told[_HEADER.size : _HEADER.size + length]
    if magic != _MAGIC or zlib.crc32(struct.pack("<QQ", size, length) + body) != check:
        return None
    writes, at = [], 0
    while at < len(body):
        offset, count = _WRITE.unpack_from(body, at)
        at += _WRITE.size + count
        writes.append((offset, body[at - count : at]))
    return size, writes


def _apply(file: BinaryIO, writes: Writes, size: int) -> None:
    for offset, data in writes:
        file.seek(offset)
        file.write(data)
    file.truncate(size)
    file.flush()


def _rewrite(file: BinaryIO, data: bytes) -> None:
    file.seek(0)
    file.write(data)
    file.flush()


def _lock(file: BinaryIO, *, shared: bool = False) -> None:
    """As HDF5 locks what it writes, so that its readers find it taken, and `shared` what it reads."""
    try:
        import fcntl
    except ImportError:  # where HDF5 has no such locks either
        return
    lock: Callable[[int, int], None] = fcntl.flock
    lock(file.fileno(), (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
