"""What the user did lately, as the running model is told of it."""

from collections import deque

import numpy as np
import torch
from jaxtyping import Bool, Float
from numpy.typing import NDArray
from torch import Tensor

from models import events
from models.context import EVENT_MAX_AGE, EVENT_SLOTS, NEIGHBOURHOOD, Context, tiles_around
from models.recall import MOVED
from models.typed import Presses
from recorder.actions import Action

Text = tuple[Float[Tensor, "1 l t"], Bool[Tensor, "1 l"]]  # token states, and which of them there are


class Inputs:
    """The last events with the latents that lay under them, and the pointer's way.

    `pointer_px` are its last places, the newest last; `press_px` is where the held button went down; `presses` are
    those of keys that may write.
    """

    def __init__(self, grid: tuple[int, int]) -> None:
        self._grid = grid
        self._events: deque[tuple[tuple[int, ...], Tensor]] = deque(maxlen=EVENT_SLOTS)
        self.pointer_px: deque[tuple[int, int]] = deque(maxlen=MOVED + 1)
        self.press_px: tuple[int, int] | None = None
        self.presses = Presses()

    def take(self, action: Action, frame: int, latent: Float[Tensor, "n c"]) -> None:
        """Take the action of a frame; `latent` is what its tiles show before it."""
        now = (action.x_px, action.y_px)
        self.pointer_px.extend([now] * (1 if self.pointer_px else MOVED + 1))
        if not action.buttons:
            self.press_px = None
        elif self.press_px is None:
            self.press_px = now
        for row in events.event_rows(action, frame):
            self._events.appendleft((row, latent[self._around(row[events.X], row[events.Y])]))
            self.presses.take(row)

    @property
    def moved(self) -> bool:
        """Whether the pointer came somewhere else in the last frame."""
        return self.pointer_px[-1] != self.pointer_px[-2]

    def context(
        self, action: Action, frame: int, latent: Float[Tensor, "n c"], age: Float[Tensor, "n"], text: Text
    ) -> Context:
        """What the model is told of a frame whose action was taken; `age` of the tiles' contents in frames, `text` is
        what is asked for."""
        device = latent.device
        recent = [(row, under) for row, under in self._events if frame - row[events.FRAME] <= EVENT_MAX_AGE]
        rows = np.zeros((EVENT_SLOTS, events.ROW_VALUES), np.int64)
        latents = torch.zeros(EVENT_SLOTS, NEIGHBOURHOOD, latent.shape[1], device=device)
        for slot, (row, under) in enumerate(recent):
            rows[slot], latents[slot] = row, under
        table = torch.from_numpy(rows).to(device)
        there = torch.arange(EVENT_SLOTS, device=device) < len(recent)
        now = (action.x_px, action.y_px)
        return Context(
            latent=latent[None],
            age=age[None],
            pointer_px=torch.tensor([[self.pointer_px[-2], now]], dtype=torch.float32, device=device),
            pointer_latent=latent[self._around(*now)][None],
            held=torch.tensor([events.held_bits(action.buttons, action.keys)], device=device),
            event_kind=table[None, :, events.KIND],
            event_px=table[None, :, [events.X, events.Y]].float(),
            event_modifiers=table[None, :, events.MODIFIERS],
            event_age=torch.where(there, frame - table[:, events.FRAME], 0)[None],
            event_latent=latents[None],
            event_there=there[None],
            text=text[0],
            text_there=text[1],
        )

    def _around(self, x_px: int, y_px: int) -> NDArray[np.int64]:
        return tiles_around(np.array([x_px]), np.array([y_px]), self._grid)[0]
