"""Runs a desk one frame at a time: looks ahead, draws what changes, denoises it, remembers it.

Works on latents alone; pixels and people are the simulator's.
"""

import math
from collections import deque
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from numpy.typing import NDArray
from skimage.filters import apply_hysteresis_threshold
from torch import Tensor

from models import events
from models.context import EVENT_MAX_AGE, EVENT_SLOTS, Context, tiles_around
from models.desk import Desk
from models.head import Canvas
from models.painting import Painting, paint
from models.place import largest_part
from models.recall import Recall
from models.tiles import TILE_PX
from models.world import Ground, Outlook, Scene, ways_of
from recorder.actions import Action


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """How a frame is drawn.

    `steps` of the head; a frame whose probability of change is under `floor` never changes, so that quiet screens
    stay quiet. When an event happens is drawn once: the hazards of its frames add up until the chance that it has
    happened passes a draw between `when_low` and `when_high`, so that what is likely in the end is not missed frame by
    frame. `place` is the temperature at which the box of the change is drawn: at 0 it is the likeliest. The one draw
    that all tiles share lies between `where_low` and `where_high`. Tiles down to `join` times the draw come along
    where they touch those above it (hysteresis thresholding, Canny 1986): an event's tiles are about equally probable,
    so a plain threshold among them would show it in scraps. A tile is painted at
    most `repeats` times after an input event, unless a button is held or the pointer is within `reach` tiles: the
    model may want to better a tile again and again, and without input a screen has to come to rest.
    """

    steps: int = 2
    floor: float = 0.03
    when_low: float = 0.2
    when_high: float = 0.4
    place: float = 0.2
    where_low: float = 0.45
    where_high: float = 0.55
    join: float = 0.7
    repeats: int = 3
    reach: int = 2


@dataclass(frozen=True, kw_only=True, eq=False)
class Look:
    """The outlook on the next frame with the past that it was made from."""

    context: Context
    outlook: Outlook
    change_probability: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Change:
    """A change of the next frame: the `dirty` tiles, in the scene that they were drawn from."""

    dirty: Int[Tensor, "m"]
    scene: Scene
    tokens: Float[Tensor, "1 g d"]

    @property
    def tile_probability(self) -> Float[Tensor, "n"]:
        """Of each tile that it changes, given the place of the change."""
        return torch.sigmoid(self.scene.where[0])


def best_dtype(device: torch.device) -> torch.dtype:
    """bfloat16 where the device multiplies matrices in it by hardware, else float32."""
    if device.type == "cuda":
        return torch.bfloat16
    features = torch.cpu.get_capabilities()
    fast = features.get("amx_bf16") or features.get("avx512_bf16")
    return torch.bfloat16 if fast else torch.float32


class Engine:
    """The running state of one generated desktop: latents, memory and ages of tiles, recent events."""

    def __init__(self, desk: Desk, device: torch.device) -> None:
        self.device, self.dtype = device, best_dtype(device)
        self.config = desk.world.config
        self._model = desk.world.to(device, self.dtype)
        self._grid = (self.config.rows, self.config.columns)
        self._tiles = self.config.rows * self.config.columns
        with self._inference():
            self._palette_keys = self._model.palette.keys()
        self._fixed = {*vars(self), "_fixed"}  # what `begin` adds is the running state

    def state(self) -> dict[str, Any]:
        """The running state, for `restore`; shared with the engine, so copy it."""
        return {name: value for name, value in vars(self).items() if name not in self._fixed}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a state, which becomes the engine's own."""
        vars(self).update(state)

    def begin(self, latent: Float[Tensor, "n c"], generator: torch.Generator) -> None:
        """Show a screen given by its whitened latents."""
        self.latent = latent.to(self.device)
        self._generator = generator
        self._frame = 0
        self._last_change = torch.zeros(self._tiles, device=self.device)
        self._events: deque[tuple[tuple[int, ...], Tensor]] = deque(maxlen=EVENT_SLOTS)
        self._pointer_px: tuple[int, int] | None = None
        self._paints = np.zeros(self._tiles, np.int64)
        self._hazard = 0.0
        with self._inference():
            empty = torch.zeros(self._tiles, self.config.memory, device=self.device)
            self._memory = self._model.memory.step(empty, self.latent)
        self._recall = Recall(self.latent)

    def look(self, action: Action) -> Look:
        """Take an action and look at the next frame; this or `tell` once a frame."""
        self._take(action)
        with self._inference():
            context = self._context(action)
            outlook = self._model.outlook(context)
            change = float(torch.sigmoid(outlook.when[0]))
        self._pointer_px = (action.x_px, action.y_px)
        return Look(context=context, outlook=outlook, change_probability=change)

    def tell(self, action: Action) -> None:
        """Take an action whose frame needs no look, for it is known."""
        self._take(action)
        self._pointer_px = (action.x_px, action.y_px)

    def _take(self, action: Action) -> None:
        self._frame += 1
        if action.events or action.buttons:
            self._paints[:] = 0
        for row in events.event_rows(action, self._frame):
            self._events.appendleft((row, self.latent[self._around(row[events.X], row[events.Y])]))

    def draw_change(self, look: Look, sampling: Sampling) -> Change | None:
        """Whether anything changes, then the place, then all tiles there more probable than one shared draw."""
        if not self._fires(look.change_probability, sampling):
            return None
        scene = self._scene(self._ground(look), sampling.place)
        level = self._between(sampling.where_low, sampling.where_high)
        grid = torch.sigmoid(scene.where[0]).cpu().numpy().reshape(self._grid)
        dirty = apply_hysteresis_threshold(grid, sampling.join * level, level)
        free = (self._paints < sampling.repeats).reshape(self._grid) | self._near_pointer(sampling.reach)
        tiles = torch.from_numpy(np.flatnonzero(dirty & free)).to(self.device)
        return Change(dirty=tiles, scene=scene, tokens=look.outlook.tokens)

    def told_change(self, look: Look, dirty: Int[Tensor, "m"], sampling: Sampling) -> Change:
        """The change of told tiles, at least one; the box within their largest part is the model's."""
        row, column = np.nonzero(largest_part(mask_of(dirty, self._tiles).numpy().reshape(self._grid)))
        corners = (int(row.min() * self._grid[1] + column.min()), int(row.max() * self._grid[1] + column.max()))
        scene = self._scene(self._ground(look), sampling.place, corners)
        return Change(dirty=dirty, scene=scene, tokens=look.outlook.tokens)

    def tile_probability(self, look: Look, draws: int) -> Float[Tensor, "n"]:
        """Of each tile that it changes, given that anything does: the mean over `draws` of the place."""
        scenes = self._scene(self._ground(look).expand(draws), temperature=1.0)
        return torch.sigmoid(scenes.where).mean(dim=0)

    def _ground(self, look: Look) -> Ground:
        with self._inference():
            return self._model.ground(look.context, look.outlook.tokens)

    def _scene(self, ground: Ground, temperature: float, corners: tuple[int, int] | None = None) -> Scene:
        with self._inference():
            box = self._model.place.draw(ground.local, temperature, self._generator, corners)
            return self._model.scene(ground, box)

    def _fires(self, probability: float, sampling: Sampling) -> bool:
        """Whether anything changes in this frame: the summed hazard has passed what was drawn for the event."""
        if probability < sampling.floor:
            self._hazard = 0.0
            return False
        if self._hazard == 0.0:
            self._patience = -math.log1p(-self._between(sampling.when_low, sampling.when_high))
        self._hazard -= math.log1p(-min(probability, 1 - 1e-6))
        if self._hazard < self._patience:
            return False
        self._hazard = 0.0
        return True

    def _between(self, low: float, high: float) -> float:
        return low + (high - low) * float(torch.rand((), generator=self._generator))

    def _near_pointer(self, reach: int) -> NDArray[np.bool_]:
        """The tiles within `reach` of the one under the pointer, as a mask over the grid."""
        assert self._pointer_px is not None, "look comes first"
        column, row = (px // TILE_PX for px in self._pointer_px)
        rows, columns = np.ogrid[: self._grid[0], : self._grid[1]]
        return (abs(rows - row) <= reach) & (abs(columns - column) <= reach)

    def paint(self, change: Change, steps: int) -> Painting:
        """The dirty tiles' whitened latents in the next frame."""
        dirty = change.dirty
        if not len(dirty):
            return Painting(latent=self.latent[dirty], choice=dirty)
        canvas = Canvas(
            local=change.scene.local[0, dirty],
            ways=ways_of(change.scene, torch.zeros_like(dirty), dirty),
            memory=self._memory[dirty],
            slots=self._recall.slots(dirty, self._frame),
            tokens=change.tokens,
            counts=[len(dirty)],
        )
        with self._inference():
            noise = torch.randn(len(dirty), self.config.channels, generator=self._generator).to(self.device)
            return paint(self._model.head, canvas, self._model.palette, self._palette_keys, noise, steps)

    def show(self, dirty: Int[Tensor, "m"], latent: Float[Tensor, "m c"]) -> None:
        """Continue with these contents: they are what was shown, and what is remembered."""
        if not len(dirty):
            return
        dirty = dirty.to(self.device)
        with self._inference():
            self.latent = self.latent.index_copy(0, dirty, latent.to(self.device))
            self._memory[dirty] = self._model.memory.step(self._memory[dirty], self.latent[dirty])
            self._recall.show(dirty, self.latent[dirty], self._frame)
            self._last_change[dirty] = self._frame
        self._paints[dirty.cpu().numpy()] += 1

    def _inference(self) -> Any:
        return _Inference(self.device, self.dtype)

    def _around(self, x_px: int, y_px: int) -> NDArray[np.int64]:
        return tiles_around(np.array([x_px]), np.array([y_px]), self._grid)[0]

    def _context(self, action: Action) -> Context:
        device = self.device
        recent = [(row, under) for row, under in self._events if self._frame - row[events.FRAME] <= EVENT_MAX_AGE]
        rows = np.zeros((EVENT_SLOTS, events.ROW_VALUES), np.int64)
        latents = torch.zeros(EVENT_SLOTS, 9, self.config.channels, device=device)
        for slot, (row, under) in enumerate(recent):
            rows[slot], latents[slot] = row, under
        table = torch.from_numpy(rows).to(device)
        there = torch.arange(EVENT_SLOTS, device=device) < len(recent)
        now = (action.x_px, action.y_px)
        return Context(
            latent=self.latent[None],
            age=(self._frame - self._last_change)[None],
            pointer_px=torch.tensor([[self._pointer_px or now, now]], dtype=torch.float32, device=device),
            pointer_latent=self.latent[self._around(*now)][None],
            held=torch.tensor([events.held_bits(action.buttons, action.keys)], device=device),
            event_kind=table[None, :, events.KIND],
            event_px=table[None, :, [events.X, events.Y]].float(),
            event_modifiers=table[None, :, events.MODIFIERS],
            event_age=torch.where(there, self._frame - table[:, events.FRAME], 0)[None],
            event_latent=latents[None],
            event_there=there[None],
        )


class _Inference:
    """Inference mode and autocast together."""

    def __init__(self, device: torch.device, dtype: torch.dtype) -> None:
        self._modes = (torch.inference_mode(), torch.autocast(device.type, dtype, enabled=dtype == torch.bfloat16))

    def __enter__(self) -> None:
        for mode in self._modes:
            mode.__enter__()

    def __exit__(self, *error: Any) -> None:
        for mode in reversed(self._modes):
            mode.__exit__(*error)


def mask_of(dirty: Int[Tensor, "m"], tiles: int) -> Bool[Tensor, "n"]:
    """The dirty tiles as a mask over all."""
    mask = torch.zeros(tiles, dtype=torch.bool)
    mask[dirty.cpu()] = True
    return mask
