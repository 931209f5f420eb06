"""Drives a world along a recorded track and hands out what it showed beside the truth."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from recorder.actions import Action
from simulator.changes import changed_tiles
from simulator.footage import Footage
from simulator.world import Step, World

WARM_UP_FRAMES = 150  # as many as there are: a world that remembers is entitled to its past
LEAST_WARM_UP_FRAMES = 8

Advance = Callable[[World, Action, NDArray[np.uint8]], Step]


def closed_loop(world: World, action: Action, _truth_u8: NDArray[np.uint8]) -> Step:
    """The world goes on from what it showed itself."""
    return world.step(action)


def teacher_forced(world: World, action: Action, truth_u8: NDArray[np.uint8]) -> Step:
    """The world goes on from the truth."""
    return world.observe(action, truth_u8)


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """`frames` consecutive frames of one session, the first of them `first`; the warm-up, of up to `told` true frames,
    lies before it.
    """

    session: int
    first: int
    frames: int
    told: int = WARM_UP_FRAMES


@dataclass(frozen=True, kw_only=True, eq=False)
class Moment:
    """One frame of a stretch: the truth before and now, what the world showed before and its step."""

    frame: int
    true_before_u8: NDArray[np.uint8]
    true_u8: NDArray[np.uint8]
    shown_before_u8: NDArray[np.uint8]
    step: Step

    def true_changed(self) -> NDArray[np.bool_]:
        """The tiles (H/16, W/16) that truly changed."""
        return changed_tiles(self.true_before_u8, self.true_u8)

    def shown_changed(self) -> NDArray[np.bool_]:
        """The tiles (H/16, W/16) that the world painted and that look different now."""
        return self.step.dirty & changed_tiles(self.shown_before_u8, self.step.frame_u8)


class Play(Protocol):
    """What shows the moments of a stretch: a world that is rolled, or a recording."""

    def __call__(self, footage: Footage, stretch: Stretch, advance: Advance, *, seed: int) -> Iterator[Moment]: ...


def first_possible() -> int:
    """The earliest frame at which a stretch can begin: the least warm-up and the frame to begin at lie before it."""
    return LEAST_WARM_UP_FRAMES + 1


def roll(world: World, footage: Footage, stretch: Stretch, advance: Advance, *, seed: int) -> Iterator[Moment]:
    """Begin at a true frame, tell the true ones of the warm-up for context, then advance through the stretch.

    What the world showed before the first moment counts as the truth: it has just been told.
    """
    assert stretch.first >= first_possible()
    start = max(0, stretch.first - stretch.told - 1)
    frames = footage.frames(start, stretch.first - start + stretch.frames)
    before_u8 = next(frames)
    world.reset(seed=seed, prompt=footage.prompt(start), frame_u8=before_u8)
    for frame in range(start + 1, stretch.first):
        before_u8 = next(frames)
        world.tell(footage.actions[frame], before_u8)
    shown_u8 = before_u8
    for frame, true_u8 in enumerate(frames, start=stretch.first):
        step = advance(world, footage.actions[frame], true_u8)
        yield Moment(frame=frame, true_before_u8=before_u8, true_u8=true_u8, shown_before_u8=shown_u8, step=step)
        before_u8, shown_u8 = true_u8, step.frame_u8
