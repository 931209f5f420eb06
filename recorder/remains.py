"""A recording whose end may be missing in, what is whole of it out.

A copy that a full disk cut short lacks its end, and what lay there is anything: frames, rows, texts, the tables that
say where these are. The missing end reads as zeros here, which HDF5 takes for rows of zeros, black frames or nothing.
So only what lies before it counts.
"""

import struct
from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from recorder import schema
from recorder.damage import ANY_COMPLAINT
from recorder.heap import mended_heap
from recorder.object_header import mended_root
from recorder.overlaid import OverlaidFile
from recorder.pointer import PointerShape
from recorder.prompt import Prompt
from recorder.session import Session
from recorder.superblock import missing_bytes

_REFERENCE = struct.Struct("<IQI")  # to a text: its length, its collection, its number in there
_TIMED = (schema.EVENTS, schema.STATES, schema.RAW)  # tables that are no column of the frames but go along with them


class Remains(Session):
    """A session whose columns and tables end before their first row that is not there; nothing changes on the disk.

    `frames` has as many as the file says, of which the first `whole_frames` can be read. A text that is not there is
    empty, and so is the prompt of the frames whose prompt nothing tells any more.

    Raises ValueError as Session does, and where what tells of the frames is not there.
    """

    def __init__(self, path: Path | str) -> None:
        self._missing = missing_bytes(Path(path))
        self._disk: OverlaidFile | None = None
        self._unread: list[str] = []
        self._lost_messages = 0
        self.attributes = {}
        super().__init__(path)

    @cached_property
    def whole_frames(self) -> tuple[int, str]:
        """How many frames from the first on are whole with all that belongs to them, and what ends them.

        They have pixels that decode, times that ascend, a pointer with its shape, and no event, state or report of a
        mouse of theirs is among the rows that are not there.
        """
        count, what = min(self._limits(), key=lambda limit: limit[0])
        for start in range(0, count, self.frames.chunk_frames):
            if not self._is_whole_chunk(start):
                return start, schema.FRAMES
        return count, what

    def lost(self) -> str:
        """What the whole frames lack, and how many others there were, in words; empty where nothing was lost."""
        stop, frames = self.whole_frames[0], int(self.frames.shape[0])
        told = [prompt for prompt in self._told if prompt[0] < stop]
        texts, attributes_json = ([prompt[field] for prompt in told].count(None) for field in (1, 2))
        unnamed = sum(not named for _, named in self._shapes)
        attributes = self._lost_attributes()
        parts = {
            f"{frames - stop} of {frames} frames": stop < frames,
            f"the texts of prompts ({texts} of {len(told)})": texts,
            f"the attributes of prompts ({attributes_json} of {len(told)})": attributes_json,
            f"the prompts from frame {self._told_until} on": self._told_until < stop,
            f"the names of pointer shapes ({unnamed})": unnamed,
            f"attributes ({', '.join(attributes)})": attributes,
        }
        return ", ".join(part for part, is_lost in parts.items() if is_lost)

    def whole_prompts(self) -> list[tuple[int, Prompt]]:
        prompts = [(frame, Prompt(text or "", attributes or "")) for frame, text, attributes in self._told]
        return [*prompts, (self._told_until, Prompt(""))] if self._told_until < len(self) else prompts

    def shapes(self) -> list[PointerShape]:
        return [shape for shape, _ in self._shapes]

    def close(self) -> None:
        super().close()
        if self._disk:
            self._disk.close()

    def _open(self) -> h5py.File:
        return self._open_lengthened() if self._missing else super()._open()

    def _open_lengthened(self) -> h5py.File:
        disk = self._disk = OverlaidFile(self.path.open("rb"), self.stored_bytes + self._missing)
        try:
            with self.path.open("rb") as stored, mmap(stored.fileno(), 0, access=ACCESS_READ) as content:
                patches, self._lost_messages = mended_root(content)
                disk.overlay(patches)
                with h5py.File(disk, "r") as file:
                    patches = mended_heap(content, file, self.stored_bytes + self._missing)
                disk.overlay(patches)  # over what HDF5 may remember, so that the file is opened anew
            return h5py.File(disk, "r")
        except ANY_COMPLAINT as error:
            disk.close()
            raise self._refusal() from error

    def _load(self) -> None:
        try:
            super()._load()
        except ValueError as error:
            version = self.attributes.get("schema")
            if not self._missing or (isinstance(version, np.integer) and version > schema.SCHEMA):
                raise
            raise self._refusal() from error

    def _refusal(self) -> ValueError:
        return ValueError(
            f"{self.path} is cut off and what tells of its frames is behind that place; copy it again from its source "
            "or record it again"
        )

    def _attributes(self) -> dict[str, Any]:
        found, self._unread = _readable(self._file)
        return found

    def _lost_attributes(self) -> list[str]:
        """The names of those that are gone, as far as they are known; the digest is made anew and therefore none."""
        digests = self.complete and schema.SHA256 not in (*self.attributes, *self._unread)
        unnamed = ["unknown"] * (self._lost_messages > digests)
        return [*(f"'{name}'" for name in self._unread if name != schema.SHA256), *unnamed]

    def _layout_faults(self) -> list[str]:
        """All but the lack of what only some files have, and which may have come late."""
        return [fault for fault in super()._layout_faults() if schema.PROMPT_ATTRIBUTES not in fault]

    def _check_length(self) -> None:
        """There may be any number of frames more than times."""

    def _array(self, name: str) -> NDArray[Any]:
        return np.asarray(self._dataset(name)[: self._whole_rows(name)])

    def _whole_rows(self, name: str) -> int:
        """How many rows of a table that is stored as it is, from the first on, lie before the missing end."""
        dataset = self._dataset(name)
        rows, step = dataset.shape[0], _chunk_rows(dataset)
        for start in range(0, rows, step):
            there, size = self._stored(dataset, start)
            stop = min(rows, start + len(there) // (size // step))
            if not self._reads_as_stored(dataset, start, stop, there):
                return start
            if stop < min(rows, start + step):
                return stop
        return rows

    def _stored(self, dataset: h5py.Dataset, start: int) -> tuple[bytes, int]:
        """What there is of the chunk that begins with this row, and the bytes that it has as a whole.

        Not by read_direct_chunk: where a damaged index says another size it writes behind its buffer.
        """
        most = _chunk_rows(dataset) * _row_bytes(dataset)
        with suppress(*ANY_COMPLAINT):
            chunk = dataset.id.get_chunk_info_by_coord((start,))
            if chunk.byte_offset is not None and chunk.size == most:
                with self.path.open("rb") as file:
                    file.seek(chunk.byte_offset)
                    return file.read(chunk.size), most
        return b"", most

    def _reads_as_stored(self, dataset: h5py.Dataset, start: int, stop: int, stored: bytes) -> bool:
        """Whether HDF5 finds rows start to stop - 1 where they are: in an index that is cut off it may not.

        It reads them as zeros then.
        """
        if dataset.dtype == object:  # `_text` looks at each
            return True
        with suppress(*ANY_COMPLAINT):
            return stored.startswith(dataset[start:stop].tobytes())
        return False

    def _is_whole_chunk(self, start: int) -> bool:
        """Whether the frames of the chunk that begins with this one are stored, found and decode."""
        frames: Any = self._dataset(schema.FRAMES)
        with suppress(*ANY_COMPLAINT):
            chunk = frames.id.get_chunk_info_by_coord((start, 0, 0, 0))
            if chunk.byte_offset + chunk.size > self.stored_bytes or not frames.id.get_create_plist().get_nfilters():
                return False
            _, found = frames.id.read_direct_chunk((start, 0, 0, 0))
            with self.path.open("rb") as file:
                file.seek(chunk.byte_offset)
                return found == file.read(chunk.size) and self.frames.decodes(start)
        return False

    def _limits(self) -> Iterator[tuple[int, str]]:
        """How many frames each table allows, and its name."""
        yield int(self.frames.shape[0]), schema.FRAMES
        for name in schema.PER_FRAME:
            yield self._whole_rows(name), name
        yield _first(np.diff(self.t_ns) <= 0) + 1, schema.TIMES
        for name in _TIMED:
            if name in self._file and self._whole_rows(name) < self._dataset(name).shape[0]:
                known_ns = self._array(name)["t_ns"].max(initial=0) - schema.EVENT_DISORDER_NS
                yield _first(self.t_ns >= known_ns), name
        yield _first(self.pointer_shape >= len(self._shapes)), schema.SHAPES

    @cached_property
    def _told(self) -> list[tuple[int, str | None, str | None]]:
        """(from_frame, text, attributes) of the prompts whose begin is known; None for what is gone."""
        starts = self._array(schema.PROMPT_FROM).tolist()
        texts = self._texts_of(schema.PROMPT_TEXT, len(starts))
        stored = schema.PROMPT_ATTRIBUTES in self._file
        attributes = self._texts_of(schema.PROMPT_ATTRIBUTES, len(starts)) if stored else [""] * len(starts)
        return [*zip(starts, texts, attributes, strict=True)]

    @property
    def _told_until(self) -> int:
        """The first frame whose prompt nothing tells; there is none where all are told."""
        if self._whole_rows(schema.PROMPT_FROM) == self._dataset(schema.PROMPT_FROM).shape[0]:
            return int(self.frames.shape[0])
        return self._told[-1][0] + 1 if self._told else 0

    def _texts_of(self, name: str, count: int) -> list[str | None]:
        whole = 0
        with suppress(*ANY_COMPLAINT):
            whole = self._whole_rows(name)
        return [self._text(name, row) if row < whole else None for row in range(count)]

    def _text(self, name: str, row: int) -> str | None:
        with suppress(*ANY_COMPLAINT):
            dataset: Any = self._dataset(name)
            start = row - row % _chunk_rows(dataset)
            length, *_ = _REFERENCE.unpack_from(self._stored(dataset, start)[0], (row - start) * _REFERENCE.size)
            text = str(dataset.asstr()[row])  # and no other way: it refuses what is damaged into no text
            return text if len(text.encode()) == length else None
        return None

    @cached_property
    def _shapes(self) -> list[tuple[PointerShape, bool]]:
        """The pointer shapes up to the first that is not whole, and whether each has its name."""
        found = list[tuple[PointerShape, bool]]()
        with suppress(*ANY_COMPLAINT):
            while True:
                found.append(self._shape(len(found)))
        return found

    def _shape(self, number: int) -> tuple[PointerShape, bool]:
        """Raises what h5py does where it is not there."""
        dataset: Any = self._dataset(f"{schema.SHAPES}/{number}")
        begin, size = dataset.id.get_offset(), dataset.id.get_storage_size()
        if begin is None or begin + size > self.stored_bytes:
            raise OSError(f"pointer shape {number} is not there")
        attributes, _ = _readable(dataset)
        return schema.load_shape(dataset, {"name": "", **attributes}), "name" in attributes


def _readable(holder: h5py.File | h5py.Dataset) -> tuple[dict[str, Any], list[str]]:
    """The attributes that can be read, and the names of those that can't."""
    found, unread = dict[str, Any](), list[str]()
    for name in holder.attrs:
        try:
            found[name] = holder.attrs[name]
        except ANY_COMPLAINT:
            unread.append(name)
    return found, unread


def _chunk_rows(dataset: h5py.Dataset) -> int:
    if dataset.chunks is None:
        raise OSError(f"{dataset.name} is not stored in chunks")
    return dataset.chunks[0]


def _row_bytes(dataset: h5py.Dataset) -> int:
    return _REFERENCE.size if dataset.dtype == object else dataset.dtype.itemsize


def _first(where: NDArray[np.bool_]) -> int:
    """The first index where it is true; the length where it is nowhere."""
    return int(np.argmax(where)) if where.any() else len(where)
