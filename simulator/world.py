"""The contract between a generated interface and everything that plays, records or judges it."""

from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from recorder.actions import Action
from recorder.pointer import PointerShape

TILE_PX = 16


@dataclass(frozen=True, kw_only=True, eq=False)
class Step:
    """What a world shows after one action.

    `frame_u8` is (H, W, 3) RGB without the pointer and belongs to the caller. `dirty` (H/16, W/16) bool says which
    tiles were painted in this step; all others are bit-identical to the frame before. `dirty_probability`, of the
    same shape in [0, 1], is the model's probability that a tile changes: in `observe` given that something does, and
    in `step` given what was drawn so far, so that it is 0 where nothing is to change; `change_probability` that
    anything changes at all. `shape` is the pointer's shape, None while it is hidden.
    `parts_ms` is the wall time of each part of the step.
    """

    frame_u8: NDArray[np.uint8]
    dirty: NDArray[np.bool_]
    dirty_probability: NDArray[np.float32]
    change_probability: float
    shape: PointerShape | None
    parts_ms: dict[str, float] = field(default_factory=dict)


@runtime_checkable
class Sampled(Protocol):
    """A world that makes a frame in `steps` steps of sampling, at least one, led by `guidance` towards what a prompt
    asks for: 1 as far as the model says itself, 0 not at all. A change holds from the next frame on."""

    steps: int
    guidance: float


class World(Protocol):
    """A generated interface.

    `size_px` is (width, height), `fps` the rate at which `step` wants to be called.
    """

    @property
    def size_px(self) -> tuple[int, int]: ...

    @property
    def fps(self) -> float: ...

    def reset(self, *, seed: int, prompt: str = "", frame_u8: NDArray[np.uint8] | None = None) -> Step:
        """Begin anew: at `frame_u8` if it is given, else at a first frame of the world's own; all tiles dirty.

        The prompt may choose among the world's own first frames.

        Raises ValueError for a frame of another size.
        """
        ...

    def set_prompt(self, prompt: str) -> None:
        """What the screen should show from the next step on."""
        ...

    def step(self, action: Action) -> Step:
        """Generate the next frame and continue from it."""
        ...

    def observe(self, action: Action, truth_u8: NDArray[np.uint8]) -> Step:
        """Teacher forcing: the step that the model takes when it is told which tiles of `truth_u8` changed.

        The probabilities are those before the truth was known, `dirty_probability` being 0 where nothing changed;
        the world continues from the truth.
        """
        ...

    def tell(self, action: Action, truth_u8: NDArray[np.uint8]) -> None:
        """Take `truth_u8` for what is shown after the action, without a guess."""
        ...

    def snapshot(self) -> object:
        """The running state, for `restore` alone; what follows leaves it as it is."""
        ...

    def restore(self, snapshot: object) -> None:
        """Continue from a snapshot of this world, as often as wanted: the same actions show the same frames again."""
        ...

    def close(self) -> None: ...
