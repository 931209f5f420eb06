"""What every model has to be compared with, as worlds."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recorder.actions import Action
from recorder.pointer import PointerShape
from simulator.changes import changed_tiles, tile_pixels
from simulator.world import TILE_PX, Step

RoundTrip = Callable[[NDArray[np.uint8]], NDArray[np.uint8]]


class _Told:
    """What the baselines share: a frame of fixed size, one pointer shape, no first frame of their own."""

    def __init__(self, size_px: tuple[int, int], fps: float, shape: PointerShape | None) -> None:
        width, height = size_px
        self._size_px, self._fps, self._shape = size_px, fps, shape
        self._frame_u8 = np.zeros((height, width, 3), np.uint8)

    @property
    def size_px(self) -> tuple[int, int]:
        return self._size_px

    @property
    def fps(self) -> float:
        return self._fps

    def reset(self, *, seed: int, prompt: str = "", frame_u8: NDArray[np.uint8] | None = None) -> Step:
        del seed, prompt
        if frame_u8 is None or frame_u8.shape != self._frame_u8.shape:
            raise ValueError("a baseline begins at a true frame of its own size; give one")
        self._frame_u8 = self._first(frame_u8)
        return self._shown(np.ones(self._tiles, bool))

    def set_prompt(self, prompt: str) -> None:
        """Nothing follows from it."""

    def snapshot(self) -> object:
        return _copies(vars(self))

    def restore(self, snapshot: Any) -> None:
        vars(self).update(_copies(snapshot))

    def close(self) -> None:
        """Nothing is held."""

    @property
    def _tiles(self) -> tuple[int, int]:
        width, height = self._size_px
        return height // TILE_PX, width // TILE_PX

    def _first(self, frame_u8: NDArray[np.uint8]) -> NDArray[np.uint8]:
        return frame_u8.copy()

    def _shown(self, dirty: NDArray[np.bool_]) -> Step:
        return Step(
            frame_u8=self._frame_u8.copy(),
            dirty=dirty,
            dirty_probability=dirty.astype(np.float32),
            change_probability=float(dirty.any()),
            shape=self._shape,
        )


class CopyLast(_Told):
    """The screen never changes; the pointer always has the same shape."""

    def step(self, action: Action) -> Step:
        del action
        return self._shown(np.zeros(self._tiles, bool))

    def tell(self, action: Action, truth_u8: NDArray[np.uint8]) -> None:
        del action
        self._frame_u8 = truth_u8.copy()

    def observe(self, action: Action, truth_u8: NDArray[np.uint8]) -> Step:
        shown = self.step(action)
        self._frame_u8 = truth_u8.copy()
        return shown


class Ceiling(_Told):
    """The truth as the tokenizer shows it: what a world that knows every latent would show.

    It must be told the truth; `step` holds the screen still.
    """

    def __init__(self, size_px: tuple[int, int], fps: float, roundtrip: RoundTrip) -> None:
        super().__init__(size_px, fps, None)
        self._roundtrip = roundtrip
        self._true_u8 = self._frame_u8

    def step(self, action: Action) -> Step:
        del action
        return self._shown(np.zeros(self._tiles, bool))

    def observe(self, action: Action, truth_u8: NDArray[np.uint8]) -> Step:
        changed = changed_tiles(self._true_u8, truth_u8)
        self.tell(action, truth_u8)
        if self._stale.any():
            pixels = tile_pixels(self._stale)[..., None]
            self._frame_u8 = np.where(pixels, self._roundtrip(truth_u8), self._frame_u8)
            self._stale[:] = False
        return self._shown(changed)

    def tell(self, action: Action, truth_u8: NDArray[np.uint8]) -> None:
        del action
        self._stale |= changed_tiles(self._true_u8, truth_u8)
        self._true_u8 = truth_u8.copy()

    def _first(self, frame_u8: NDArray[np.uint8]) -> NDArray[np.uint8]:
        self._true_u8 = frame_u8.copy()
        self._stale = np.zeros(self._tiles, bool)
        return self._roundtrip(frame_u8)


def _copies(state: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    """The arrays among the attributes: all that changes in a baseline."""
    return {name: value.copy() for name, value in state.items() if isinstance(value, np.ndarray)}
