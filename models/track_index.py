"""What each tile of a track showed, and when."""

import numpy as np
from numpy.typing import NDArray

from models.cells import Box, cut
from models.parts import box_px, largest_part
from models.recall import LOOK_BACK
from models.screens import touches
from models.tiles import TILE_PX, to_frame
from models.track import Track


class TrackIndex:
    """Answers what a tile showed and when, for one track."""

    def __init__(
        self,
        track: Track,
        offset: int = 0,
        shape_index: NDArray[np.int64] | None = None,
        wish_index: NDArray[np.int64] | None = None,
    ) -> None:
        self.track = track
        self.rows, self.columns = (int(side) for side in track.grid_shape)
        self.grids = track.grids.astype(np.int64) + offset
        self._offset = offset
        dirty = track.dirty()
        self._dirty = dirty.reshape(-1, self.rows, self.columns)
        tile, row = np.nonzero(dirty.T)
        self._key = tile * len(track) + track.change_frame[row]
        self._frame = track.change_frame[row]
        self._content = self.grids[row, tile]
        self._first = np.searchsorted(tile, np.arange(self.rows * self.columns))
        self._shapes = np.append([] if shape_index is None else shape_index, 0)  # -1, no shape, reads the last entry
        self._wishes = np.append([] if wish_index is None else wish_index, 0)

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height of the screen."""
        return self.columns * TILE_PX, self.rows * TILE_PX

    def grid(self, frame: int) -> NDArray[np.int64]:
        """What each tile shows at a frame."""
        return self.grids[np.searchsorted(self.track.change_frame, frame, side="right") - 1]

    def touching(self, box: Box, frame: int) -> NDArray[np.int64]:
        """The last LOOK_BACK changes up to a frame that touch a box, as rows of the track; the newest last."""
        until = int(np.searchsorted(self.track.change_frame, frame, side="right"))
        return np.flatnonzero(touches(box, self._dirty[:until]))[-LOOK_BACK:]

    def box(self, row: int) -> Box:
        """The box of the largest part of a change."""
        part = largest_part(self._dirty[row])
        before, after = (self.track.tiles_u8[self.track.grids[near][part.ravel()]] for near in (row - 1, row))
        return box_px(part, before, after)

    def cells(self, row: int, box: Box) -> NDArray[np.uint8]:
        """The cells of a box on the screen of a change."""
        (left, top), (right, bottom) = box // TILE_PX
        grid = self.track.grids[row].reshape(self.rows, self.columns)[top : bottom + 1, left : right + 1]
        around = to_frame(self.track.tiles_u8[grid.ravel()], grid.shape[1])
        return cut(around, box - np.array([left, top]) * TILE_PX)

    def tiles_u8(self, content: NDArray[np.int64]) -> NDArray[np.uint8]:
        """The pixels (m, TILE_VALUES) of contents (m,)."""
        return self.track.tiles_u8[content - self._offset]

    def changes(self, frame: int) -> int:
        """How many tiles change at a frame."""
        row = int(np.searchsorted(self.track.change_frame, frame))
        there = row < len(self._dirty) and self.track.change_frame[row] == frame
        return int(self._dirty[row].sum()) if there else 0

    def shape(self, frame: int) -> int:
        return int(self._shapes[self.track.shape[frame]])

    def wish(self, frame: int) -> int:
        """What a text asks for at a frame; 0 for nothing."""
        return int(self._wishes[self.track.wish[frame]])

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
