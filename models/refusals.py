"""Boxes that were painted in vain: the model draws them again and again, a few pixels off, and the large ones cost."""

from models.cells import Box, cells_of
from models.follows import MOST_CELLS

NEAR_PX = 8  # each way that a box is still the same
WAIT_FRAMES = 8  # a large one rests so long, for what it waits for may come late; small ones are tried in each frame


class Refusals:
    """What was refused in this frame, and the larger boxes that were a short while ago."""

    def __init__(self) -> None:
        self._refused: list[tuple[int, Box]] = []

    def add(self, box: Box, frame: int) -> None:
        """It showed nothing in this frame."""
        self._refused.append((frame, box))

    def holds(self, box: Box, frame: int) -> bool:
        """Whether a box is about one that was refused."""
        self._refused = [(at, other) for at, other in self._refused if frame - at < _rest(other)]
        return any((abs(box - other) <= NEAR_PX).all() for _, other in self._refused)

    def forget(self) -> None:
        """Something happened that may have it show something."""
        self._refused = []


def _rest(box: Box) -> int:
    return WAIT_FRAMES if len(cells_of(box)) > MOST_CELLS else 1
