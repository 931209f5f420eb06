"""The name of a recording's first file in, all its segments as one session out.

NAME.h5 is followed by NAME.001.h5, NAME.002.h5, ...: the name that was asked for is the one that opens, a recording
too short to roll over looks like any other, and every segment ends in .h5, so that whatever takes a session takes it.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recorder import schema
from recorder.damage import in_one_sentence
from recorder.joined import JoinedFrames
from recorder.pointer import PointerShape
from recorder.prompt import Prompt
from recorder.session import Session


def segment_path(path: Path, number: int) -> Path:
    """The file of segment `number`, counted from 0, of the recording whose first file is `path`."""
    return path.with_name(f"{path.stem}.{number:03d}{path.suffix}") if number else path


def later_segments(path: Path) -> dict[int, Path]:
    """The files, complete or partial, that are there by the names of the segments after `path`, by number."""
    if not path.parent.is_dir():
        return {}
    first = path.with_name(path.name.removesuffix(schema.PARTIAL_SUFFIX))
    stem, suffix, partial = map(re.escape, (first.stem, first.suffix, schema.PARTIAL_SUFFIX))
    name = re.compile(rf"{stem}\.(\d{{3,}}){suffix}({partial})?")
    found = ((name.fullmatch(file.name), file) for file in sorted(path.parent.iterdir()))
    numbered = {int(match[1]): file for match, file in found if match}
    return dict(sorted(numbered.items()))


def recording_paths(path: Path) -> list[Path]:
    """The file, and where it begins a recording the segments after it; it alone where it can't be read."""
    try:
        with Session(path) as first:
            return [path, *later_segments(path).values()] if _begins(first) else [path]
    except ValueError:
        return [path]


def segment_faults(first: Session) -> Iterator[str]:
    """What is wrong with the files after the first of a recording, one sentence a fault, without their content."""
    if not _begins(first):
        return
    files = {0: first.path, **later_segments(first.path)}
    name = first.path.with_name(first.path.name.removesuffix(schema.PARTIAL_SUFFIX))
    last = max(files)
    for number in range(1, last + 1 + _continues(files[last])):
        if number not in files:
            yield (
                f"{segment_path(name, number)} is missing; copy it from where {name} was recorded, or read the other "
                f"segments one by one"
            )
        elif not _belongs(files[number], number, first):
            yield f"{files[number]} is not segment {number} of {name}; move it away and copy the right one there"


def open_session(path: Path | str) -> Session:
    """The session in `path`, all segments of its recording as one; a later segment's path gives that one alone.

    Raises ValueError, with the remedy, as Session does, and where a segment is missing, foreign or cut off.
    """
    with ExitStack() as opened:
        first = opened.enter_context(Session(path))
        for fault in segment_faults(first):
            raise ValueError(fault)
        later = later_segments(first.path) if _begins(first) else {}
        for file in later.values():
            if file.name.endswith(schema.PARTIAL_SUFFIX):
                raise ValueError(f"{file} was cut off; complete it with 'python -m recorder verify --repair {file}'")
        parts = [first, *(opened.enter_context(Session(file)) for file in later.values())]
        session = SegmentedSession(parts) if later else first
        opened.pop_all()
        return session


class SegmentedSession(Session):
    """The segments of a recording, in order, as one session that closes them all: equal to one recorded in one file.

    `attributes` are the first segment's but those that number it. A frame's pointer shape counts in the shapes of all.
    """

    def __init__(self, parts: Sequence[Session]) -> None:
        self.path = parts[0].path
        self._parts = parts
        self._starts = np.cumsum([0, *map(len, parts)]).tolist()[:-1]
        self.attributes = self._joined_attributes()
        self.frames = JoinedFrames([part.frames for part in parts])
        self.t_ns = np.concatenate([part.t_ns for part in parts])
        self.late_ns = np.concatenate([part.late_ns for part in parts])
        self.pointer_x_px = np.concatenate([part.pointer_x_px for part in parts])
        self.pointer_y_px = np.concatenate([part.pointer_y_px for part in parts])
        self.event_rows = np.concatenate([part.event_rows[_carried(part, schema.CARRIED_EVENTS) :] for part in parts])
        self.raw_rows = np.concatenate([part.raw_rows for part in parts])
        self._shapes: dict[bytes, PointerShape] = {}
        self.pointer_shape = np.concatenate([self._shape_numbers(part) for part in parts])

    @cached_property
    def state_rows(self) -> NDArray[np.void]:
        return np.concatenate([part.state_rows for part in self._parts])

    def column_lengths(self) -> dict[str, int]:
        lengths = [part.column_lengths() for part in self._parts]
        return {name: sum(length[name] for length in lengths) for name in schema.PER_FRAME}

    def whole_prompts(self) -> list[tuple[int, Prompt]]:
        return [
            (start + frame, prompt)
            for start, part in zip(self._starts, self._parts, strict=True)
            for frame, prompt in part.whole_prompts()[_carried(part, schema.CARRIED_PROMPTS) :]
        ]

    def shapes(self) -> list[PointerShape]:
        return list(self._shapes.values())

    @property
    def stored_bytes(self) -> int:
        return sum(part.stored_bytes for part in self._parts)

    def place(self, frame: int) -> tuple[int, int]:
        """Which segment holds a frame, and the frame's number there."""
        assert isinstance(self.frames, JoinedFrames)
        return self.frames.place(frame)

    def __reduce__(self) -> tuple[Any, ...]:
        return open_session, (self.path,)

    def close(self) -> None:
        for part in self._parts:
            part.close()

    def _joined_attributes(self) -> dict[str, Any]:
        pauses = [start + frame for start, part in zip(self._starts, self._parts) for frame in part.pauses]
        first = self._parts[0].attributes
        joined = {name: value for name, value in first.items() if name not in schema.SEGMENT_ATTRIBUTES[1:]}
        joined["complete"] = all(part.complete for part in self._parts)
        joined.pop(schema.PAUSES, None)
        return joined | ({schema.PAUSES: np.array(pauses, np.int64)} if pauses else {})

    def _shape_numbers(self, part: Session) -> NDArray[np.int16]:
        """The part's column of pointer shapes, counted in the shapes of all parts up to it."""
        shapes = {shape.key(): shape for shape in part.shapes()}
        self._shapes |= shapes
        order = list(self._shapes)
        numbers = np.array([*map(order.index, shapes), schema.NO_SHAPE], np.int16)
        with in_one_sentence(part.path, "its pointer shapes"):
            return numbers[part.pointer_shape]


def _begins(session: Session) -> bool:
    """Whether the file is the first of a recording; sessions that were not recorded by `record` are in none."""
    return session.attributes.get(schema.SEGMENT) == 0


def _carried(part: Session, name: str) -> int:
    return int(part.attributes.get(name, 0))


def _continues(path: Path) -> bool:
    try:
        with Session(path) as last:
            return bool(last.attributes.get(schema.CONTINUES, False))
    except ValueError:  # which reading the file itself says better
        return False


def _belongs(path: Path, number: int, first: Session) -> bool:
    try:
        with Session(path) as part:
            said = (part.attributes.get(schema.RECORDING), part.attributes.get(schema.SEGMENT))
    except ValueError:
        return True
    return said == (first.attributes.get(schema.RECORDING), number)
