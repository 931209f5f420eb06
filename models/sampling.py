"""How a frame is drawn, and when an event happens."""

import math
from dataclasses import dataclass

import torch

CERTAIN = 1 - 1e-6  # a higher probability has no finite hazard


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """How a frame is drawn.

    `steps` of the head; `guidance` by what a text asks for (`models.guidance`), which takes a second look while it asks
    where it is not 1; a frame whose probability of change is under `floor` never changes, so that quiet screens stay
    quiet. When an event happens is drawn once: the hazards of its frames add up until the chance that it has
    happened passes a draw between `when_low` and `when_high`, so that what is likely in the end is not missed frame by
    frame. `place` is the temperature at which the box of the change is drawn: at 0 it is the likeliest.

    A box whose cells agree on an earlier screen or a picture shows that, whole. In others, cells whose tiles are all
    less likely to change than `where` stay; and of more than `loose` cells that do not agree nothing is shown: another
    box is drawn, at the temperature `again`, up to `tries` boxes in all.

    A tile is free to change `repeats` times after an input event, a frame with a button held, or a move of the pointer
    close by: the model may want to better a tile again and again, and a change most of whose tiles are not free is not
    shown.
    """

    steps: int = 2
    guidance: float = 1.0
    floor: float = 0.03
    when_low: float = 0.2
    when_high: float = 0.4
    place: float = 0.2
    where: float = 0.1
    again: float = 0.7
    tries: int = 5
    loose: int = 20
    repeats: int = 3


class Patience:
    """Draws in which frame an event happens: in the one where the summed hazard has passed what was drawn for it."""

    def __init__(self) -> None:
        self._hazard = self._drawn = 0.0

    def ends(self, probability: float, sampling: Sampling, generator: torch.Generator) -> bool:
        """Whether the event happens in this frame, of which `probability` says how likely it is to change."""
        if probability < sampling.floor:
            self._hazard = 0.0
            return False
        if self._hazard == 0.0:
            share = float(torch.rand((), generator=generator))
            self._drawn = -math.log1p(-(sampling.when_low + (sampling.when_high - sampling.when_low) * share))
        self._hazard -= math.log1p(-min(probability, CERTAIN))
        if self._hazard < self._drawn:
            return False
        self._hazard = 0.0
        return True
