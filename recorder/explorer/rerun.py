"""A rerun: a session of `explore` in, its replay out as a file, and in words how much that differs."""

from dataclasses import dataclass
from pathlib import Path

from recorder.capture import CaptureStats
from recorder.difference import difference
from recorder.explorer.replay import replay
from recorder.explorer.score import read_score
from recorder.session import Session

MOST_LATE = 0.02  # of the frames of a floor that says something


@dataclass(frozen=True, kw_only=True)
class Rerun:
    """What to record again, and where."""

    original: Path
    path: Path

    def check(self) -> None:
        """Raises ValueError where that makes no sense."""
        read_score(self.original)
        if self.path.exists() and self.path.samefile(self.original):
            raise ValueError(f"{self.path} is what is to be replayed; name another folder")


def rerun(order: Rerun) -> str:
    """Record one replay; returns its rates and its difference from the original. Raises ValueError as `replay` does."""
    stats = replay(read_score(order.original), order.path)
    with Session(order.original) as original, Session(order.path) as again:
        return f"{stats}; {difference(original, again)}{remark(stats)}"


def remark(stats: CaptureStats) -> str:
    """What is to be said where frames show another moment than the original's."""
    if stats.late <= MOST_LATE * stats.frames:
        return ""
    return f"; {stats.late} frames are late, so this is no floor: remove it and replay with less to do for the machine"
