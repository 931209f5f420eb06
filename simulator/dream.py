"""The generated desktop as a World: pixels in and out around the engine that runs on latents."""

import time
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from models.desk import Desk, load_desk
from models.engine import Change, Engine, Look, Sampling, mask_of
from models.latents import decode_tiles, encode_tiles
from models.tiles import TILE_PX, paint_tiles, to_tiles
from recorder.actions import Action
from recorder.pointer import PointerShape
from simulator.world import Step

PLACE_DRAWS = 8  # of a change's place, to tell how probable each tile is


class Dream:
    """A World that runs a checkpoint.

    `dense` forces every tile dirty in each step, which is what the same model costs without dirty tiles. What the
    world was last told or has last shown, `_told_u8`, is what the next truth is compared with.
    """

    def __init__(self, desk: Desk, *, device: str | None = None, steps: int | None = None) -> None:
        self._desk = desk
        self.device = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
        self.engine = Engine(desk, self.device)
        vae = desk.tokenizer.vae.to(self.device)
        self._vae, self._whitening = vae, desk.tokenizer.whitening.to(self.device)
        self.sampling = Sampling() if steps is None else Sampling(steps=steps)
        self.dense = False
        config = desk.world.config
        self._grid = (config.rows, config.columns)
        self.prompt = ""

    @classmethod
    def load(cls, folder: Path, *, device: str | None = None, steps: int | None = None) -> "Dream":
        """From a checkpoint folder.

        Raises ValueError, with the remedy, where it is missing, damaged or does not fit, or the device is not there.
        """
        if device is not None and device.startswith("cuda") and not torch.cuda.is_available():
            raise ValueError("there is no CUDA device here; use --device cpu")
        if steps is not None and steps < 1:
            raise ValueError("a frame takes at least one step; raise --steps")
        return cls(load_desk(folder), device=device, steps=steps)

    @property
    def size_px(self) -> tuple[int, int]:
        return self._grid[1] * TILE_PX, self._grid[0] * TILE_PX

    @property
    def fps(self) -> float:
        return self._desk.fps

    @property
    def steps(self) -> int:
        """Denoising steps of the head."""
        return self.sampling.steps

    def reset(self, *, seed: int, prompt: str = "", frame_u8: NDArray[np.uint8] | None = None) -> Step:
        generator = torch.Generator().manual_seed(seed)
        if frame_u8 is None:
            place = int(torch.randint(len(self._desk.starts), (1,), generator=generator))
            latent = self._desk.starts[place]
        else:
            self._check_size(frame_u8)
            latent = self._encode(to_tiles(frame_u8))
        self.prompt = prompt
        self.engine.begin(latent, generator)
        width, height = self.size_px
        self._frame_u8 = np.zeros((height, width, 3), np.uint8)
        self._decode_into_frame(torch.arange(len(latent)))
        self._told_u8 = self._frame_u8 if frame_u8 is None else frame_u8.copy()
        shape = next((shape for shape in self._desk.shapes if shape.name == "left_ptr"), self._desk.shapes[0])
        ones = np.ones(self._grid, np.float32)
        return Step(
            frame_u8=self._frame_u8.copy(), dirty=ones.astype(bool), dirty_probability=ones, change_probability=1.0,
            shape=shape,
        )  # fmt: skip

    def set_prompt(self, prompt: str) -> None:
        """Kept and shown; this version of the model has no text input, only the learned null text."""
        self.prompt = prompt

    def step(self, action: Action) -> Step:
        clock = _Stopwatch()
        look = self.engine.look(action)
        clock.lap("look")
        change = self._change(look)
        clock.lap("mask")
        dirty = self._paint(change) if change else torch.empty(0, dtype=torch.long)
        clock.lap("head")
        self._decode_into_frame(dirty)
        self._told_u8 = self._frame_u8
        clock.lap("decode")
        return self._result(look, dirty, change.tile_probability if change else None, clock)

    def _change(self, look: Look) -> Change | None:
        if self.dense:
            return self.engine.told_change(look, torch.arange(len(self.engine.latent)), self.sampling)
        return self.engine.draw_change(look, self.sampling)

    def _paint(self, change: Change) -> torch.Tensor:
        """Paint and remember; the tiles that were."""
        painting = self.engine.paint(change, self.sampling.steps)
        kept = (painting.choice > 0) | self.dense  # the head may find that a tile stays
        self.engine.show(change.dirty[kept], painting.latent[kept])
        return change.dirty[kept]

    def observe(self, action: Action, truth_u8: NDArray[np.uint8]) -> Step:
        self._check_size(truth_u8)
        clock = _Stopwatch()
        look = self.engine.look(action)
        changed = self._changed(truth_u8)
        dirty = torch.from_numpy(changed)
        self._frame_u8 = self._told_u8.copy()
        probability = None
        if len(changed):
            change = self.engine.told_change(look, dirty, self.sampling)
            paint_tiles(self._frame_u8, changed, self._decode(self.engine.paint(change, self.sampling.steps).latent))
            probability = self.engine.tile_probability(look, PLACE_DRAWS)
        result = self._result(look, dirty, probability, clock)
        self._continue_from(truth_u8)
        return result

    def tell(self, action: Action, truth_u8: NDArray[np.uint8]) -> None:
        self._check_size(truth_u8)
        self.engine.tell(action)
        self._continue_from(truth_u8)

    def vae_roundtrip(self, frame_u8: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Decode of the true latents: the best that this VAE can show."""
        self._check_size(frame_u8)
        out = frame_u8.copy()
        paint_tiles(out, np.arange(self._grid[0] * self._grid[1]), self._decode(self._encode(to_tiles(frame_u8))))
        return out

    def snapshot(self) -> object:
        return deepcopy((self.engine.state(), self._frame_u8, self._told_u8, self.prompt))

    def restore(self, snapshot: Any) -> None:
        state, self._frame_u8, self._told_u8, self.prompt = deepcopy(snapshot)
        self.engine.restore(state)

    def close(self) -> None:
        """Nothing to release."""

    def _changed(self, truth_u8: NDArray[np.uint8]) -> NDArray[np.int64]:
        return np.flatnonzero((to_tiles(truth_u8) != to_tiles(self._told_u8)).any(axis=1))

    def _continue_from(self, truth_u8: NDArray[np.uint8]) -> None:
        changed = self._changed(truth_u8)
        if len(changed):
            self.engine.show(torch.from_numpy(changed), self._encode(to_tiles(truth_u8)[changed]))
        self._frame_u8 = self._told_u8 = truth_u8.copy()

    def _result(self, look: Look, dirty: torch.Tensor, probability: torch.Tensor | None, clock: "_Stopwatch") -> Step:
        tiles = len(self.engine.latent)
        probability = torch.zeros(tiles) if probability is None else probability
        return Step(
            frame_u8=self._frame_u8.copy(),
            dirty=mask_of(dirty, tiles).numpy().reshape(self._grid),
            dirty_probability=probability.cpu().numpy().reshape(self._grid).copy(),
            change_probability=look.change_probability,
            shape=self._shape(look),
            parts_ms=clock.parts_ms,
        )

    def _shape(self, look: Look) -> PointerShape:
        return self._desk.shapes[int(look.outlook.shape[0].argmax())]

    def _encode(self, tiles_u8: NDArray[np.uint8]) -> torch.Tensor:
        latent_raw = encode_tiles(self._vae, torch.from_numpy(tiles_u8).to(self.device))
        return self._whitening.whiten(latent_raw)

    def _decode(self, latent: torch.Tensor) -> NDArray[np.uint8]:
        return decode_tiles(self._vae, self._whitening.unwhiten(latent)).cpu().numpy()

    def _decode_into_frame(self, dirty: torch.Tensor) -> None:
        if len(dirty):
            paint_tiles(self._frame_u8, dirty.cpu().numpy(), self._decode(self.engine.latent[dirty]))

    def _check_size(self, frame_u8: NDArray[np.uint8]) -> None:
        width, height = self.size_px
        if frame_u8.shape != (height, width, 3):
            raise ValueError(
                f"a frame of {frame_u8.shape[1]}x{frame_u8.shape[0]} does not fit this checkpoint, which is "
                f"{width}x{height}; use sessions of that size"
            )


class _Stopwatch:
    """Wall time by part."""

    def __init__(self) -> None:
        self.parts_ms: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, part: str) -> None:
        now = time.perf_counter()
        self.parts_ms[part] = (now - self._last) * 1e3
        self._last = now
