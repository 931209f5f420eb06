"""`cut`: a session and two times in, the session between them out."""

from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Annotated

import numpy as np
import tyro

from recorder.repack import write_with_bar
from recorder.schema import CHUNK_FRAMES, LEVEL
from recorder.segments import open_session
from recorder.session import Session


@dataclass(kw_only=True)
class Cut:
    """Cut out the part of a session between two times; it is stored as a recording is."""

    source: tyro.conf.Positional[Path]
    """The session."""
    out: tyro.conf.Positional[Path]
    """The new file."""
    from_s: Annotated[float, tyro.conf.arg(name="from", metavar="SECONDS")] = 0.0
    """Where the part begins, in seconds after the first frame."""
    to_s: Annotated[float, tyro.conf.arg(name="to", metavar="SECONDS")] = inf
    """Where it ends; a frame of exactly this time is left out, so that parts that follow each other share none."""

    def run(self) -> None:
        if not 0 <= self.from_s < self.to_s:
            raise ValueError("--from must be at least 0 and --to above it")
        with open_session(self.source) as session:
            start, stop = frame_range(session, self.from_s, self.to_s)
            write_with_bar(session, self.out, start=start, stop=stop, chunk_frames=CHUNK_FRAMES, level=LEVEL)
        print(f"{self.out}: frames {start} to {stop - 1} of {self.source}")


def frame_range(session: Session, from_s: float, to_s: float) -> tuple[int, int]:
    """The frames start to stop - 1 with times in [from_s, to_s), in seconds after the first frame.

    Raises ValueError where there is none.
    """
    after_ns = session.t_ns - session.t_ns[:1]
    start, stop = np.searchsorted(after_ns, np.rint(np.array([from_s, to_s]) * 1e9)).tolist()
    if start >= stop:
        last_s = after_ns[-1] / 1e9 if len(session) else 0
        raise ValueError(
            f"{session.path} has no frame from {from_s:g} to {to_s:g} s; its last is at {last_s:.2f} s:"
            " name other times"
        )
    return start, stop
