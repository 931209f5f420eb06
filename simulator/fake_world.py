"""A world made of rules instead of a model: what the player, the recorder of play and the tests are tried on."""

import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recorder.actions import Action, Event, EventKind
from recorder.pointer import PointerShape
from simulator.world import TILE_PX, Step


def _arrow() -> PointerShape:
    rgba = np.zeros((12, 12, 4), np.uint8)
    inside = np.tri(12, dtype=bool)
    rgba[inside] = (255, 255, 255, 255)
    rgba[inside & ~np.tri(12, k=-1, dtype=bool)] = (0, 0, 0, 255)
    return PointerShape(rgba=rgba, hot_x_px=0, hot_y_px=0, name="left_ptr")


def _beam() -> PointerShape:
    rgba = np.zeros((16, 7, 4), np.uint8)
    rgba[:, 3] = rgba[0] = rgba[-1] = (0, 0, 0, 255)
    return PointerShape(rgba=rgba, hot_x_px=3, hot_y_px=8, name="xterm")


ARROW, BEAM = _arrow(), _beam()


class FakeWorld:
    """A wallpaper of the seed's colour; a pressed button paints the tile under the pointer, a pressed key the next
    tile of the bottom row, a new prompt the first tile.

    The pointer is a beam over the bottom row and an arrow elsewhere. Deterministic; needs neither torch nor a file.
    """

    def __init__(self, size_px: tuple[int, int] = (128, 96), fps: float = 15.0) -> None:
        width, height = size_px
        assert width % TILE_PX == 0 and height % TILE_PX == 0
        self._size_px, self._fps = size_px, fps
        self._tiles = (height // TILE_PX, width // TILE_PX)
        self.reset(seed=0)

    @property
    def size_px(self) -> tuple[int, int]:
        return self._size_px

    @property
    def fps(self) -> float:
        return self._fps

    def reset(self, *, seed: int, prompt: str = "", frame_u8: NDArray[np.uint8] | None = None) -> Step:
        width, height = self._size_px
        if frame_u8 is None:
            colour = np.random.default_rng(seed).integers(64, 192, 3, dtype=np.uint8)
            frame_u8 = np.broadcast_to(colour, (height, width, 3))
        elif frame_u8.shape != (height, width, 3):
            found = "x".join(str(side) for side in frame_u8.shape)
            raise ValueError(f"the first frame is {found}; give one of {height}x{width}x3")
        self._frame_u8 = frame_u8.copy()
        self._typed = 0
        self._prompt = self._shown_prompt = prompt
        return self._shown(np.ones(self._tiles, bool), 0)

    def set_prompt(self, prompt: str) -> None:
        self._prompt = prompt

    def step(self, action: Action) -> Step:
        dirty = np.zeros(self._tiles, bool)
        if self._prompt != self._shown_prompt:
            self._shown_prompt = self._prompt
            self._paint(dirty, 0, 0, _colour(self._prompt))
        for event in action.events:
            self._react(event, dirty)
        return self._shown(dirty, action.y_px)

    def tell(self, action: Action, truth_u8: NDArray[np.uint8]) -> None:
        self.observe(action, truth_u8)

    def observe(self, action: Action, truth_u8: NDArray[np.uint8]) -> Step:
        before_u8 = self._frame_u8.copy()
        guess = self.step(action)
        rows, columns = self._tiles
        changed = (truth_u8 != before_u8).reshape(rows, TILE_PX, columns, TILE_PX, 3).any((1, 3, 4))
        pixels = changed.repeat(TILE_PX, 0).repeat(TILE_PX, 1)[..., None]
        self._frame_u8 = truth_u8.copy()
        return Step(
            frame_u8=np.where(pixels, guess.frame_u8, before_u8),
            dirty=changed,
            dirty_probability=guess.dirty_probability,
            change_probability=guess.change_probability,
            shape=guess.shape,
        )

    def snapshot(self) -> object:
        return self._frame_u8.copy(), self._typed, self._prompt, self._shown_prompt

    def restore(self, snapshot: Any) -> None:
        frame_u8, self._typed, self._prompt, self._shown_prompt = snapshot
        self._frame_u8 = frame_u8.copy()

    def close(self) -> None:
        """Nothing is held."""

    def _react(self, event: Event, dirty: NDArray[np.bool_]) -> None:
        rows, columns = self._tiles
        if event.kind == EventKind.BUTTON_DOWN:
            row = min(max(event.y_px // TILE_PX, 0), rows - 1)
            column = min(max(event.x_px // TILE_PX, 0), columns - 1)
            self._paint(dirty, row, column, _colour(f"button {event.code}"))
        elif event.kind == EventKind.KEY_DOWN:
            self._paint(dirty, rows - 1, self._typed % columns, _colour(f"key {event.code}"))
            self._typed += 1

    def _paint(self, dirty: NDArray[np.bool_], row: int, column: int, colour: tuple[int, int, int]) -> None:
        top, left = row * TILE_PX, column * TILE_PX
        self._frame_u8[top : top + TILE_PX, left : left + TILE_PX] = colour
        dirty[row, column] = True

    def _shown(self, dirty: NDArray[np.bool_], y_px: int) -> Step:
        return Step(
            frame_u8=self._frame_u8.copy(),
            dirty=dirty,
            dirty_probability=np.where(dirty, 0.9, 0.01).astype(np.float32),
            change_probability=0.95 if dirty.any() else 0.05,
            shape=BEAM if y_px >= (self._tiles[0] - 1) * TILE_PX else ARROW,
            parts_ms={"paint": 0.0},
        )


def _colour(name: str) -> tuple[int, int, int]:
    """A colour that depends on the name and on nothing else."""
    digest = zlib.crc32(name.encode())
    return digest & 255, digest >> 8 & 255, digest >> 16 & 255
