"""The first bytes of an HDF5 file in, how many bytes it lacks and where its root group is out.

HDF5 File Format Specification, II.A and III.C, of version 0, which is what h5py writes.
"""

import struct
from mmap import mmap
from pathlib import Path
from typing import NamedTuple

# The signature and the version; where the file should end; of the root group its header's address, whether what
# follows is known (1), and the addresses of its B-tree and its names.
_SUPERBLOCK = struct.Struct("<9s31xQ16xQI4x16s")
_MAGIC = b"\x89HDF\r\n\x1a\n\x00"


class Superblock(NamedTuple):
    """Where things are, in bytes from the file's begin."""

    end: int
    root: int
    members: bytes | None  # of the root group: two addresses, as its symbol table message has them


def superblock(begin: bytes | mmap) -> Superblock | None:
    """What the begin of a file says; None for what is no such file."""
    if len(begin) < _SUPERBLOCK.size:
        return None
    magic, end, root, cached, members = _SUPERBLOCK.unpack_from(begin)
    return Superblock(end, root, members if cached == 1 else None) if magic == _MAGIC else None


def missing_bytes(path: Path) -> int:
    """How many bytes a file lacks at its end; 0 for what is no HDF5 file and for what can't be read."""
    try:
        with path.open("rb") as file:
            said = superblock(file.read(_SUPERBLOCK.size))
        return max(0, said.end - path.stat().st_size) if said else 0
    except OSError:
        return 0
