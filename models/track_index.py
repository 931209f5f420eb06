"""What each tile of a track showed, and when."""

import numpy as np
from numpy.typing import NDArray

from models.recall import LOOK_BACK
from models.track import Track


class TrackIndex:
    """Answers what a tile showed and when, for one track."""

    def __init__(self, track: Track, offset: int, shape_index: NDArray[np.int64]) -> None:
        self.track = track
        self.rows, self.columns = (int(side) for side in track.grid_shape)
        self.grids = track.grids.astype(np.int64) + offset
        self._offset = offset
        dirty = track.dirty()
        tile, row = np.nonzero(dirty.T)
        self._key = tile * len(track) + track.change_frame[row]
        self._frame = track.change_frame[row]
        self._content = self.grids[row, tile]
        self._first = np.searchsorted(tile, np.arange(self.rows * self.columns))
        self._shapes = np.append(shape_index, 0)  # -1, no shape, reads the last entry

    def grid(self, frame: int) -> NDArray[np.int64]:
        """What each tile shows at a frame."""
        return self.grids[np.searchsorted(self.track.change_frame, frame, side="right") - 1]

    def tiles_u8(self, content: NDArray[np.int64]) -> NDArray[np.uint8]:
        """The pixels (m, TILE_VALUES) of contents (m,)."""
        return self.track.tiles_u8[content - self._offset]

    def shape(self, frame: int) -> int:
        return int(self._shapes[self.track.shape[frame]])

    def last_change(self, frame: int) -> NDArray[np.int64]:
        """For each tile the frame of its last change up to `frame`."""
        return self._frame[self._until(np.arange(self.rows * self.columns), frame) - 1]

    def history(self, tile: NDArray[np.int64], frame: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """(n, LOOK_BACK) contents up to `frame`, oldest first, and their frames; -1 where there was none."""
        place = self._until(tile, frame)[:, None] + np.arange(-LOOK_BACK, 0)
        there = place >= self._first[tile][:, None]
        return np.where(there, self._content[place], -1), np.where(there, self._frame[place], -1)

    def _until(self, tile: NDArray[np.int64], frame: int) -> NDArray[np.int64]:
        return np.searchsorted(self._key, tile * len(self.track) + frame, side="right")
