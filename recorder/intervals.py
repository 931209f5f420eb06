"""A session in; the times between its frames, pauses left out, its rate and what was skipped out."""

import numpy as np
from numpy.typing import NDArray

from recorder.session import Session


def intervals_ns(session: Session) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The numbers of the frames that follow one without a pause between, and the times from that one to them."""
    frames = np.setdiff1d(np.arange(1, len(session)), session.pauses)
    return frames, np.diff(session.t_ns)[frames - 1]


def recorded_s(session: Session) -> float:
    """How long was recorded, from the first frame to the last without pauses."""
    return float(intervals_ns(session)[1].sum()) / 1e9


def frame_rate(session: Session) -> float:
    """Frames a second of recorded time, 0 where there is none."""
    frames, seconds = intervals_ns(session)[0], recorded_s(session)
    return len(frames) / seconds if seconds else 0.0


def skipped_frames(session: Session) -> int:
    """How many frames the recorder left out because it was late.

    A frame's deadline, a multiple of the nominal period after the first one's, is its time less its lateness.
    """
    frames, _ = intervals_ns(session)
    apart_ns = np.diff(session.t_ns - session.late_ns)[frames - 1]
    return int(np.maximum(np.rint(apart_ns * session.fps / 1e9) - 1, 0).sum())
