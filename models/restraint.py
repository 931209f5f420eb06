"""What holds changes back: a model that draws each frame may want to better the last one for ever, a desktop rests."""

import numpy as np
from jaxtyping import Bool, Int
from numpy.typing import NDArray

from models.cells import Box, tiles_under
from models.refusals import Refusals
from models.tiles import TILE_PX
from recorder.actions import Action

MOST_FREE = 0.5  # share of the tiles that a change alters that have to be free to (`Sampling.repeats`)
REACH = 2  # tiles around the pointer that may change anew when it moves: what lights up under it


class Restraint:
    """Of a screen of `shape` tiles, which rests `rest_frames` after the last input, `still` frames ago at the start."""

    def __init__(self, shape: tuple[int, int], rest_frames: int, still: int) -> None:
        self._shape, self._rest_frames = shape, rest_frames
        self._last_press = self._last_input = -still
        self._changes = np.zeros(shape[0] * shape[1], np.int64)
        self._refusals = Refusals()

    def take(self, action: Action, frame: int, *, moved: bool, asking: bool) -> None:
        """An action: whether the pointer has `moved` in it, and a text is `asking` for something."""
        pressed = bool(action.events or action.buttons)
        if pressed:
            self.free_all()
        elif moved:
            self._changes[self._near(action)] = 0
        if pressed or action.keys or asking:
            self._last_press = frame
            self._refusals.forget()
        if moved or self._last_press == frame:
            self._last_input = frame

    def free_all(self) -> None:
        """Something is about to happen anywhere."""
        self._changes[:] = 0

    def note(self, changed: Bool[np.ndarray, "n"]) -> None:
        """Tiles changed, so what was refused may be right now."""
        self._changes[changed] += 1
        self._refusals.forget()

    def rests(self, frame: int) -> bool:
        """Whether nothing changes any more."""
        return frame - self._last_input > self._rest_frames

    def hovers(self, frame: int) -> bool:
        """Whether nothing happens but that the pointer moves."""
        return frame - self._last_press > self._rest_frames

    def free(self, repeats: int) -> Bool[np.ndarray, "n"]:
        """The tiles that may change, for they did so less often than `repeats` since the last press."""
        return self._changes < repeats

    def tires(self, box: Box, cells: Int[np.ndarray, "k"], repeats: int) -> bool:
        """Whether most of what lies under the cells of a box that would change is not free to."""
        tiles = tiles_under(box, self._shape[1])[cells]
        return len(tiles) > 0 and bool(self.free(repeats)[tiles].any(axis=1).mean() < MOST_FREE)

    def refuse(self, box: Box, frame: int) -> None:
        """A box was painted in vain."""
        self._refusals.add(box, frame)

    def refuses(self, box: Box, frame: int) -> bool:
        """Whether a box is about one that was painted in vain a short while ago."""
        return self._refusals.holds(box, frame)

    def _near(self, action: Action) -> NDArray[np.bool_]:
        """The tiles (n,) within REACH of the one under the pointer."""
        column, row = action.x_px // TILE_PX, action.y_px // TILE_PX
        rows, columns = np.ogrid[: self._shape[0], : self._shape[1]]
        return ((abs(rows - row) <= REACH) & (abs(columns - column) <= REACH)).ravel()
