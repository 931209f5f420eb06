"""A Counter-Strike file of the kind that DIAMOND trains on, read as a session is."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from recorder.actions import Action
from recorder.alignment import frame_actions
from recorder.csgo import FPS, PERIOD_NS, events, mouse_px, read_actions
from recorder.damage import in_one_sentence
from recorder.pointer import PointerShape, PointerState
from recorder.prompt import Prompt
from recorder.schema import NO_SHAPE
from simulator.world import TILE_PX

SUFFIX = ".hdf5"


class Game:
    """What `Footage` needs of a session (recorder.csgo tells of the layout); close it.

    The mouse of such a game has no place on the screen. `x_px`, `y_px` of an action are the sum of all its way from the
    middle of the screen on, so that the way of a frame is the difference to the action before. Frames are filled up
    with black, at the right and below, to whole tiles.

    Raises ValueError, with the remedy, for a file of another layout.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise ValueError(f"{path} is not there; check the name")
        self.path = path
        with in_one_sentence(path, "it as HDF5"):
            self._file = h5py.File(path, "r")
        try:
            with in_one_sentence(path, "its frames and actions"):
                self._numbers = read_actions(self._file)
                height, width, _ = self._stored(0).shape
        except ValueError:
            self._file.close()
            raise
        self.size_px = (_whole_tiles(width), _whole_tiles(height))
        self.fps = float(FPS)
        self.pointer_shape = np.full(len(self._numbers), NO_SHAPE)

    def __len__(self) -> int:
        return len(self._numbers)

    @property
    def frames(self) -> "Game":
        """Slices of it are frames (n, H, W, 3), RGB."""
        return self

    def __getitem__(self, span: slice) -> NDArray[np.uint8]:
        with in_one_sentence(self.path, "its frames"):
            return np.stack([self._frame(index) for index in range(*span.indices(len(self)))])

    def actions(self) -> list[Action]:
        """One action a frame."""
        x_px, y_px = self.size_px[0] // 2, self.size_px[1] // 2
        hidden = PointerState(x_px=x_px, y_px=y_px, shape=None)
        times = [(index + 1) * PERIOD_NS for index in range(len(self))]
        told = frame_actions(list(events(self._numbers, hidden)), times, (x_px, y_px))
        ways = np.cumsum([mouse_px(number) for number in self._numbers], axis=0).tolist()
        return [
            replace(action, x_px=x_px + right, y_px=y_px + down)
            for action, (right, down) in zip(told, ways, strict=True)
        ]

    def shapes(self) -> list[PointerShape]:
        """None: the game has no pointer."""
        return []

    def whole_prompts(self) -> list[tuple[int, Prompt]]:
        """None were written down."""
        return []

    def close(self) -> None:
        self._file.close()

    def _frame(self, index: int) -> NDArray[np.uint8]:
        stored = self._stored(index)
        frame_u8 = np.zeros((self.size_px[1], self.size_px[0], 3), np.uint8)
        frame_u8[: stored.shape[0], : stored.shape[1]] = stored[..., ::-1]
        return frame_u8

    def _stored(self, index: int) -> NDArray[np.uint8]:
        """The picture as the file has it, BGR."""
        stored: Any = self._file[f"frame_{index}_x"]
        bgr = np.asarray(stored[:], np.uint8)
        if bgr.ndim != 3 or bgr.shape[2] != 3:
            raise OSError("no BGR image")
        return bgr


def game_paths(folder: Path) -> Iterator[Path]:
    """The files of a folder, and of the folders in it as DIAMOND's data has them, by name."""
    yield from sorted(folder.rglob("*" + SUFFIX))


def _whole_tiles(side_px: int) -> int:
    return -(-side_px // TILE_PX) * TILE_PX
