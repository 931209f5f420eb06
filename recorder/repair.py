"""A recording that was cut off in, a complete session of what is whole in it out."""

import os
from pathlib import Path

import h5py
import numpy as np

from recorder import schema
from recorder.excerpt import write_excerpt
from recorder.journal import replay
from recorder.seal import seal
from recorder.session import Session
from recorder.writer import beside_path, partial_path

_EOF_ADDRESS = slice(40, 48)  # of the first superblock version, where HDF5 says how long the file should be
_HDF5_MAGIC = b"\x89HDF\r\n\x1a\n\x00"


def is_cut_off(path: Path) -> bool:
    """Whether the file is a recording that did not come to its end.

    Raises ValueError for what is no session.
    """
    if path.name.endswith(schema.PARTIAL_SUFFIX):
        return True
    with Session(path) as session:
        return not session.complete


def repair(path: Path) -> Path:
    """Trim a cut-off recording to its whole frames, under its final name; returns that name.

    The result is written beside its place and renamed; what was cut off is removed after that.

    Raises ValueError where nothing can be kept, and where a file of the final name exists.
    """
    final = path.with_name(path.name.removesuffix(schema.PARTIAL_SUFFIX))
    if final != path and final.exists():
        raise ValueError(f"{final} exists already; move it away, or remove {path}")
    try:
        replay(path)
    except OSError as error:
        raise ValueError(f"can't repair {path} ({error.strerror}); check space and permissions") from error
    _lengthen(path)
    beside = beside_path(final)
    for left in (beside, partial_path(beside)):
        left.unlink(missing_ok=True)  # of a repair that was itself cut off
    with Session(path) as session:
        stop = whole_frames(session)
        if not stop:
            raise ValueError(f"{path} holds no whole frame; remove it and record again")
        chunk_frames = session.frames.chunk_frames
        write_excerpt(session, beside, start=0, stop=stop, chunk_frames=chunk_frames, level=schema.LEVEL)
        _pass_on_segment(session, beside)
    beside.replace(final)
    if final != path:
        path.unlink()
    return final


def _pass_on_segment(session: Session, path: Path) -> None:
    """Let the repaired file be the same segment of its recording."""
    said = {name: session.attributes[name] for name in schema.SEGMENT_ATTRIBUTES if name in session.attributes}
    with h5py.File(path, "r+") as file:
        file.attrs.update(said)
        seal(file)


def whole_frames(session: Session) -> int:
    """How many frames from the first on have pixels that decode, a pointer, and times that ascend."""
    common = min(session.frames.shape[0], *session.column_lengths().values())
    backward = np.flatnonzero(np.diff(session.t_ns[:common]) <= 0)
    common = int(backward[0]) + 1 if backward.size else common
    for start in session.frames.chunk_starts():
        if start >= common or not session.frames.decodes(start):
            return min(start, common)
    return common


def _lengthen(path: Path) -> None:
    """Give a file that a full disk cut short the length its header states, so that HDF5 opens it at all.

    The missing end reads as chunks that do not decode.
    """
    try:
        with path.open("rb") as file:
            header = file.read(_EOF_ADDRESS.stop)
        stated = int.from_bytes(header[_EOF_ADDRESS], "little")
        missing = stated - path.stat().st_size
        if header.startswith(_HDF5_MAGIC) and 0 < missing < 1 << 32:
            os.truncate(path, stated)
    except OSError as error:
        raise ValueError(
            f"can't repair {path} ({os.strerror(error.errno or 0)}); check name and permissions"
        ) from error
