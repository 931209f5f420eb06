"""The hand on mouse and keyboard."""

import numpy as np
from numpy.typing import NDArray

from recorder.actions import Action, Event, EventKind
from recorder.alignment import ActionBuilder

_KEYS = (EventKind.KEY_DOWN, EventKind.KEY_UP)


class Hand:
    """Turns the user's events into actions; the pointer, at (`x_px`, `y_px`), follows at once.

    `first_u8` is the frame to begin at, None for one of the world's own; `recorded` says that the hand repeats what
    is in a session.
    """

    first_u8: NDArray[np.uint8] | None = None
    recorded = False

    def __init__(self, x_px: int, y_px: int) -> None:
        self.x_px, self.y_px = x_px, y_px
        self.begin()

    def begin(self) -> None:
        """Forget what is held and what was not yet acted on."""
        self._builder = ActionBuilder(self.x_px, self.y_px)
        self._fresh: list[Event] = []

    def feed(self, event: Event) -> None:
        """Take an event; they come in time order."""
        self._builder.feed(event)
        self._fresh.append(event)
        if event.kind not in _KEYS:
            self.x_px, self.y_px = event.x_px, event.y_px

    def act(self, frame: int) -> tuple[Action, tuple[Event, ...]] | None:
        """The action that leads to `frame`, with the user's events that it was made of; None where there is none."""
        del frame  # a user goes on for ever
        events = tuple(self._fresh)
        self._fresh.clear()
        return self._builder.cut(), events

    def arrive(self, frame: int) -> None:
        """`frame` is shown now."""

    def truth(self, frame: int) -> NDArray[np.uint8] | None:
        """What a recording shows at `frame`, with the pointer; None where there is none."""
        del frame
        return None
