"""Writes a session file so that a killed recorder loses at most the last second."""

import os
import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from recorder import schema
from recorder.actions import Event, table_hash
from recorder.chunks import FrameChunks
from recorder.journal import JournalledFile, journal_path
from recorder.pointer import PointerShape, PointerState
from recorder.seal import seal
from recorder.states import Keyboard, StateKeeper

FLUSH_NS = 1_000_000_000
RESERVE_BYTES = 64 << 20  # left free on the disk: a flush takes its room twice, in the journal and in the file
OWN_ATTRIBUTES = (
    *("schema", "action_table", "width_px", "height_px", "fps", "complete", schema.PAUSES, schema.SHA256),
    *schema.SEGMENT_ATTRIBUTES,  # which a copy does not inherit: it is a session of its own
)


def partial_path(path: Path) -> Path:
    """Where a session is written until it is complete."""
    return path.with_name(path.name + schema.PARTIAL_SUFFIX)


def beside_path(path: Path) -> Path:
    """Where a session is begun, or rewritten, before it takes its place; what is left there is of no use to anyone."""
    return path.with_name(path.name + ".beside")


class SessionWriter:
    """Context manager: frames, pointer, events and prompts in; a complete file at `path` on a clean exit.

    On an exception what was recorded stays in `path` + ".partial", readable, for `verify --repair`. `attributes`
    are what the session says of itself beside OWN_ATTRIBUTES; each `flush_ns` of recorded time, and with each full
    chunk, everything goes to the operating system.

    Raises ValueError when `path` or its partial file exists already, can't be made, or the disk is full.
    """

    def __init__(
        self,
        path: Path,
        *,
        size_px: tuple[int, int],
        fps: float,
        attributes: dict[str, Any] | None = None,
        chunk_frames: int = schema.CHUNK_FRAMES,
        level: int = schema.LEVEL,
        flush_ns: float = FLUSH_NS,
    ) -> None:
        said = {
            "platform": sys.platform,
            **(attributes or {}),
            "schema": schema.SCHEMA,
            "action_table": table_hash(),
            "width_px": size_px[0],
            "height_px": size_px[1],
            "fps": fps,
            "complete": False,
        }
        beside = beside_path(path)
        try:
            with _create(path, beside) as file:
                schema.create_datasets(file, size_px, chunk_frames, level)
                file.attrs.update(said)
            journal_path(partial_path(path)).unlink(missing_ok=True)
            beside.replace(partial_path(path))  # which therefore is a session whenever the writer is killed
        except (OSError, RuntimeError) as error:
            beside.unlink(missing_ok=True)
            raise ValueError(f"the system refused to write {path}; free space or name another place") from error
        self._adopt(path, flush_ns, level)

    @classmethod
    def resume(cls, path: Path, *, flush_ns: float = FLUSH_NS) -> "SessionWriter":
        """Go on with the partial file of `path`, which a writer has left closed and whole."""
        writer = cls.__new__(cls)
        writer._adopt(path, flush_ns, schema.LEVEL)
        return writer

    def _adopt(self, path: Path, flush_ns: float, level: int) -> None:
        self.path, self._partial = path, partial_path(path)
        self._disk = JournalledFile(self._partial)
        self._file = file = h5py.File(self._disk, "r+")
        # Kept open: h5py swallows the write errors of a dataset that is closed.
        self._datasets = {name: file[name] for name in schema.columns(file)}
        frames: Any = self._datasets[schema.FRAMES]
        self._chunks = FrameChunks(frames, level)
        self._flush_ns = flush_ns
        self._rows: list[tuple[int, int, int, int, int]] = []
        self._events: list[Event] = []
        self._later: dict[str, list[tuple[object, ...]]] = {name: [] for name in schema.LATER_COLUMNS}
        self._keeper = StateKeeper()
        self._keeper.feed(map(schema.event_from_row, np.asarray(file[schema.EVENTS])))
        self._shape_index = {shape.key(): index for index, shape in enumerate(schema.load_shapes(file))}
        self._last_flush_ns: int | None = None
        self._failed = False
        self._pauses: list[int] = [int(frame) for frame in np.atleast_1d(file.attrs.get(schema.PAUSES, ()))]

    @property
    def frames_written(self) -> int:
        """How many frames the operating system has."""
        return self._chunks.written

    def add_frame(self, rgb: NDArray[np.uint8], t_ns: int, pointer: PointerState, late_ns: int = 0) -> None:
        """Append a frame (H, W, 3) captured at t_ns.

        Raises ValueError when the disk is full; the file then holds everything up to the last flush.
        """
        self._chunks.add(rgb)
        state = self._keeper.at_frame(t_ns, pointer.x_px, pointer.y_px)
        if state is not None:
            self._later[schema.STATES].append(state.row())
        self._rows.append((t_ns, late_ns, pointer.x_px, pointer.y_px, self._shape(pointer.shape)))
        self._last_flush_ns = t_ns if self._last_flush_ns is None else self._last_flush_ns
        if self._chunks.full or t_ns - self._last_flush_ns >= self._flush_ns:
            self.flush()
            self._last_flush_ns = t_ns

    def add_events(self, events: Sequence[Event]) -> None:
        """Append input events; they come in time order."""
        self._events.extend(events)
        self._keeper.feed(events)

    def add_raw(self, rows: Iterable[tuple[object, ...]]) -> None:
        """Append rows of RAW_DTYPE; they come in time order."""
        self._later[schema.RAW].extend(rows)

    def switch_keyboard(self, keyboard: Keyboard) -> None:
        """Which locks and layout hold from the next frame on."""
        self._keeper.switch(keyboard)

    def add_prompt(self, text: str, attributes_json: str = "") -> None:
        """What the screen shows from the next frame on, and the same as a JSON object where that is known."""
        self._write(lambda: self._append_prompt(text, attributes_json))

    def _append_prompt(self, text: str, attributes_json: str) -> None:
        if attributes_json and schema.PROMPT_ATTRIBUTES not in self._datasets:
            self._datasets[schema.PROMPT_ATTRIBUTES] = schema.create_prompt_attributes(self._file)
        self._append(schema.PROMPT_FROM, [self._chunks.added])
        self._append(schema.PROMPT_TEXT, [text])
        if schema.PROMPT_ATTRIBUTES in self._datasets:
            self._append(schema.PROMPT_ATTRIBUTES, [attributes_json])

    def add_pause(self) -> None:
        """Say that nothing was recorded for a while before the next frame."""
        self._pauses.append(self._chunks.added)
        self._write(lambda: self._file.attrs.__setitem__(schema.PAUSES, np.array(self._pauses, np.int64)))

    def set_attribute(self, name: str, value: Any) -> None:
        """Say something more of the session; where the attribute is there already, in its place."""
        self._write(lambda: self._file.attrs.modify(name, value))

    def flush(self) -> None:
        """Hand everything so far to the operating system.

        Raises ValueError when the disk is full.
        """
        if shutil.disk_usage(self._partial.parent).free < RESERVE_BYTES + self._chunks.pending_bytes:
            self._failed = True
            raise ValueError(self._failure("no space left"))
        self._write(self._append_pending)

    def _append_pending(self) -> None:
        self._chunks.write()
        if self._rows:
            for name, column in zip(schema.PER_FRAME, np.array(self._rows, np.int64).T, strict=True):
                self._append(name, column)
            self._rows.clear()
        if self._events:
            rows = np.array([schema.event_row(event) for event in self._events], schema.EVENT_DTYPE)
            self._append(schema.EVENTS, rows)
            self._events.clear()
        for name, later in self._later.items():
            if later:
                self._append(name, np.array(later, schema.LATER_COLUMNS[name]))
                later.clear()
        self._file.flush()
        self._disk.commit()

    def _append(self, name: str, values: Any) -> None:
        dataset = self._datasets[name]
        assert isinstance(dataset, h5py.Dataset)
        start = dataset.shape[0]
        dataset.resize(start + len(values), axis=0)
        dataset[start:] = values

    def _write(self, action: Callable[[], None]) -> None:
        """Do something to the file; where the system refuses, nothing more is written to it."""
        try:
            action()
        except (OSError, RuntimeError) as error:
            self._failed = True
            raise ValueError(self._failure("the system refused to write")) from error

    def _failure(self, reason: str) -> str:
        return (
            f"{reason} in {self._partial.parent.resolve()}; everything up to the last flush is in {self._partial}: "
            f"free space and run 'python -m recorder verify --repair {self._partial}'"
        )

    def _shape(self, shape: PointerShape | None) -> int:
        if shape is None:
            return schema.NO_SHAPE
        index = self._shape_index.setdefault(shape.key(), len(self._shape_index))
        shapes = self._file[schema.SHAPES]
        assert isinstance(shapes, h5py.Group)
        if str(index) not in shapes:
            self._write(lambda: schema.store_shape(shapes, str(index), shape))
        return index

    def close(self, *, complete: bool) -> None:
        """Write what is pending; a complete file takes its name, another stays partial. Again does nothing."""
        if not self._file:
            return
        try:
            if not self._failed:
                self.flush()
            if complete:
                self._file.attrs["complete"] = True
                self._write(lambda: seal(self._file))
        finally:
            self._write(self._close)
        if complete:
            self._partial.replace(self.path)

    def _close(self) -> None:
        try:
            self._file.close()
            if not self._failed:
                self._disk.commit()
        finally:
            self._disk.close()

    def __enter__(self) -> "SessionWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close(complete=kind is None)


def _create(path: Path, beside: Path) -> h5py.File:
    partial = partial_path(path)
    if path.exists():
        raise ValueError(f"{path} exists already; name another file or move it away")
    if partial.exists():
        raise ValueError(
            f"{partial} is left of a recording that was cut off; keep it with 'python -m recorder verify --repair "
            f"{partial}', or remove it"
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(path.parent).free < RESERVE_BYTES:
            raise ValueError(f"no space left in {path.parent.resolve()}; free at least {RESERVE_BYTES >> 20} MB")
        return h5py.File(beside, "w")
    except OSError as error:
        raise ValueError(f"can't write {path} ({os.strerror(error.errno or 0)}); name another place") from error
