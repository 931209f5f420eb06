"""One explored session: a sandbox, a recorder and a hand, from one seed."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from random import Random

from recorder.capture import CaptureStats
from recorder.clock import MonotonicClock
from recorder.doors import x11
from recorder.explorer import goals
from recorder.explorer.eye import Eye
from recorder.explorer.film import film
from recorder.explorer.hand import Hand, Stopped
from recorder.explorer.layout import Layout
from recorder.explorer.live import Live
from recorder.explorer.policy import POLICY, find_policy
from recorder.explorer.sandbox import Sandbox
from recorder.explorer.user import User

SOURCE = "explorer"  # what a session of `explore` says of where it comes from


@dataclass(frozen=True, kw_only=True)
class Exploration:
    """What to record; `seed` and `policy` decide appearance and behaviour."""

    path: Path
    seed: int
    seconds: float
    policy: str = POLICY.name
    fps: float = 15.0
    size_px: tuple[int, int] = (512, 384)


class Explorer(User):
    """A user who pursues goals."""

    def _use(self) -> None:
        random = Random(self.seed)
        hand = Hand(x11.X11Injector(self._sandbox.display), MonotonicClock(), random, self._stop)
        eye = Eye(self._sandbox.display)
        hand.place(random.randrange(self._sandbox.size_px[0]), random.randrange(self._sandbox.size_px[1]))
        try:
            self._explore(hand, eye, random)
        except Stopped:
            hand.let_go()
        finally:
            eye.close()

    def _explore(self, hand: Hand, eye: Eye, random: Random) -> None:
        live, done = self._live(), Counter[goals.Goal]()
        while True:
            scene = goals.Scene(hand, eye, random, self._layout(), live, done, self.seed)
            goals.pursue(scene, self._sandbox.policy.choices)

    def _live(self) -> Live | None:
        """Drawn apart from all else, so that a session without it goes as it would."""
        drawn = Random(f"live {self.seed}").random() < self._sandbox.policy.live
        return Live(self._sandbox, self._narrator) if drawn else None

    def _layout(self) -> Layout:
        return Layout(
            size_px=self._sandbox.size_px,
            appearance=self._narrator.appearance,
            launchers=self._sandbox.policy.launchers,
        )


def explore(order: Exploration) -> CaptureStats:
    """Record one session; returns its rates.

    Raises ValueError where the sandbox can't start or the desktop died; what was recorded stays in the partial file.
    """
    end = round(order.seconds * order.fps)
    with Sandbox(seed=order.seed, size_px=order.size_px, policy=find_policy(order.policy)) as sandbox:
        return film(
            sandbox, Explorer(sandbox, order.seed), order.path, MonotonicClock(), fps=order.fps,
            attributes={"source": SOURCE}, stop=lambda stats: stats.frames + stats.skipped >= end,
        )  # fmt: skip
