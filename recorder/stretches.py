"""A session in; the stretches of its frames out in which the screen is black, or stands still while somebody acts."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recorder.actions import EventKind
from recorder.session import Session

_ACTS = [EventKind.BUTTON_DOWN, EventKind.SCROLL, EventKind.KEY_DOWN]  # a screen need not answer to mere motion


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """Frames start to stop - 1; `inputs` presses and wheel steps came during them."""

    start: int
    stop: int
    seconds: float
    inputs: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Looks:
    """What one pass over a session's frames sees: of each frame (T,), whether it is black, and as the one before."""

    black: NDArray[np.bool_]
    still: NDArray[np.bool_]

    @classmethod
    def of(cls, session: Session, progress: Callable[[], object] = lambda: None) -> "Looks":
        """`progress` hears of each frame. Raises ValueError where one does not decode."""
        black, still = np.zeros((2, len(session)), bool)
        before = None
        for index, rgb in enumerate(session.frames.one_by_one(0, len(session))):
            black[index] = not rgb.any()
            still[index] = before is not None and np.array_equal(rgb, before)
            before = rgb
            progress()
        return cls(black=black, still=still)


def black_stretches(session: Session, looks: Looks) -> list[Stretch]:
    """Where nothing but black is seen."""
    return [_stretch(session, start, stop) for start, stop in _runs(looks.black)]


def frozen_stretches(session: Session, looks: Looks, seconds: float) -> list[Stretch]:
    """Where the picture stays the same for longer than `seconds` although there are presses or wheel steps."""
    runs = [(max(0, start - 1), stop) for start, stop in _runs(looks.still)]  # with the frame that the others repeat
    found = (_stretch(session, start, stop) for start, stop in runs)
    return [stretch for stretch in found if stretch.seconds > seconds and stretch.inputs]


def _runs(marked: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(marked, prepend=False, append=False))
    return [(start, stop) for start, stop in edges.reshape(-1, 2).tolist()]


def _stretch(session: Session, start: int, stop: int) -> Stretch:
    begin_ns, end_ns = session.t_ns[start], session.t_ns[stop - 1]
    rows = session.event_rows[np.isin(session.event_rows["kind"], _ACTS)]
    inputs = np.count_nonzero((rows["t_ns"] > begin_ns) & (rows["t_ns"] <= end_ns))
    return Stretch(start=start, stop=stop, seconds=float(end_ns - begin_ns) / 1e9, inputs=int(inputs))
