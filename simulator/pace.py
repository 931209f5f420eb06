"""Absolute deadlines for one who must not wait: `recorder.clock.deadlines` for an event loop."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Tick:
    """A deadline that has come, and how many before it were missed."""

    deadline_ns: int
    skipped: int


class Pace:
    """Deadlines at `fps` from `start_ns` on; those that pass while nobody asks are skipped, never bunched up."""

    def __init__(self, fps: float, start_ns: int) -> None:
        self._fps = fps
        self._start_ns = start_ns
        self._index = 0

    def due(self, now_ns: int) -> Tick | None:
        """The newest deadline that has come since the last one given, or None."""
        newest = int((now_ns - self._start_ns) * self._fps // 1e9)
        if newest < self._index:
            return None
        tick = Tick(self._start_ns + round(newest * 1e9 / self._fps), newest - self._index)
        self._index = newest + 1
        return tick
