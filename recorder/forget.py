"""A recording's files and a number of minutes in, the same recording without its last minutes out, on the disk too.

HDF5 leaves the bytes of what is deleted in its file. So what stays is written to a new file beside the old one, takes
its name, and the old file's bytes become zeros before the disk has them back. Copies that are made below the files
are beyond this: by file systems that write elsewhere or keep snapshots, by disks that move blocks (SSDs), by backups.
"""

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO

import h5py
import numpy as np
from numpy.typing import NDArray

from recorder import schema
from recorder.seal import seal
from recorder.segments import SegmentedSession
from recorder.session import Session
from recorder.writer import RESERVE_BYTES, beside_path, partial_path

MINUTE_NS = 60_000_000_000
_ZEROS = bytes(1 << 20)


@dataclass(frozen=True, kw_only=True)
class Cut:
    """Where a recording ends after forgetting: in the file of `segment` (from 0), which keeps `stop` frames.

    `before` frames are in the segments before it and `forgotten` are gone.
    """

    segment: int
    stop: int
    before: int
    forgotten: int


def forget(paths: Sequence[Path], minutes: float) -> Cut:
    """Remove the last `minutes` of recorded time from a recording: frames, pointer, events, prompts and shapes.

    `paths` are its segments' files, in order, closed, the last one partial. Later ones are deleted; the one that is
    cut becomes the partial file at the end. Killed at any moment, it leaves files that read, or that `verify --repair`
    completes, with everything that was to be kept.

    Raises ValueError where the system refuses or there is no space for a second copy of the segment that is cut.
    """
    cut = find_cut(paths, minutes)
    for earlier, path in reversed([*pairwise(paths)][cut.segment :]):
        with _in_one_sentence(path, 0):
            _say_it_ends(earlier)
            _overwrite(path, path.unlink)
    segment = paths[cut.segment]
    final = segment.with_name(segment.name.removesuffix(schema.PARTIAL_SUFFIX))
    with _in_one_sentence(partial_path(final), cut.stop):
        segment.replace(partial_path(final))
        _rewrite(partial_path(final), beside_path(final), cut.stop)
    return cut


def find_cut(paths: Sequence[Path], minutes: float) -> Cut:
    """Where the last `minutes` of the recording begin."""
    parts = [Session(path) for path in paths]
    with SegmentedSession(parts) as whole:
        kept = kept_frames(whole.t_ns, whole.pauses, minutes)
        segment, last = whole.place(kept - 1) if kept else (0, -1)
        return Cut(segment=segment, stop=last + 1, before=kept - last - 1, forgotten=len(whole) - kept)


def kept_frames(t_ns: NDArray[np.int64], pauses: Sequence[int], minutes: float) -> int:
    """How many frames are older than `minutes` of recorded time before the last one; pauses are not recorded time."""
    steps_ns = np.diff(t_ns)
    steps_ns[[frame - 1 for frame in pauses if 0 < frame < len(t_ns)]] = 0
    until_end_ns = np.append(np.cumsum(steps_ns[::-1])[::-1], 0)[: len(t_ns)]
    return int(np.count_nonzero(until_end_ns > minutes * MINUTE_NS))


def _say_it_ends(path: Path) -> None:
    """No segment follows this one any more."""
    with h5py.File(path, "r+") as file:
        file.attrs.modify(schema.CONTINUES, False)
        if schema.SHA256 in file.attrs:
            seal(file)


def _rewrite(path: Path, beside: Path, stop: int) -> None:
    """Leave the first `stop` frames of a segment; `beside` is there for a while."""
    if shutil.disk_usage(path.parent).free < RESERVE_BYTES + path.stat().st_size:
        raise ValueError(_refusal(path, stop, f"no space left in {path.parent.resolve()}"))
    try:
        write_kept(path, beside, stop)
        _overwrite(path, lambda: beside.replace(path))
    finally:
        beside.unlink(missing_ok=True)


def write_kept(source: Path, target: Path, stop: int) -> None:
    """Write the first `stop` frames of a segment, and what belongs to them, into a new file as a writer leaves it.

    Chunks that stay whole are copied as they are stored, which takes a second where packing them again takes minutes.
    """
    with h5py.File(source, "r") as old, h5py.File(target, "w") as new:
        frames: Any = old[schema.FRAMES]
        schema.create_datasets(new, (frames.shape[2], frames.shape[1]), frames.chunks[0], schema.LEVEL)
        attributes: dict[str, Any] = dict(old.attrs)
        attributes.pop(schema.SHA256, None)  # it is of the frames that go, too
        pauses = [int(frame) for frame in np.atleast_1d(attributes.pop(schema.PAUSES, ())) if frame < stop]
        new.attrs.update({**attributes, "complete": False, schema.CONTINUES: False})
        if pauses:
            new.attrs[schema.PAUSES] = np.array(pauses, np.int64)
        _copy_frames(frames, new[schema.FRAMES], stop)
        _copy_columns(old, new, stop)
        _copy_shapes(old, new)
    _to_the_disk(target)


def _copy_frames(old: Any, new: Any, stop: int) -> None:
    new.resize(stop, axis=0)
    whole = stop - stop % old.chunks[0]
    for start in range(0, whole, old.chunks[0]):
        mask, stored = old.id.read_direct_chunk((start, 0, 0, 0))
        new.id.write_direct_chunk((start, 0, 0, 0), stored, mask)
    if whole < stop:
        new[whole:] = old[whole:stop]


def _copy_columns(old: Any, new: Any, stop: int) -> None:
    prompts = int(np.count_nonzero(old[schema.PROMPT_FROM][:] < stop))
    end_ns = int(old[schema.TIMES][stop - 1]) if stop else None
    lengths = {
        **dict.fromkeys(schema.PER_FRAME, stop),
        **{name: _events_until(old[name]["t_ns"], end_ns) for name in (schema.EVENTS, *schema.LATER_COLUMNS)},
        schema.PROMPT_FROM: prompts,
        schema.PROMPT_TEXT: prompts,
    }
    if schema.PROMPT_ATTRIBUTES in old:
        schema.create_prompt_attributes(new)
        lengths[schema.PROMPT_ATTRIBUTES] = prompts
    for name, length in lengths.items():
        new[name].resize(length, axis=0)
        new[name][:] = old[name][:length]


def _events_until(t_ns: NDArray[np.int64], end_ns: int | None) -> int:
    """How many events belong to the frames up to the one at `end_ns`, counted as `frame_actions` does."""
    if end_ns is None:
        return 0
    later = np.flatnonzero(t_ns > end_ns)
    return int(later[0]) if later.size else len(t_ns)


def _copy_shapes(old: Any, new: Any) -> None:
    """The pointer shapes of the frames that stay: a prefix, for shapes are numbered as they come."""
    for number in range(int(new[schema.POINTER_SHAPE][:].max(initial=schema.NO_SHAPE)) + 1):
        old.copy(old[schema.SHAPES][str(number)], new[schema.SHAPES])


def _overwrite(path: Path, remove: Callable[[], object]) -> None:
    """Take the name from a file, then make its bytes zeros: no moment leaves a half of it under that name."""
    with path.open("r+b") as file:
        remove()
        _to_the_disk(path.parent)
        _zero(file)


def _to_the_disk(path: Path) -> None:
    """A power cut must not undo a file or a folder's names after the zeros have come to the disk."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _zero(file: BinaryIO) -> None:
    left = os.fstat(file.fileno()).st_size
    while left > 0:
        left -= file.write(_ZEROS[:left])
    file.flush()
    os.fsync(file.fileno())


@contextmanager
def _in_one_sentence(path: Path, stop: int) -> Iterator[None]:
    try:
        yield
    except (OSError, RuntimeError) as error:
        raise ValueError(_refusal(path, stop, "the system refused to write")) from error


def _refusal(path: Path, stop: int, reason: str) -> str:
    remedy = f"keep its first {stop} frames with 'python -m recorder repack' and remove it" if stop else "remove it"
    return f"{reason}; {path.name} still holds what was to be forgotten: {remedy}"
