"""`import-csgo`: a file of Counter-Strike frames and actions, as DIAMOND trains on them, in; a session out.

Such a file (Pearce and Zhu, 2021) holds for each frame i `frame_i_x`, BGR, and `frame_i_y`, 51 numbers: keys, mouse
buttons, and one of 23 and one of 15 bins for how far the mouse moved. It has no times: frames come 16 a second.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import tyro
from numpy.typing import NDArray
from tqdm import tqdm

from recorder.actions import BUTTONS, KEY_INDEX, Event, EventKind
from recorder.damage import in_one_sentence
from recorder.excerpt import whole_or_nothing
from recorder.pointer import PointerState
from recorder.writer import SessionWriter

FPS = 16
PERIOD_NS = 1_000_000_000 // FPS
PRESSES = (
    *((EventKind.KEY_DOWN, KEY_INDEX[name]) for name in ("KeyW", "KeyA", "KeyS", "KeyD", "Space", "ControlLeft")),
    *((EventKind.KEY_DOWN, KEY_INDEX[name]) for name in ("ShiftLeft", "Digit1", "Digit2", "Digit3", "KeyR")),
    *((EventKind.BUTTON_DOWN, BUTTONS.index(name)) for name in ("left", "right")),
)
_RELEASE = {EventKind.KEY_DOWN: EventKind.KEY_UP, EventKind.BUTTON_DOWN: EventKind.BUTTON_UP}
_RIGHT_PX = (2, 4, 10, 20, 30, 60, 100, 200, 300, 500, 1000)
_DOWN_PX = (2, 4, 10, 20, 50, 100, 200)
MOUSE_X_PX, MOUSE_Y_PX = ((*(-step for step in reversed(steps)), 0, *steps) for steps in (_RIGHT_PX, _DOWN_PX))
ACTION_LENGTH = len(PRESSES) + len(MOUSE_X_PX) + len(MOUSE_Y_PX)
MOUSE = "mouse_moved_px"  # attribute: (T, 2)


@dataclass(kw_only=True)
class ImportCsgo:
    """Make a session of a Counter-Strike file as DIAMOND trains on them.

    The game's mouse has no place on the screen, which a session's motion events need: how far it moved in each frame is
    in the attribute 'mouse_moved_px' instead.
    """

    source: tyro.conf.Positional[Path]
    """The .hdf5 file."""
    out: tyro.conf.Positional[Path]
    """The new session."""

    def run(self) -> None:
        if not self.source.is_file():
            raise ValueError(f"{self.source} is not there; check the name")
        with in_one_sentence(self.source, "it as HDF5"), h5py.File(self.source, "r") as file:
            actions = read_actions(file)
            first = self._frame(file, 0)
        moved = np.array([mouse_px(action) for action in actions], np.int16)
        height, width, _ = first.shape
        # Chunks are written when they are full: one written twice leaves a hole.
        writer = SessionWriter(
            self.out,
            size_px=(width, height),
            fps=FPS,
            attributes={"source": "csgo", MOUSE: moved},
            flush_ns=math.inf,
        )
        hidden = PointerState(x_px=width // 2, y_px=height // 2, shape=None)
        with h5py.File(self.source, "r") as file, whole_or_nothing(writer):
            writer.add_events(list(events(actions, hidden)))
            for index in tqdm(range(len(actions)), unit="frame", delay=0.5):
                with in_one_sentence(self.source, f"frame {index}"):
                    frame = self._frame(file, index)
                    if frame.shape != first.shape:
                        raise OSError("frames of several sizes")
                writer.add_frame(frame, (index + 1) * PERIOD_NS, hidden)
        print(f"{self.out}: {len(actions)} frames")

    def _frame(self, file: h5py.File, index: int) -> NDArray[np.uint8]:
        stored: Any = file[f"frame_{index}_x"]
        bgr = np.asarray(stored[:], np.uint8)
        if bgr.ndim != 3 or bgr.shape[2] != 3:
            raise OSError("no BGR image")
        return np.ascontiguousarray(bgr[..., ::-1])


def read_actions(file: h5py.File) -> list[NDArray[Any]]:
    """The 51 numbers of each frame; raises OSError for a file of another layout."""
    actions = []
    while f"frame_{len(actions)}_y" in file:
        stored: Any = file[f"frame_{len(actions)}_y"]
        actions.append(np.asarray(stored[:]))
        if actions[-1].shape != (ACTION_LENGTH,):
            raise OSError(f"not {ACTION_LENGTH} numbers a frame")
    if not actions:
        raise OSError("no frame")
    return actions


def events(actions: list[NDArray[Any]], pointer: PointerState) -> Iterator[Event]:
    """Presses and releases, each at the time of the first frame that shows it."""
    before = np.zeros(len(PRESSES), bool)
    for index, action in enumerate(actions):
        now = action[: len(PRESSES)] > 0
        for place in np.flatnonzero(now != before):
            kind, code = PRESSES[place]
            yield Event(
                t_ns=(index + 1) * PERIOD_NS,
                kind=kind if now[place] else _RELEASE[kind],
                code=code,
                x_px=pointer.x_px,
                y_px=pointer.y_px,
            )
        before = now


def mouse_px(action: NDArray[Any]) -> tuple[int, int]:
    """How far the mouse moved, to the right and down, by its bins."""
    across, along = np.split(action[len(PRESSES) :], [len(MOUSE_X_PX)])
    return MOUSE_X_PX[int(across.argmax())], MOUSE_Y_PX[int(along.argmax())]
