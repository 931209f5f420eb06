"""One session of the toy desktop: first all that a hand does, then its recording, on a clock that nobody waits for."""

import threading
from dataclasses import dataclass
from pathlib import Path
from random import Random

from recorder.capture import CaptureStats, capture
from recorder.clock import FakeClock
from recorder.dataset import COMPOSITIONAL, SPLIT
from recorder.explorer.hand import Hand
from recorder.explorer.narrator import Narrator
from recorder.explorer.words import sentence
from recorder.toy import POLICY, layout
from recorder.toy.desktop import Desktop
from recorder.toy.goals import Choices, Scene, pursue, weights
from recorder.toy.play import Play, ToyInput, ToyPointer, ToyScreen
from recorder.toy.script import Scribe, Script
from recorder.writer import SessionWriter

LIVE_SHARE = 0.5  # of the sessions: there texts cause changes too
READY_S = 0.5  # before the first input


@dataclass(frozen=True, kw_only=True)
class ToyExploration:
    """What to record; `seed` decides all of it, to the byte. `choices` are the goals of a lesson, or all."""

    path: Path
    seed: int
    seconds: float
    fps: float = 15.0
    choices: Choices = weights


def explore(order: ToyExploration) -> CaptureStats:
    """Record one session; raises ValueError as a SessionWriter does."""
    desktop, clock = Desktop.of(order.seed), FakeClock()
    attributes: dict[str, object] = {"source": "toy", "seed": order.seed, "policy": POLICY, "platform": "toy"}
    if desktop.appearance.held_out:
        attributes |= {SPLIT: COMPOSITIONAL}
    narrator = Narrator(desktop.appearance, sentence, order.seed)
    play = Play(write_script(order.seed, order.seconds, order.choices), desktop, narrator, clock)
    end = round(order.seconds * order.fps)
    with SessionWriter(order.path, size_px=layout.SIZE_PX, fps=order.fps, attributes=attributes) as writer:
        return capture(
            writer, ToyScreen(play), ToyPointer(play), ToyInput(play), clock, fps=order.fps,
            stop=lambda stats: stats.frames >= end, caption=play.caption,
        )  # fmt: skip


def write_script(seed: int, seconds: float, choices: Choices = weights) -> Script:
    """What happens in a session of so many seconds, and a little longer."""
    random, clock = Random(seed), FakeClock()
    scribe = Scribe(Desktop.of(seed), clock)
    hand = Hand(scribe, clock, random, threading.Event())
    scene = Scene(hand=hand, scribe=scribe, random=random, live=Random(f"live {seed}").random() < LIVE_SHARE)
    hand.place(*scene.inside(layout.window(layout.held_inside(0, 0))))
    hand.wait(READY_S)
    while clock.now_ns() < seconds * 1e9:
        pursue(scene, choices)
    return scribe.script
