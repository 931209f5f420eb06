"""The layout of a session file: names, types and version, written once."""

from collections.abc import Iterator
from typing import Any

import h5py
import hdf5plugin
import numpy as np

from recorder.actions import Event, EventKind
from recorder.pointer import PointerShape
from recorder.states import STATE_DTYPE

SCHEMA = 2
CHUNK_FRAMES = 16
LEVEL = 3  # of zstd
PARTIAL_SUFFIX = ".partial"
FRAMES, TIMES, LATE = "frames/rgb", "frames/t_ns", "frames/late_ns"
POINTER_X, POINTER_Y, POINTER_SHAPE, SHAPES = "pointer/x", "pointer/y", "pointer/shape", "pointer/shapes"
EVENTS = "events"
PROMPT_FROM, PROMPT_TEXT = "prompts/from_frame", "prompts/text"
PROMPT_ATTRIBUTES = "prompts/attributes"  # beside each text what it tells, as JSON; absent where no prompt has that
STATES, RAW = "states", "raw"  # since version 2
NO_SHAPE = -1
# Devices are stamped by the server one after the other in whole milliseconds, so neighbours may stand that much askew.
EVENT_DISORDER_NS = 5_000_000
SHA256 = "sha256"  # attribute of a complete file (`seal`)
SEALED_SINCE = 2  # the version from which on every complete file has it
LOST = "lost"  # attribute of a repaired file: what lay behind the place where it was cut off
PAUSES = "paused_before_frame"  # attribute: frames before which the recording was paused; absent without any
# Attributes that every file of a recording has; a recording may be one segment or many (`segments`).
RECORDING, SEGMENT = "recording", "segment"  # an id that all its segments share, and the segment's number from 0
CONTINUES = "continues"  # whether the recording goes on in the next segment
CARRIED_EVENTS, CARRIED_PROMPTS = "carried_events", "carried_prompts"  # how many first ones only say what still holds
SEGMENT_ATTRIBUTES = (RECORDING, SEGMENT, CONTINUES, CARRIED_EVENTS, CARRIED_PROMPTS)
PER_FRAME = {TIMES: "<i8", LATE: "<i8", POINTER_X: "<i4", POINTER_Y: "<i4", POINTER_SHAPE: "<i2"}
COLUMNS = (FRAMES, *PER_FRAME, EVENTS, PROMPT_FROM, PROMPT_TEXT)

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
RAW_DTYPE = np.dtype([("t_ns", "<i8"), ("kind", "u1"), ("dx", "<f4"), ("dy", "<f4")])
LATER_COLUMNS = {STATES: STATE_DTYPE, RAW: RAW_DTYPE}
LATER_SINCE = 2  # the version that made them a part of every file


def event_row(event: Event) -> tuple[int, ...]:
    """The event as a row of EVENT_DTYPE."""
    return tuple(int(getattr(event, name)) for name in EVENT_DTYPE.names or ())


def event_from_row(row: np.void) -> Event:
    """The inverse of `event_row`."""
    values = {name: int(row[name]) for name in EVENT_DTYPE.names or ()}
    return Event(**{**values, "kind": EventKind(values["kind"])})


def store_shape(shapes: h5py.Group, name: str, shape: PointerShape) -> None:
    """Put a pointer shape into the group SHAPES."""
    dataset = shapes.create_dataset(name, data=shape.rgba)
    dataset.attrs.update({"hot_x_px": shape.hot_x_px, "hot_y_px": shape.hot_y_px, "name": shape.name})


def load_shapes(file: h5py.File) -> list[PointerShape]:
    """The pointer shapes of a file, by their number."""
    shapes = file[SHAPES]
    assert isinstance(shapes, h5py.Group)
    return [load_shape(shapes[str(number)], dict(shapes[str(number)].attrs)) for number in range(len(shapes))]


def load_shape(dataset: Any, attributes: dict[str, Any]) -> PointerShape:
    """The inverse of `store_shape`, with the attributes of the dataset."""
    return PointerShape(
        rgba=np.asarray(dataset[:]),
        hot_x_px=int(attributes["hot_x_px"]),
        hot_y_px=int(attributes["hot_y_px"]),
        name=str(attributes["name"]),
    )


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
    for name, dtype in PER_FRAME.items():
        file.create_dataset(name, shape=(0,), maxshape=(None,), dtype=dtype, chunks=(4096,))
    file.create_group(SHAPES)
    file.create_dataset(EVENTS, shape=(0,), maxshape=(None,), dtype=EVENT_DTYPE, chunks=(4096,))
    for name in LATER_COLUMNS:
        create_later(file, name)
    file.create_dataset(PROMPT_FROM, shape=(0,), maxshape=(None,), dtype="<i8", chunks=(256,))
    file.create_dataset(PROMPT_TEXT, shape=(0,), maxshape=(None,), dtype=h5py.string_dtype(), chunks=(256,))


def create_later(file: h5py.File, name: str) -> h5py.Dataset:
    """Make one of the empty LATER_COLUMNS."""
    return file.create_dataset(name, shape=(0,), maxshape=(None,), dtype=LATER_COLUMNS[name], chunks=(1024,))


def create_prompt_attributes(file: h5py.File) -> h5py.Dataset:
    """Make the dataset of what the prompts tell, empty for those that are there."""
    texts = file[PROMPT_TEXT]
    assert isinstance(texts, h5py.Dataset)
    return file.create_dataset(
        PROMPT_ATTRIBUTES, shape=texts.shape, maxshape=(None,), dtype=h5py.string_dtype(), chunks=(256,)
    )


def columns(file: h5py.File) -> tuple[str, ...]:
    """The datasets that this file has: COLUMNS, and what only some files have."""
    return (*COLUMNS, *(name for name in (*LATER_COLUMNS, PROMPT_ATTRIBUTES) if name in file))


def layout_faults(file: h5py.File, attributes: dict[str, Any]) -> Iterator[str]:
    """What a session of this schema should hold and the file lacks, as the end of a sentence about the file."""
    for name in ("width_px", "height_px", "fps"):
        if not attributes.get(name, 0) > 0:
            yield f"has no positive attribute '{name}'"
            return
    if not isinstance(file.get(SHAPES), h5py.Group):
        yield f"lacks '{SHAPES}'"
    row_shapes = {FRAMES: (attributes["height_px"], attributes["width_px"], 3)}
    needed = attributes.get("schema", SCHEMA) >= LATER_SINCE
    dtypes = {**PER_FRAME, FRAMES: "u1", EVENTS: EVENT_DTYPE, PROMPT_FROM: "<i8", PROMPT_TEXT: "O"}
    dtypes |= {name: dtype for name, dtype in LATER_COLUMNS.items() if name in file or needed}
    dtypes |= {PROMPT_ATTRIBUTES: "O"} if PROMPT_ATTRIBUTES in file else {}
    for name, dtype in dtypes.items():
        dataset = file.get(name)
        if not isinstance(dataset, h5py.Dataset):
            yield f"lacks '{name}'"
        elif (dataset.shape[1:], dataset.dtype) != (row_shapes.get(name, ()), np.dtype(dtype)) or not dataset.chunks:
            yield f"holds '{name}' in another form than its schema says"
