"""The layout of a session file: names, types and version, written once."""

import h5py
import hdf5plugin
import numpy as np

from recorder.actions import Event, EventKind

SCHEMA = 1
CHUNK_FRAMES = 16
PARTIAL_SUFFIX = ".partial"
FRAMES, TIMES, LATE = "frames/rgb", "frames/t_ns", "frames/late_ns"
POINTER_X, POINTER_Y, POINTER_SHAPE, SHAPES = "pointer/x", "pointer/y", "pointer/shape", "pointer/shapes"
EVENTS = "events"
PROMPT_FROM, PROMPT_TEXT = "prompts/from_frame", "prompts/text"
NO_SHAPE = -1

EVENT_DTYPE = np.dtype(
    [
        ("t_ns", "<i8"),
        ("kind", "u1"),
        ("code", "<u2"),
        ("x_px", "<i4"),
        ("y_px", "<i4"),
        ("dx", "<i2"),
        ("dy", "<i2"),
        ("symbol", "<u4"),
    ]
)


def event_row(event: Event) -> tuple[int, ...]:
    """The event as a row of EVENT_DTYPE."""
    return tuple(int(getattr(event, name)) for name in EVENT_DTYPE.names or ())


def event_from_row(row: np.void) -> Event:
    """The inverse of `event_row`."""
    values = {name: int(row[name]) for name in EVENT_DTYPE.names or ()}
    return Event(**{**values, "kind": EventKind(values["kind"])})


def create_datasets(file: h5py.File, size_px: tuple[int, int], chunk_frames: int, level: int) -> None:
    """Make the empty, growable datasets of a session of `size_px` = (width, height)."""
    width, height = size_px
    file.create_dataset(
        FRAMES,
        shape=(0, height, width, 3),
        maxshape=(None, height, width, 3),
        dtype="u1",
        chunks=(chunk_frames, height, width, 3),
        **hdf5plugin.Zstd(clevel=level),
    )
    for name, dtype in ((TIMES, "<i8"), (LATE, "<i8"), (POINTER_X, "<i4"), (POINTER_Y, "<i4"), (POINTER_SHAPE, "<i2")):
        file.create_dataset(name, shape=(0,), maxshape=(None,), dtype=dtype, chunks=(4096,))
    file.create_group(SHAPES)
    file.create_dataset(EVENTS, shape=(0,), maxshape=(None,), dtype=EVENT_DTYPE, chunks=(4096,))
    file.create_dataset(PROMPT_FROM, shape=(0,), maxshape=(None,), dtype="<i8", chunks=(256,))
    file.create_dataset(PROMPT_TEXT, shape=(0,), maxshape=(None,), dtype=h5py.string_dtype(), chunks=(256,))
