"""The moments of a play that one can go back to."""

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recorder.actions import Action
from simulator.world import Step, World


@dataclass(frozen=True, kw_only=True, eq=False)
class Moment:
    """What a world shows `frame` frames after its beginning."""

    frame: int
    step: Step


class History:
    """Plays `world` and keeps a snapshot of each of its last `seconds`; one of the shipped desktop takes 2 MB."""

    def __init__(self, world: World, seconds: int = 30) -> None:
        self._world = world
        self._every = max(1, round(world.fps))
        self._kept: deque[tuple[Moment, object]] = deque(maxlen=seconds + 1)

    def reset(self, *, seed: int, prompt: str, frame_u8: NDArray[np.uint8] | None) -> Moment:
        """Begin anew, with nothing to go back to."""
        self._kept.clear()
        return self._now(0, self._world.reset(seed=seed, prompt=prompt, frame_u8=frame_u8))

    def step(self, action: Action, prompt: str | None) -> Moment:
        """The next frame, under a new prompt unless that is None."""
        if prompt is not None:
            self._world.set_prompt(prompt)
        return self._now(self._frame + 1, self._world.step(action))

    def rewind(self) -> Moment:
        """Go back to the newest snapshot that is half a second old, or else to the oldest."""
        while len(self._kept) > 1 and self._frame - self._kept[-1][0].frame < self._every / 2:
            self._kept.pop()
        moment, snapshot = self._kept[-1]
        self._world.restore(snapshot)
        self._frame = moment.frame
        return moment

    def _now(self, frame: int, step: Step) -> Moment:
        self._frame = frame
        moment = Moment(frame=frame, step=step)
        if frame % self._every == 0:
            self._kept.append((moment, self._world.snapshot()))
        return moment
