"""How fast a world is played, as a multiple of its own rate."""

from recorder.playhead import SPEEDS


class Speed:
    """One of SPEEDS; 1 at first."""

    def __init__(self) -> None:
        self._index = SPEEDS.index(1.0)

    @property
    def factor(self) -> float:
        return SPEEDS[self._index]

    def change(self, steps: int) -> None:
        """So many SPEEDS faster, or slower, where there is one."""
        self._index = min(max(self._index + steps, 0), len(SPEEDS) - 1)
