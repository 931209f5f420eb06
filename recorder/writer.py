"""Writes a session file so that a killed recorder loses at most the last second."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from recorder import schema
from recorder.actions import Event, table_hash
from recorder.pointer import PointerShape, PointerState

FLUSH_NS = 1_000_000_000
CHUNK_CACHE_BYTES = 64 << 20


def partial_path(path: Path) -> Path:
    """Where a session is written until it is complete."""
    return path.with_name(path.name + schema.PARTIAL_SUFFIX)


class SessionWriter:
    """Context manager: frames, pointer, events and prompts in; a complete file at `path` on a clean exit.

    On an exception what was recorded stays in `path` + ".partial", readable, for `verify --repair`.

    Raises ValueError when `path` or its partial file exists already.
    """

    def __init__(
        self,
        path: Path,
        *,
        size_px: tuple[int, int],
        fps: float,
        attributes: dict[str, Any] | None = None,
        chunk_frames: int = schema.CHUNK_FRAMES,
        level: int = 3,
    ) -> None:
        self.path, self._partial = path, partial_path(path)
        for taken in (self.path, self._partial):
            if taken.exists():
                raise ValueError(f"{taken} exists already; name another file or move it away")
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = h5py.File(self._partial, "w", rdcc_nbytes=CHUNK_CACHE_BYTES)
        schema.create_datasets(self._file, size_px, chunk_frames, level)
        self._file.attrs.update(
            {
                "schema": schema.SCHEMA,
                "action_table": table_hash(),
                "width_px": size_px[0],
                "height_px": size_px[1],
                "fps": fps,
                "platform": sys.platform,
                "complete": False,
                **(attributes or {}),
            }
        )
        self.frames_written = 0
        self._chunk_frames = chunk_frames
        self._rgb: list[NDArray[np.uint8]] = []
        self._rows: list[tuple[int, int, int, int, int]] = []
        self._events: list[Event] = []
        self._shape_index: dict[bytes, int] = {}
        self._last_flush_ns: int | None = None

    def add_frame(self, rgb: NDArray[np.uint8], t_ns: int, pointer: PointerState, late_ns: int = 0) -> None:
        """Append a frame (H, W, 3) captured at t_ns; the file is flushed each second of recorded time."""
        self._rgb.append(rgb)
        self._rows.append((t_ns, late_ns, pointer.x_px, pointer.y_px, self._shape(pointer.shape)))
        self._last_flush_ns = t_ns if self._last_flush_ns is None else self._last_flush_ns
        full_chunk = (self.frames_written + len(self._rgb)) % self._chunk_frames == 0
        if full_chunk or t_ns - self._last_flush_ns >= FLUSH_NS:
            self.flush()
            self._last_flush_ns = t_ns

    def add_events(self, events: Sequence[Event]) -> None:
        """Append input events; they come in time order."""
        self._events.extend(events)

    def add_prompt(self, text: str) -> None:
        """What the screen shows from the next frame on."""
        _append(self._file, schema.PROMPT_FROM, [self.frames_written + len(self._rgb)])
        _append(self._file, schema.PROMPT_TEXT, [text])

    def flush(self) -> None:
        """Hand everything so far to the operating system."""
        if self._rgb:
            _append(self._file, schema.FRAMES, np.stack(self._rgb))
            columns = np.array(self._rows, np.int64).T
            for name, column in zip(
                (schema.TIMES, schema.LATE, schema.POINTER_X, schema.POINTER_Y, schema.POINTER_SHAPE),
                columns,
                strict=True,
            ):
                _append(self._file, name, column)
            self.frames_written += len(self._rgb)
            self._rgb.clear()
            self._rows.clear()
        if self._events:
            rows = np.array([schema.event_row(event) for event in self._events], schema.EVENT_DTYPE)
            _append(self._file, schema.EVENTS, rows)
            self._events.clear()
        self._file.flush()

    def _shape(self, shape: PointerShape | None) -> int:
        if shape is None:
            return schema.NO_SHAPE
        index = self._shape_index.setdefault(shape.key(), len(self._shape_index))
        shapes = self._file[schema.SHAPES]
        assert isinstance(shapes, h5py.Group)
        if str(index) not in shapes:
            dataset = shapes.create_dataset(str(index), data=shape.rgba)
            dataset.attrs.update({"hot_x_px": shape.hot_x_px, "hot_y_px": shape.hot_y_px, "name": shape.name})
        return index

    def __enter__(self) -> "SessionWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.flush()
            if kind is None:
                self._file.attrs["complete"] = True
        finally:
            self._file.close()
        if kind is None:
            os.replace(self._partial, self.path)


def _append(file: h5py.File, name: str, values: Any) -> None:
    dataset = file[name]
    assert isinstance(dataset, h5py.Dataset)
    start = dataset.shape[0]
    dataset.resize(start + len(values), axis=0)
    dataset[start:] = values
