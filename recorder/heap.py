"""A session file in, a complaint where HDF5 would read its texts for ever, and what ends them where they are cut off.

Texts lie in collections that HDF5 calls its global heap: a header with the collection's size, then one object after the
other, each with its own. HDF5 steps from object to object, and a step of 0 never ends (HDF5 issue 1707). One changed
byte makes one; so do the zeros with which `remains` fills a file up that was cut off in its texts.
"""

import re
import struct
from collections.abc import Iterator
from contextlib import suppress
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

import h5py

from recorder import schema
from recorder.damage import ANY_COMPLAINT

# HDF5 File Format Specification, III.E: "GCOL", version, 3 reserved bytes, the collection's size; of each object its
# index, references, 4 reserved bytes, its size.
_MAGIC = b"GCOL\x01"
_HEADER = re.compile(_MAGIC + rb".{11}", re.DOTALL)
_COLLECTION, _OBJECT = struct.Struct("<8xQ"), struct.Struct("<H6xQ")


def check_heap(path: Path, file: h5py.File) -> None:
    """Look whether HDF5 comes to an end over the texts of `file`, which is open and lies in `path`.

    It takes as long as what lies between the frames: 2 ms for five minutes of 10 MB. What looks like a collection is
    one only where a text refers to it; what is left of one that was removed is none.

    Raises OSError where the sizes in a collection do not add up.
    """
    with path.open("rb") as stored, mmap(stored.fileno(), 0, access=ACCESS_READ) as content:
        for address in _faulty(content, file):
            raise OSError(f"the sizes of the texts at byte {address} do not add up")


def mended_heap(content: mmap, file: h5py.File, size: int) -> list[tuple[int, bytes]]:
    """What to write where over the begin of a file of `size` bytes for HDF5 to come to an end over its texts.

    In a collection that is cut off, all behind the last whole object becomes free space: what refers to another one
    then raises OSError when it is read, as what refers to a collection does whose own size is cut off. `content` is
    that begin, and `file` is open and reads as `content` and then zeros.

    Raises OSError where the sizes in a collection do not add up for another reason.
    """
    headless = content.rfind(_MAGIC, max(0, len(content) - _COLLECTION.size + 1))
    patches = [(headless, bytes(len(_MAGIC)))] * (headless >= 0)
    return [*patches, *(_ending(content, address, size) for address in _faulty(content, file))]


def _ending(content: mmap, address: int, size: int) -> tuple[int, bytes]:
    """The free space behind the last whole object of a collection, and its address."""
    at, end = address + _COLLECTION.size, address + _COLLECTION.unpack_from(content, address)[0]
    while at + _OBJECT.size <= len(content):
        index, length = _OBJECT.unpack_from(content, at)
        if not index or at + _OBJECT.size + length > len(content):
            break
        at += _step(index, length)
    if not len(content) < end <= size or at + _OBJECT.size > end:
        raise OSError(f"the sizes of the texts at byte {address} do not add up")
    return at, _OBJECT.pack(0, end - at)


def _faulty(content: mmap, file: h5py.File) -> Iterator[int]:
    """The addresses of the collections with texts whose sizes do not add up."""
    for address in _collections(content, file):
        if not _adds_up(content, address) and _has_texts(content, address):
            yield address


def _collections(content: mmap, file: h5py.File) -> list[int]:
    """The addresses of what looks like a collection."""
    stretches = _between_frames(file, len(content))
    return [found.start() for start, stop in stretches for found in _HEADER.finditer(content, start, stop)]


def _between_frames(file: h5py.File, size: int) -> Iterator[tuple[int, int]]:
    """From which byte to which there are no frames; frames that a damaged index does not tell of are not left out."""
    chunks: list[Any] = []
    with suppress(*ANY_COMPLAINT):
        frames: Any = file[schema.FRAMES]
        frames.id.chunk_iter(chunks.append)
    at = 0
    for start, length in sorted((chunk.byte_offset, chunk.size) for chunk in chunks if chunk.byte_offset):
        yield at, start
        at = start + length
    yield at, size


def _adds_up(content: mmap, address: int) -> bool:
    """Whether the objects of a collection fill it, but for less than another one's header."""
    at, end = address + _COLLECTION.size, address + _COLLECTION.unpack_from(content, address)[0]
    while at + _OBJECT.size <= end <= len(content):
        index, size = _OBJECT.unpack_from(content, at)
        if _step(index, size) < _OBJECT.size:
            return False
        at += _step(index, size)
    return at <= end <= len(content)


def _step(index: int, size: int) -> int:
    """From an object to the next one; the size of free space counts its header."""
    return _OBJECT.size + -(-size // 8) * 8 if index else size


def _has_texts(content: mmap, address: int) -> bool:
    """Whether a text is said to lie there: its length, the address (8 bytes), and an index of two bytes in four."""
    return re.search(re.escape(address.to_bytes(8, "little")) + rb"..\0\0", content, re.DOTALL) is not None
