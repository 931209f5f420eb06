"""Reads a session file."""

from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import h5py
import hdf5plugin  # noqa: F401  (registers the zstd filter)
import numpy as np
from numpy.typing import NDArray

from recorder import schema
from recorder.actions import Action, Event, table_hash
from recorder.alignment import frame_actions
from recorder.damage import ANY_COMPLAINT, in_one_sentence
from recorder.frames import Frames
from recorder.heap import check_heap
from recorder.joined import JoinedFrames
from recorder.journal import is_torn
from recorder.pointer import PointerShape
from recorder.prompt import Prompt, wishes
from recorder.seal import digest
from recorder.states import State, states_of
from recorder.superblock import missing_bytes


class Session:
    """An open session; a context manager.

    `frames[i]` is (H, W, 3) uint8, read lazily; `t_ns` the frame times; `pointer_x_px`, `pointer_y_px`,
    `pointer_shape` the pointer plane (`schema.NO_SHAPE` where hidden); `event_rows`, `state_rows` and `raw_rows` the
    events, what was held each second and what mice reported, as `schema` has them; `attributes` what the file says of
    itself.

    Raises ValueError, with the remedy, for a file that is missing, foreign, damaged or newer than this program.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._file = self._open()
        try:
            self._load()
        except BaseException:
            self.close()
            raise

    def __len__(self) -> int:
        return len(self.t_ns)

    @cached_property
    def state_rows(self) -> NDArray[np.void]:
        """What was held, each second; of a file of version 1 as the writer of this version would have put it."""
        with in_one_sentence(self.path, "what was held"):
            if schema.STATES in self._file:
                return self._later_array(schema.STATES)
        return states_of(self.events(), self.t_ns, self.pointer_x_px, self.pointer_y_px)

    @property
    def complete(self) -> bool:
        """Whether the recording came to its end; `verify --repair` completes one that was cut off."""
        return bool(self.attributes.get("complete", False))

    @property
    def size_px(self) -> tuple[int, int]:
        """(width, height)."""
        return int(self.attributes["width_px"]), int(self.attributes["height_px"])

    @property
    def fps(self) -> float:
        """The nominal rate; `t_ns` has the true times."""
        return float(self.attributes["fps"])

    @property
    def pauses(self) -> list[int]:
        """The frames before which the recording was paused."""
        return [int(frame) for frame in np.atleast_1d(self.attributes.get(schema.PAUSES, ()))]

    @property
    def stored_bytes(self) -> int:
        """The length of the file, of all files of a segmented session."""
        return self.path.stat().st_size

    def column_lengths(self) -> dict[str, int]:
        """How many entries each per-frame dataset beside the frames has; all the same, but where a recorder died."""
        return {name: int(self._dataset(name).shape[0]) for name in schema.PER_FRAME}

    def as_written(self) -> bool:
        """Whether the file still says what it said when it was completed; older ones may have no digest of that."""
        said = self.attributes.get(schema.SHA256)
        if said is None:
            return self.attributes["schema"] < schema.SEALED_SINCE
        with in_one_sentence(self.path, "all that its digest is of"):
            return said == digest(self._file)

    def events(self) -> list[Event]:
        """Every raw event, in order."""
        with in_one_sentence(self.path, "its events"):
            return [schema.event_from_row(row) for row in self.event_rows]

    def actions(self, start: int = 0, stop: int | None = None) -> list[Action]:
        """One action a frame, derived from the events; of frames start to stop - 1, from the last state before them."""
        state = self._state_before(start)
        if state is None:
            begin = (int(self.pointer_x_px[0]), int(self.pointer_y_px[0])) if len(self) else (0, 0)
            return frame_actions(self.events(), self.t_ns[:stop].tolist(), begin)[start:]
        later = np.flatnonzero(self.event_rows["t_ns"] > state.t_ns)
        with in_one_sentence(self.path, "its events"):
            events = [schema.event_from_row(row) for row in self.event_rows[later[0] :]] if later.size else []
        first = int(np.searchsorted(self.t_ns, state.t_ns, side="right"))
        times = self.t_ns[first:stop].tolist()
        return frame_actions(events, times, (state.x_px, state.y_px), state.buttons, state.keys)[start - first :]

    def states(self) -> list[State]:
        """What was held, each second."""
        return [State.of(row) for row in self.state_rows]

    def prompts(self) -> list[tuple[int, str]]:
        """(from_frame, text), in order."""
        return [(frame, prompt.text) for frame, prompt in self.whole_prompts()]

    def prompt_attributes(self) -> list[tuple[int, dict[str, Any]]]:
        """(from_frame, what the screen shows as data), in order; empty for a session without it."""
        with in_one_sentence(self.path, "its prompts"):
            told = [(frame, prompt.attributes()) for frame, prompt in self.whole_prompts()]
            return [(frame, attributes) for frame, attributes in told if attributes is not None]

    def whole_prompts(self) -> list[tuple[int, Prompt]]:
        """(from_frame, text and attributes), in order."""
        with in_one_sentence(self.path, "its prompts"):
            starts, texts = self._array(schema.PROMPT_FROM).tolist(), self._texts(schema.PROMPT_TEXT)
            stored = schema.PROMPT_ATTRIBUTES in self._file
            attributes = self._texts(schema.PROMPT_ATTRIBUTES) if stored else [""] * len(texts)
            return [(start, Prompt(*said)) for start, *said in zip(starts, texts, attributes, strict=True)]

    def wishes(self) -> list[tuple[int, int, str]]:
        """(from_frame, to_frame, text) of what was done because a text asked for it, by no mouse and no keyboard."""
        with in_one_sentence(self.path, "its prompts"):
            return wishes([(frame, prompt.attributes()) for frame, prompt in self.whole_prompts()], len(self))

    def shapes(self) -> list[PointerShape]:
        """The pointer shapes that occur, by their number."""
        with in_one_sentence(self.path, "its pointer shapes"):
            return schema.load_shapes(self._file)

    def __reduce__(self) -> tuple[Any, ...]:
        """A worker that is sent a session opens it for itself."""
        return type(self), (self.path,)

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _open(self) -> h5py.File:
        file = _open(self.path)
        try:
            with in_one_sentence(self.path, "its texts"):
                check_heap(self.path, file)
        except BaseException:
            file.close()
            raise
        return file

    def _load(self) -> None:
        with in_one_sentence(self.path, "its attributes"):
            self.attributes: dict[str, Any] = self._attributes()
        self._check_version()
        with in_one_sentence(self.path, "its columns"):
            faults = self._layout_faults()
        if faults:
            raise ValueError(f"{self.path} {faults[0]}; record it again")
        with in_one_sentence(self.path, "its columns"):
            self.frames: Frames | JoinedFrames = Frames(self._dataset(schema.FRAMES).id)
            self.t_ns: NDArray[np.int64] = self._array(schema.TIMES)
            self.late_ns: NDArray[np.int64] = self._array(schema.LATE)
            self.pointer_x_px: NDArray[np.int32] = self._array(schema.POINTER_X)
            self.pointer_y_px: NDArray[np.int32] = self._array(schema.POINTER_Y)
            self.pointer_shape: NDArray[np.int16] = self._array(schema.POINTER_SHAPE)
            self.event_rows: NDArray[np.void] = self._array(schema.EVENTS)
            self.raw_rows = self._later_array(schema.RAW)
        self._check_length()

    def _check_length(self) -> None:
        if self.frames.shape[0] > len(self.t_ns) + self.frames.chunk_frames:  # a recorder dies within one chunk
            raise ValueError(
                f"{self.path} is damaged: it says that it has {self.frames.shape[0]} frames and has {len(self.t_ns)} "
                "times; copy it again from its source or record it again"
            )

    def _state_before(self, frame: int) -> State | None:
        """The last state of a frame before this one, if there is any."""
        before = int(np.searchsorted(self.state_rows["t_ns"], self.t_ns[frame], side="left")) if frame else 0
        return State.of(self.state_rows[before - 1]) if before else None

    def _layout_faults(self) -> list[str]:
        return [*schema.layout_faults(self._file, self.attributes)]

    def _attributes(self) -> dict[str, Any]:
        return dict(self._file.attrs)

    def _dataset(self, name: str) -> h5py.Dataset:
        dataset = self._file[name]
        if not isinstance(dataset, h5py.Dataset):
            raise TypeError(f"{name} is no dataset")
        return dataset

    def _texts(self, name: str) -> list[str]:
        return [str(text) for text in self._dataset(name).asstr()[:]]

    def _array(self, name: str) -> NDArray[Any]:
        dataset = self._dataset(name)
        if (
            dataset.nbytes > self.path.stat().st_size
        ):  # columns are stored as they are; a broken length fills the memory
            raise OSError(f"{name} is longer than its file")
        return np.asarray(dataset[:])

    def _later_array(self, name: str) -> NDArray[np.void]:
        return self._array(name) if name in self._file else np.empty(0, schema.LATER_COLUMNS[name])

    def _check_version(self) -> None:
        version = self.attributes.get("schema")
        if not isinstance(version, np.integer):
            raise ValueError(f"{self.path} is an HDF5 file but not a session; record one with 'python -m recorder'")
        if version > schema.SCHEMA:
            raise ValueError(
                f"{self.path} has schema {version} and this program reads up to {schema.SCHEMA}; update dreamdesk"
            )
        if str(self.attributes.get("action_table")) != table_hash():
            raise ValueError(f"{self.path} was recorded with another action table; use the dreamdesk that recorded it")


def _open(path: Path) -> h5py.File:
    if not path.is_file():
        raise ValueError(f"{path} is not there; check the name")
    try:
        file = h5py.File(path, "r")
    except BlockingIOError as error:
        raise ValueError(f"{path} is being written right now; wait until its recording has ended") from error
    except ANY_COMPLAINT as error:
        if missing_bytes(path):
            raise ValueError(
                f"{path} is cut off, {missing_bytes(path)} bytes are missing at its end; copy it again from its "
                "source, or keep what is whole with 'python -m recorder verify --repair'"
            ) from error
        partial = path.name.endswith(schema.PARTIAL_SUFFIX)
        remedy = (
            "try 'python -m recorder verify --repair'"
            if partial
            else "copy it again from its source or record it again"
        )
        raise ValueError(f"{path} is not a readable HDF5 file (cut off, damaged or foreign); {remedy}") from error
    if is_torn(path):
        file.close()
        raise ValueError(f"{path} was cut off while it was written; try 'python -m recorder verify --repair'")
    return file
