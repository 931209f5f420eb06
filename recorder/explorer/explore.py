"""One explored session: a sandbox, a recorder and a hand, from one seed."""

import threading
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from random import Random

from Xlib import error

from recorder.capture import CaptureStats, capture
from recorder.clock import MonotonicClock
from recorder.dataset import COMPOSITIONAL, SPLIT
from recorder.doors import DisplayGone, x11
from recorder.explorer import goals
from recorder.explorer.eye import Eye
from recorder.explorer.hand import Hand, Stopped
from recorder.explorer.layout import Layout
from recorder.explorer.live import Live
from recorder.explorer.narrator import Narrator
from recorder.explorer.policy import POLICY, find_policy
from recorder.explorer.sandbox import Sandbox
from recorder.explorer.watch import Watch
from recorder.prompt import Prompt
from recorder.writer import SessionWriter

LOOK_PERIOD_S = 1 / 15  # windows are looked at no more often
IDLE_S = 0.5  # how long a watcher waits before it sees whether it should stop


@dataclass(frozen=True, kw_only=True)
class Exploration:
    """What to record; `seed` and `policy` decide appearance and behaviour."""

    path: Path
    seed: int
    seconds: float
    policy: str = POLICY.name
    fps: float = 15.0
    size_px: tuple[int, int] = (512, 384)


class Explorer:
    """A thread that pursues goals on a display until it is told to stop, and one that has told what is there."""

    def __init__(self, sandbox: Sandbox, seed: int) -> None:
        self._sandbox, self._seed = sandbox, seed
        self._stop = threading.Event()
        self._narrator = Narrator(sandbox.appearance, sandbox.policy.grammar, seed)
        self.failure: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="explorer", daemon=True)
        self._watch = threading.Thread(target=self._watch_windows, name="watch", daemon=True)

    def caption(self) -> Prompt | None:
        """The prompt for the next frame if it changed since the last call."""
        return self._narrator.take()

    def __enter__(self) -> "Explorer":
        self._thread.start()
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self._watch.join()

    def _run(self) -> None:
        random = Random(self._seed)
        hand = Hand(x11.X11Injector(self._sandbox.display), MonotonicClock(), random, self._stop)
        eye = Eye(self._sandbox.display)
        hand.place(random.randrange(self._sandbox.size_px[0]), random.randrange(self._sandbox.size_px[1]))
        live, done = self._live(), Counter[goals.Goal]()
        try:
            while True:
                scene = goals.Scene(hand, eye, random, self._layout(), live, done)
                goals.pursue(scene, self._sandbox.policy.choices)
        except Stopped:
            hand.let_go()
        except (error.ConnectionClosedError, OSError, ValueError) as failure:
            self.failure = failure
        finally:
            eye.close()

    def _live(self) -> Live | None:
        """Drawn apart from all else, so that a session without it goes as it would."""
        drawn = Random(f"live {self._seed}").random() < self._sandbox.policy.live
        return Live(self._sandbox, self._narrator) if drawn else None

    def _layout(self) -> Layout:
        return Layout(
            size_px=self._sandbox.size_px,
            appearance=self._narrator.appearance,
            launchers=self._sandbox.policy.launchers,
        )

    def _watch_windows(self) -> None:
        watch = Watch(self._sandbox.display)
        try:
            changed = True
            while not self._stop.is_set():
                if changed:
                    self._narrator.see(*watch.look())
                    self._stop.wait(LOOK_PERIOD_S)
                changed = watch.changed(IDLE_S)
        except DisplayGone as gone:
            self.failure = gone
        finally:
            watch.close()


def explore(order: Exploration) -> CaptureStats:
    """Record one session; returns its rates.

    Raises ValueError where the sandbox can't start or the desktop died; what was recorded stays in the partial file.
    """
    policy = find_policy(order.policy)
    attributes: dict[str, object] = {"source": "explorer", "seed": order.seed, "policy": policy.name}
    with Sandbox(seed=order.seed, size_px=order.size_px, policy=policy) as sandbox:
        screen, pointer = x11.X11Screen(sandbox.display), x11.X11Pointer(sandbox.display)
        inputs = x11.X11Input(sandbox.display)
        if sandbox.appearance.held_out:
            attributes |= {SPLIT: COMPOSITIONAL}
        writer = SessionWriter(order.path, size_px=order.size_px, fps=order.fps, attributes=attributes)
        end = round(order.seconds * order.fps)
        with writer, Explorer(sandbox, order.seed) as explorer:
            stats = capture(
                writer, screen, pointer, inputs, MonotonicClock(), fps=order.fps,
                stop=lambda stats: stats.frames + stats.skipped >= end or explorer.failure is not None,
                caption=explorer.caption,
            )  # fmt: skip
            if explorer.failure is not None:
                raise ValueError(f"the sandbox died ({explorer.failure}); record seed {order.seed} again")
        inputs.close()
        pointer.close()
        screen.close()
    return stats
