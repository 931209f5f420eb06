"""A recorded session in place of the user's hand."""

import numpy as np
from numpy.typing import NDArray

from recorder.actions import Action, Event
from recorder.pointer import draw_pointer
from recorder.schema import NO_SHAPE
from recorder.session import Session
from simulator.hand import Hand


class Replay(Hand):
    """Repeats the actions of `track`, an open session of at least one frame, and shows what was recorded there."""

    recorded = True

    def __init__(self, track: Session) -> None:
        self._track, self._actions, self._shapes = track, track.actions(), track.shapes()
        self.first_u8 = np.asarray(track.frames[0])
        self.arrive(0)

    def begin(self) -> None:
        """Nothing is held back."""

    def feed(self, event: Event) -> None:
        """The user only looks on."""

    def act(self, frame: int) -> tuple[Action, tuple[Event, ...]] | None:
        return (self._actions[frame], ()) if frame < len(self._actions) else None

    def arrive(self, frame: int) -> None:
        self.x_px, self.y_px = self._actions[frame].x_px, self._actions[frame].y_px

    def truth(self, frame: int) -> NDArray[np.uint8]:
        recorded_u8, number = np.asarray(self._track.frames[frame]), int(self._track.pointer_shape[frame])
        if number == NO_SHAPE:
            return recorded_u8
        at = int(self._track.pointer_x_px[frame]), int(self._track.pointer_y_px[frame])
        return draw_pointer(recorded_u8, self._shapes[number], *at)
