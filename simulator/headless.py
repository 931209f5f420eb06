"""Plays a world without a display, driven by a recorded action track."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from recorder.clock import Clock
from recorder.session import Session
from simulator.output import Output
from simulator.world import World


@dataclass(frozen=True, kw_only=True)
class Played:
    """`step_ns` is the time of each step, the first frame left out; `dirty` its number of dirty tiles."""

    frames: int
    step_ns: tuple[int, ...]
    dirty: tuple[int, ...]

    def sentence(self) -> str:
        """What came of it, for a person."""
        if not self.step_ns:
            return f"{self.frames} frame"
        p50, p95 = np.percentile(self.step_ns, (50, 95)) / 1e6
        fps = len(self.step_ns) * 1e9 / max(1, sum(self.step_ns))
        return (
            f"{self.frames} frames at {fps:.1f} frames a second; a step takes {p50:.1f} ms (p50), {p95:.1f} ms (p95); "
            f"{np.mean(self.dirty):.1f} dirty tiles a frame"
        )


def check_track(world: World, track: Session) -> None:
    """Raises ValueError, with the remedy, where the track's actions mean something else to this world."""
    if not len(track):
        raise ValueError(f"{track.path} has no frame; name a session that has")
    if track.size_px != world.size_px:
        raise ValueError(
            f"{track.path} is {_size(track.size_px)} and the checkpoint plays {_size(world.size_px)}; "
            "use a session of that size"
        )
    if track.fps != world.fps:
        raise ValueError(
            f"{track.path} has {track.fps:g} frames a second and the checkpoint plays {world.fps:g}; "
            "use a session of that rate"
        )


def play_track(
    world: World,
    track: Session,
    output: Output,
    clock: Clock,
    *,
    frames: int,
    seed: int,
    prompt: str,
    first_u8: NDArray[np.uint8] | None,
) -> Played:
    """Begin at a frame, None being one of the world's own, and step through the track's actions.

    `frames` counts the first.
    """
    actions = track.actions()[:frames]
    step_ns, dirty = [], []
    output.add(0, actions[0], world.reset(seed=seed, prompt=prompt, frame_u8=first_u8))
    for index, action in enumerate(tqdm(actions[1:], unit="frame", initial=1, total=len(actions)), start=1):
        begun_ns = clock.now_ns()
        step = world.step(action)
        step_ns.append(clock.now_ns() - begun_ns)
        dirty.append(int(step.dirty.sum()))
        output.add(index, action, step)
    return Played(frames=len(actions), step_ns=tuple(step_ns), dirty=tuple(dirty))


def _size(size_px: tuple[int, int]) -> str:
    return f"{size_px[0]}x{size_px[1]}"
