"""The contract between the loop and what shows its pictures; a window, or a fake in tests."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from recorder.actions import Event
from simulator.command import Command
from simulator.overlay import Status
from simulator.world import Step


@dataclass(kw_only=True)
class Inputs:
    """What the user did: events for the generated desktop, in time order, and commands for the program.

    `prompt` is the line the user entered, None where there is none.
    """

    events: list[Event] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    prompt: str | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Picture:
    """What to show: the newest step, the pointer's true position in the frame's pixels, the overlay's numbers.

    `truth_u8` is what a recording has in the step's place, with the pointer; None where nothing is replayed.
    """

    step: Step
    x_px: int
    y_px: int
    status: Status
    truth_u8: NDArray[np.uint8] | None = None


class Display(ABC):
    """Shows pictures and collects inputs."""

    @abstractmethod
    def poll(self, until_ns: int) -> Inputs:
        """Wait until `until_ns` on the loop's clock and give what came meanwhile; each event has its own time."""

    @abstractmethod
    def show(self, picture: Picture) -> None:
        """Put the picture on the screen; it is there when this returns."""

    @abstractmethod
    def close(self) -> None: ...
