"""A file that was cut off in its root group's header in, what lets HDF5 find the group's members again out.

The header is a chain of blocks of messages, most of them attributes. HDF5 puts new ones into blocks of their own
wherever the file then ends, and moves the message that says where the members are along with them: the last block of
a complete session is its last 96 bytes. The superblock says a second time where the members are.

HDF5 File Format Specification, IV.A.1.a (version 1) and IV.A.2.
"""

import struct
from mmap import mmap
from typing import NamedTuple

from recorder.superblock import superblock

_PREFIX = struct.Struct("<BxHII4x")  # version, messages, references, size of the first block
_MESSAGE = struct.Struct("<HH4x")  # type, size of what follows
_BLOCK = struct.Struct("<QQ")  # address, size
_NOTHING, _NEXT_BLOCK, _MEMBERS = 0, 16, 17  # types


class MendedRoot(NamedTuple):
    """What to write where, and how many messages are gone all the same."""

    patches: list[tuple[int, bytes]]
    lost: int


def mended_root(content: mmap) -> MendedRoot:
    """Of `content`, the begin of a session file: messages that are not whole become one that says nothing.

    Before it comes the message that says where the members are, if that was lost and there is room.
    """
    said = superblock(content)
    if said is None or said.root + _PREFIX.size > len(content):
        return MendedRoot([], 0)
    _, count, _, size = _PREFIX.unpack_from(content, said.root)
    blocks, kinds, rests = [(said.root + _PREFIX.size, size)], list[int](), list[tuple[int, int]]()
    for begin, size in blocks:  # which grows meanwhile
        end = begin + size
        whole, at = _whole_messages(content, begin, end)
        kinds += [kind for kind, _ in whole]
        blocks += [_BLOCK.unpack(body) for kind, body in whole if kind == _NEXT_BLOCK and len(body) == _BLOCK.size]
        rests += [(at, end)] * (end > len(content))
        if len(kinds) > count:
            raise OSError("the blocks of the root group's header have no end")
    patches = list[tuple[int, bytes]]()
    for at, end in rests:
        if said.members and _MEMBERS not in kinds and at + _MESSAGE.size + len(said.members) <= end:
            patches.append((at, _MESSAGE.pack(_MEMBERS, len(said.members)) + said.members))
            at += _MESSAGE.size + len(said.members)
            kinds.append(_MEMBERS)
        if at + _MESSAGE.size <= end:
            patches.append((at, _MESSAGE.pack(_NOTHING, end - at - _MESSAGE.size)))
    return MendedRoot(patches, count - len(kinds) if rests else 0)


def _whole_messages(content: mmap, at: int, end: int) -> tuple[list[tuple[int, bytes]], int]:
    """The messages of a block that are there, each (type, body), and where the first other one begins."""
    found, stop = list[tuple[int, bytes]](), min(end, len(content))
    while at + _MESSAGE.size <= stop:
        kind, size = _MESSAGE.unpack_from(content, at)
        body = at + _MESSAGE.size
        if body + size > stop:
            break
        found.append((kind, content[body : body + size]))
        at = body + size
    return found, at
