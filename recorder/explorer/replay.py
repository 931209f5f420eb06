"""A replay: the inputs and wishes of a session of `explore` once more, in a fresh sandbox that starts as its did."""

from contextlib import closing
from pathlib import Path

from recorder.capture import CaptureStats
from recorder.clock import Clock, MonotonicClock, planned
from recorder.doors import x11
from recorder.explorer.deed import deeds, perform
from recorder.explorer.film import film
from recorder.explorer.live import Live
from recorder.explorer.sandbox import Sandbox
from recorder.explorer.score import Score
from recorder.explorer.user import User

SOURCE = "replay"
REPLAY_OF, REPLAY_OF_SHA256 = "replay_of", "replay_of_sha256"  # the original's file name and digest
LEAD_NS = 1_000_000_000  # from here to the first frame: for the doors to open, and for inputs that came before it


class Replayer(User):
    """A user who does what a score says, counted from `start_ns`."""

    def __init__(self, sandbox: Sandbox, score: Score, clock: Clock, start_ns: int) -> None:
        super().__init__(sandbox, score.seed)
        self._score, self._clock, self._start_ns = score, clock, start_ns

    def _use(self) -> None:
        with closing(x11.X11Injector(self._sandbox.display)) as injector:
            again = deeds(self._score, injector, Live(self._sandbox, self._narrator))
            perform(again, self._clock, self._start_ns, self._stop)


def replay(score: Score, path: Path) -> CaptureStats:
    """Record a session again, each frame at the time of the original's: frame i of both is the same moment.

    Raises ValueError where the sandbox can't start or the desktop died; what was recorded stays in the partial file.
    """
    clock = MonotonicClock()
    with Sandbox(seed=score.seed, size_px=score.size_px, policy=score.policy) as sandbox:
        start_ns = clock.now_ns() + LEAD_NS
        return film(
            sandbox, Replayer(sandbox, score, clock, start_ns), path, clock, fps=score.fps,
            attributes={"source": SOURCE, REPLAY_OF: score.name, REPLAY_OF_SHA256: score.sha256},
            ticks=planned(clock, [start_ns + after_ns for after_ns in score.deadlines_ns]),
            stop=lambda _: False,
        )  # fmt: skip
