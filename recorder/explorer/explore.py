"""One explored session: a sandbox, a recorder and a hand, from one seed."""

import threading
from dataclasses import dataclass
from pathlib import Path
from random import Random

from Xlib import error

from recorder.capture import CaptureStats, capture
from recorder.clock import MonotonicClock
from recorder.doors import x11
from recorder.explorer import goals
from recorder.explorer.eye import Eye
from recorder.explorer.hand import Hand, Stopped
from recorder.explorer.sandbox import Sandbox
from recorder.writer import SessionWriter

POLICY = "goals-1"
CAPTION_PERIOD_S = 0.5


@dataclass(frozen=True, kw_only=True)
class Exploration:
    """What to record; `seed` decides appearance and behaviour."""

    path: Path
    seed: int
    seconds: float
    fps: float = 15.0
    size_px: tuple[int, int] = (512, 384)


class Explorer:
    """A thread that pursues goals on a display until it is told to stop; keeps a caption of what is open."""

    def __init__(self, sandbox: Sandbox, seed: int) -> None:
        self._sandbox, self._seed = sandbox, seed
        self._stop = threading.Event()
        self._caption = sandbox.appearance.sentence() + ", no window open"
        self._told: str | None = None
        self.failure: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="explorer", daemon=True)
        self._watch = threading.Thread(target=self._watch_windows, name="captions", daemon=True)

    def caption(self) -> str | None:
        """The caption if it changed since the last call."""
        if self._caption == self._told:
            return None
        self._told = self._caption
        return self._told

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
        try:
            while True:
                goals.pursue(hand, eye, random, self._sandbox.size_px)
        except Stopped:
            hand.let_go()
        except (error.ConnectionClosedError, OSError, ValueError) as failure:
            self.failure = failure
        finally:
            eye.close()

    def _watch_windows(self) -> None:
        eye = Eye(self._sandbox.display)
        while not self._stop.wait(CAPTION_PERIOD_S):
            self._caption = f"{self._sandbox.appearance.sentence()}, {goals.describe(eye.windows())}"
        eye.close()


def explore(order: Exploration) -> CaptureStats:
    """Record one session; returns its rates.

    Raises ValueError where the sandbox can't start or the desktop died; what was recorded stays in the partial file.
    """
    attributes = {"source": "explorer", "seed": order.seed, "policy": POLICY}
    with Sandbox(seed=order.seed, size_px=order.size_px) as sandbox:
        screen, pointer = x11.X11Screen(sandbox.display), x11.X11Pointer(sandbox.display)
        inputs = x11.X11Input(sandbox.display)
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
