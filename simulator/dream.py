"""The generated desktop as a World: pixels in and out around the engine that runs on latents."""

import time
from collections.abc import Callable, Iterator
from copy import copy, deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tqdm import tqdm

from models.cells import composite
from models.clip import ClipModel
from models.compiled import INDUCTOR
from models.desk import Desk, load_desk
from models.engine import WARM_SIZES, Change, Engine, Look, Rearranged
from models.sampling import Sampling
from models.tiles import TILE_PX, to_frame, to_tiles
from recorder.actions import Action
from recorder.pointer import PointerShape
from simulator.world import Step

START_STILL = 90  # frames that a desk's own first screen has stood still: it was taken amid a quiet stretch
PLACE_DRAWS = 8  # of a change's place, to tell how probable each tile is


class Dream:
    """A World that runs a checkpoint.

    `dense` forces every tile dirty in each step, which is what the same model costs without dirty tiles. `on_part` is
    told of each part of a step when it ends.
    """

    def __init__(self, desk: Desk, *, device: str | None = None, steps: int | None = None) -> None:
        self._desk = desk
        self.device = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
        self.engine = Engine(desk, self.device)
        self.sampling = Sampling() if steps is None else Sampling(steps=steps)
        self.dense = False
        self.on_part: Callable[[str], object] = lambda _part: None
        config = desk.world.config
        self._grid = (config.rows, config.columns)
        self._start_places: torch.Tensor | None = None
        self.reset(seed=0)  # so that it can be asked and stepped at once

    @property
    def clip(self) -> ClipModel | None:
        """What chooses the first screen by a prompt, where the checkpoint has it."""
        return self._desk.clip

    @classmethod
    def load(cls, folder: Path, *, device: str | None = None, steps: int | None = None) -> "Dream":
        """From a checkpoint folder.

        Raises ValueError, with the remedy, where it is missing, damaged or does not fit, or the device is not there.
        """
        if device is not None and device.startswith("cuda") and not torch.cuda.is_available():
            raise ValueError("there is no CUDA device here; use --device cpu")
        if steps is not None and steps < 1:
            raise ValueError("a frame takes at least one step; raise --steps")
        dream = cls(load_desk(folder), device=device, steps=steps)
        for _ in dream._warm_up():
            pass
        return dream

    def compile(self, backend: str = INDUCTOR) -> str:
        """Have what takes the time in a step compiled, which shows its progress; begins anew.

        Returns why it cannot be, in one sentence, empty where it can; it then plays on without.
        """
        try:
            self.engine.compile(backend)
            for _ in tqdm(self._warm_up(), desc="compiling", total=len(WARM_SIZES), unit="size"):
                pass
        except (RuntimeError, OSError) as error:
            self.engine.interpret()
            cause = str(getattr(error, "inner_exception", error)).strip().partition("\n")[0]
            return f"torch.compile does not work here ({cause}); install a C++ compiler"
        finally:
            self.reset(seed=0)
        return ""

    def _warm_up(self) -> Iterator[int]:
        return self.engine.warm_up(self._desk.starts_u8[0], Action(x_px=0, y_px=0), self.steps)

    def twin(self) -> "Dream":
        """Another desktop of the same weights, which begins anew."""
        other = copy(self)
        other.engine = self.engine.twin()
        other.reset(seed=0)
        return other

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

    @steps.setter
    def steps(self, steps: int) -> None:
        self.sampling = replace(self.sampling, steps=steps)

    @property
    def guidance(self) -> float:
        """How far a text leads: 1 as far as the model says itself."""
        return self.sampling.guidance

    @guidance.setter
    def guidance(self, guidance: float) -> None:
        self.sampling = replace(self.sampling, guidance=guidance)

    @property
    def takes_text(self) -> bool:
        """Whether a prompt can change something while one plays."""
        return self.engine.takes_text

    def reset(self, *, seed: int, prompt: str = "", frame_u8: NDArray[np.uint8] | None = None) -> Step:
        generator = torch.Generator().manual_seed(seed)
        place = int(torch.randint(len(self._desk.starts_u8), (1,), generator=generator))
        if frame_u8 is None and prompt and self.clip is not None:
            place = self._nearest_start(self.clip, prompt)
        screen_u8, still = (self._desk.starts_u8[place], START_STILL) if frame_u8 is None else (frame_u8, 0)
        self._check_size(screen_u8)
        self.prompt = prompt
        self.engine.begin(screen_u8, generator, still=still)
        shape = next((shape for shape in self._desk.shapes if shape.name == "left_ptr"), self._desk.shapes[0])
        ones = np.ones(self._grid, np.float32)
        return Step(
            frame_u8=screen_u8.copy(), dirty=ones.astype(bool), dirty_probability=ones, change_probability=1.0,
            shape=shape,
        )  # fmt: skip

    def set_prompt(self, prompt: str) -> None:
        """Ask for what it says, if the checkpoint takes texts; it also chooses the screen of the next `reset`."""
        self.prompt = prompt
        self.engine.ask(prompt)

    def step(self, action: Action) -> Step:
        clock = _Stopwatch(self.on_part)
        look = self.engine.look(action, self.guidance)
        clock.lap("look")
        return self._follow(look, clock)

    def follow(self, look: Look, look_ms: float) -> Step:
        """The step after a look that this desktop's engine took, and the time that it took."""
        clock = _Stopwatch(self.on_part)
        clock.parts_ms["look"] = look_ms
        return self._follow(look, clock)

    def _follow(self, look: Look, clock: "_Stopwatch") -> Step:
        frame_u8, probability = self._dense(look) if self.dense else self._next(look)
        clock.lap("paint")
        still = frame_u8 is self.engine.frame_u8 and not self.dense
        dirty = np.zeros(self._grid, np.bool_) if still else self.engine.show(frame_u8, dense=self.dense)
        clock.lap("encode")
        return self._result(look, frame_u8, dirty, probability, clock)

    def _next(self, look: Look) -> tuple[NDArray[np.uint8], torch.Tensor | None]:
        """The next frame, and how probable it was of each tile that it changes."""
        change = self.engine.draw_change(look, self.sampling)
        if change is None:
            return self.engine.frame_u8, None
        if isinstance(change, Rearranged):
            return change.frame_u8, None
        frame_u8 = self.engine.frame_u8.copy()
        composite(frame_u8, change.box, change.cells, change.tiles_u8)
        return frame_u8, change.tile_probability

    def _dense(self, look: Look) -> tuple[NDArray[np.uint8], torch.Tensor]:
        """The same where every tile changes."""
        change = self.engine.whole_screen(look)
        return self._painted([change]), change.tile_probability

    def _painted(self, changes: list[Change]) -> NDArray[np.uint8]:
        """The screen after told changes."""
        frame_u8 = self.engine.frame_u8.copy()
        for change in changes:
            tiles_u8, _ = self.engine.paint(change, self.sampling.steps)
            composite(frame_u8, change.box, change.cells, tiles_u8)
        return frame_u8

    def observe(self, action: Action, truth_u8: NDArray[np.uint8]) -> Step:
        self._check_size(truth_u8)
        clock = _Stopwatch(self.on_part)
        look = self.engine.look(action)
        told = (to_tiles(truth_u8) != to_tiles(self.engine.frame_u8)).any(axis=1)
        changes = self.engine.told_changes(look, told.reshape(self._grid), self.sampling) if told.any() else []
        frame_u8 = self._painted(changes)
        clock.lap("paint")
        probability = self.engine.tile_probability(look, PLACE_DRAWS) if changes else None
        result = self._result(look, frame_u8, told, probability, clock)
        self.engine.show(truth_u8)
        return result

    def tell(self, action: Action, truth_u8: NDArray[np.uint8]) -> None:
        self._check_size(truth_u8)
        self.engine.tell(action)
        self.engine.show(truth_u8)

    def vae_roundtrip(self, frame_u8: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Decode of the true latents: the best that this VAE can show."""
        self._check_size(frame_u8)
        tokenizer = self._desk.tokenizer.to(self.device)
        return to_frame(tokenizer.decode(tokenizer.encode(to_tiles(frame_u8))), self._grid[1])

    def snapshot(self) -> object:
        return deepcopy((self.engine.state(), self.prompt))

    def restore(self, snapshot: Any) -> None:
        state, self.prompt = deepcopy(snapshot)
        self.engine.restore(state)

    def close(self) -> None:
        """Nothing to release."""

    def _result(
        self,
        look: Look,
        frame_u8: NDArray[np.uint8],
        dirty: NDArray[np.bool_],
        probability: torch.Tensor | None,
        clock: "_Stopwatch",
    ) -> Step:
        tiles = torch.zeros(dirty.size) if probability is None else probability
        return Step(
            frame_u8=frame_u8.copy(),
            dirty=dirty.reshape(self._grid).copy(),
            dirty_probability=tiles.cpu().numpy().reshape(self._grid).copy(),
            change_probability=look.change_probability,
            shape=self._shape(look),
            parts_ms=clock.parts_ms,
        )

    def _nearest_start(self, clip: ClipModel, prompt: str) -> int:
        """Which of the first screens is nearest to a text."""
        if self._start_places is None:
            self._start_places = clip.image(self._desk.starts_u8)
        return int((self._start_places @ clip.text([prompt]).pooled[0]).argmax())

    def _shape(self, look: Look) -> PointerShape:
        return self._desk.shapes[int(look.outlook.shape[0].argmax())]

    def _check_size(self, frame_u8: NDArray[np.uint8]) -> None:
        width, height = self.size_px
        if frame_u8.shape != (height, width, 3):
            raise ValueError(
                f"a frame of {frame_u8.shape[1]}x{frame_u8.shape[0]} does not fit this checkpoint, which is "
                f"{width}x{height}; use sessions of that size"
            )


class _Stopwatch:
    """Wall time by part; `told` of each part when it ends."""

    def __init__(self, told: Callable[[str], object]) -> None:
        self.parts_ms: dict[str, float] = {}
        self._told = told
        self._last = time.perf_counter()

    def lap(self, part: str) -> None:
        now = time.perf_counter()
        self.parts_ms[part] = self.parts_ms.get(part, 0.0) + (now - self._last) * 1e3
        self._told(part)
        self._last = time.perf_counter()
