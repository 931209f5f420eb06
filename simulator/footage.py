"""A recorded session as the judge reads it: true frames, actions and what there is to know about each frame."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recorder.actions import Action, EventKind
from recorder.pointer import PointerShape
from recorder.schema import NO_SHAPE
from recorder.session import Session
from simulator.cause import answers
from simulator.event_class import event_classes
from simulator.game import SUFFIX as GAME_SUFFIX
from simulator.game import Game
from simulator.memory_metric import returns
from simulator.typing_metric import types_character

READ_FRAMES = 64
PRESSES = (EventKind.BUTTON_DOWN, EventKind.KEY_DOWN)


class Footage:
    """An open session, or a game's file; close it. `actions[i]` led to frame i, `classes[i]` is its event class.

    `caused[i]` says whether mouse and keyboard can have caused what frame i changes. What judges the answer to actions
    looks at such frames alone. `returns` are the windows that were minimised and restored.

    Raises ValueError, with the remedy, for a file that cannot be read or holds no frame.
    """

    def __init__(self, path: Path) -> None:
        self._session = Game(path) if path.suffix == GAME_SUFFIX else Session(path)
        self.path = path
        if not len(self._session):
            self._session.close()
            raise ValueError(f"{path} holds no frame; record it again")
        self.size_px, self.fps = self._session.size_px, self._session.fps
        self.actions: list[Action] = self._session.actions()
        self.classes = event_classes(self.actions, self.fps)
        self._shapes = self._session.shapes()
        prompts = self._session.whole_prompts()
        self._prompts = [(frame, prompt.text) for frame, prompt in prompts]
        told = [(frame, prompt.attributes()) for frame, prompt in prompts]
        self.caused = answers(self.actions, told)
        self.returns = returns([(frame, attributes or {}) for frame, attributes in told])

    def __len__(self) -> int:
        return len(self._session)

    def frames(self, first: int, count: int) -> Iterator[NDArray[np.uint8]]:
        """The true frames (H, W, 3) from `first` on, read in blocks."""
        for start in range(first, first + count, READ_FRAMES):
            yield from self._session.frames[start : min(start + READ_FRAMES, first + count)]

    def shape(self, frame: int) -> PointerShape | None:
        """The pointer's true shape at a frame; None while it is hidden."""
        index = int(self._session.pointer_shape[frame])
        return None if index == NO_SHAPE else self._shapes[index]

    def prompt(self, frame: int) -> str:
        """The prompt in force at a frame; empty where there is none."""
        return next((text for start, text in reversed(self._prompts) if start <= frame), "")

    def presses(self, kind: EventKind) -> list[int]:
        """The frames in which a button (a key) went down."""
        assert kind in PRESSES
        return [
            frame for frame, action in enumerate(self.actions) if any(event.kind == kind for event in action.events)
        ]

    def typed(self, frame: int) -> bool:
        """Whether a printable character was typed in this frame."""
        return types_character(self.actions[frame])

    def close(self) -> None:
        self._session.close()
