"""The screens that were shown last, whole: what a change may bring back is cut from them."""

from collections import deque
from copy import copy

import numpy as np
from numpy.typing import NDArray

from models.cells import Box, cut
from models.recall import LOOK_BACK
from models.tiles import TILE_PX

KEPT = 64


def touches(box: Box, dirty: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether changes of tiles (*k, rows, columns) touch a box: (*k,)."""
    (left, top), (right, bottom) = box // TILE_PX
    return np.asarray(dirty[..., top : bottom + 1, left : right + 1].any(axis=(-2, -1)))


class Screens:
    """The last KEPT different screens."""

    def __init__(self, frame_u8: NDArray[np.uint8], before_u8: NDArray[np.uint8] | None = None, since: int = 0) -> None:
        """Begin with a screen that is shown `since` a frame; `before_u8` was shown before it, if anything is known."""
        everything = np.ones([side // TILE_PX for side in frame_u8.shape[:2]], bool)
        self._shown = deque([(frame_u8, everything, since)], maxlen=KEPT)
        if before_u8 is not None:
            self._shown.appendleft((before_u8, everything, since - 1))

    def __deepcopy__(self, memo: dict) -> "Screens":
        """The screens are shared: nobody writes to them."""
        other = copy(self)
        other._shown = copy(self._shown)
        return other

    def show(self, frame_u8: NDArray[np.uint8], dirty: NDArray[np.bool_], frame: int) -> None:
        """Add a screen that nobody will write to, the tiles (rows, columns) that changed to it, and when."""
        self._shown.append((frame_u8, dirty, frame))

    def cut(self, box: Box, cells: NDArray[np.int64]) -> tuple[list[NDArray[np.uint8]], list[int]]:
        """Some cells of a box on the last LOOK_BACK screens that changed it, oldest first, and when each came."""
        touching = [(shown, frame) for shown, dirty, frame in self._shown if touches(box, dirty)]
        shown = touching[-LOOK_BACK:] or [(self._shown[-1][0], self._shown[-1][2])]
        return [cut(screen, box)[cells] for screen, _ in shown], [frame for _, frame in shown]
