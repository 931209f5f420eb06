"""Reads a session file."""

from pathlib import Path
from types import TracebackType
from typing import Any

import h5py
import hdf5plugin  # noqa: F401  (registers the zstd filter)
import numpy as np
from numpy.typing import NDArray

from recorder import schema
from recorder.actions import Action, Event, table_hash
from recorder.alignment import frame_actions
from recorder.pointer import PointerShape


class Session:
    """An open session; a context manager.

    `frames[i]` is (H, W, 3) uint8, `t_ns` the frame times, `pointer_x_px`, `pointer_y_px`, `pointer_shape` the
    pointer plane (`schema.NO_SHAPE` where hidden), `attributes` what the file says of itself.

    Raises ValueError, with the remedy, for a file that is missing, foreign, damaged or newer than this program.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._file = _open(self.path)
        try:
            self._check()
        except BaseException:
            self._file.close()
            raise
        self.t_ns: NDArray[np.int64] = self._array(schema.TIMES)
        self.late_ns: NDArray[np.int64] = self._array(schema.LATE)
        self.pointer_x_px: NDArray[np.int32] = self._array(schema.POINTER_X)
        self.pointer_y_px: NDArray[np.int32] = self._array(schema.POINTER_Y)
        self.pointer_shape: NDArray[np.int16] = self._array(schema.POINTER_SHAPE)
        self.attributes: dict[str, Any] = dict(self._file.attrs)

    def __len__(self) -> int:
        return len(self.t_ns)

    @property
    def frames(self) -> h5py.Dataset:
        """(T, H, W, 3) uint8, RGB, without the pointer; read lazily."""
        return self._dataset(schema.FRAMES)

    @property
    def size_px(self) -> tuple[int, int]:
        """(width, height)."""
        return int(self.attributes["width_px"]), int(self.attributes["height_px"])

    @property
    def fps(self) -> float:
        """The nominal rate; `t_ns` has the true times."""
        return float(self.attributes["fps"])

    def events(self) -> list[Event]:
        """Every raw event, in order."""
        return [schema.event_from_row(row) for row in self._array(schema.EVENTS)]

    def actions(self) -> list[Action]:
        """One action a frame, derived from the events."""
        start = (int(self.pointer_x_px[0]), int(self.pointer_y_px[0])) if len(self) else (0, 0)
        return frame_actions(self.events(), self.t_ns.tolist(), start)

    def prompts(self) -> list[tuple[int, str]]:
        """(from_frame, text), in order."""
        texts = self._dataset(schema.PROMPT_TEXT).asstr()[:]
        return list(zip(self._array(schema.PROMPT_FROM).tolist(), [str(text) for text in texts], strict=True))

    def shapes(self) -> list[PointerShape]:
        """The pointer shapes that occur, by their number."""
        group = self._file[schema.SHAPES]
        assert isinstance(group, h5py.Group)
        return [_shape(self._dataset(f"{schema.SHAPES}/{index}")) for index in range(len(group))]

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> "Session":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _dataset(self, name: str) -> h5py.Dataset:
        dataset = self._file[name]
        assert isinstance(dataset, h5py.Dataset)
        return dataset

    def _array(self, name: str) -> NDArray[Any]:
        return np.asarray(self._dataset(name)[:])

    def _check(self) -> None:
        version = self._file.attrs.get("schema")
        if version is None:
            raise ValueError(f"{self.path} is an HDF5 file but not a session; record one with 'python -m recorder'")
        if int(version) > schema.SCHEMA:
            raise ValueError(
                f"{self.path} has schema {version} and this program reads up to {schema.SCHEMA}; update dreamdesk"
            )
        if self._file.attrs.get("action_table") != table_hash():
            raise ValueError(f"{self.path} was recorded with another action table; use the dreamdesk that recorded it")
        for name in (
            schema.FRAMES,
            schema.TIMES,
            schema.LATE,
            schema.POINTER_X,
            schema.POINTER_Y,
            schema.POINTER_SHAPE,
            schema.SHAPES,
            schema.EVENTS,
            schema.PROMPT_FROM,
            schema.PROMPT_TEXT,
        ):
            if name not in self._file:
                raise ValueError(f"{self.path} lacks '{name}'; record it again")


def _open(path: Path) -> h5py.File:
    if not path.is_file():
        raise ValueError(f"{path} is not there; check the name")
    try:
        return h5py.File(path, "r")
    except OSError as error:
        raise ValueError(
            f"{path} is not a readable HDF5 file (cut off or damaged); 'python -m recorder verify' says more"
        ) from error


def _shape(dataset: h5py.Dataset) -> PointerShape:
    return PointerShape(
        rgba=np.asarray(dataset[:]),
        hot_x_px=int(dataset.attrs["hot_x_px"]),
        hot_y_px=int(dataset.attrs["hot_y_px"]),
        name=str(dataset.attrs["name"]),
    )
