"""A session in, what was done and shown in each of its frames out, as arrays for training."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recorder.actions import BUTTONS, KEYS, EventKind
from recorder.session import Session


@dataclass(frozen=True, kw_only=True)
class FrameArrays:
    """Row i is what happened between frame i - 1 and frame i; columns count in `BUTTONS` and `KEYS`.

    A click shorter than a frame is in `pressed` and not in `held`.
    """

    pointer_px: NDArray[np.int32]
    """(T, 2): x to the right, y down."""
    buttons_held: NDArray[np.bool_]
    buttons_pressed: NDArray[np.bool_]
    keys_held: NDArray[np.bool_]
    keys_pressed: NDArray[np.bool_]
    scroll: NDArray[np.int32]
    """(T, 2): wheel steps to the right and up."""
    prompts: NDArray[np.object_]
    """(T,): what the screen shows, in words; empty before the first prompt."""


def frame_arrays(session: Session) -> FrameArrays:
    """The actions and prompts of all frames."""
    actions, frames = session.actions(), len(session)
    arrays = FrameArrays(
        pointer_px=np.array([(action.x_px, action.y_px) for action in actions], np.int32).reshape(frames, 2),
        buttons_held=np.zeros((frames, len(BUTTONS)), bool),
        buttons_pressed=np.zeros((frames, len(BUTTONS)), bool),
        keys_held=np.zeros((frames, len(KEYS)), bool),
        keys_pressed=np.zeros((frames, len(KEYS)), bool),
        scroll=np.zeros((frames, 2), np.int32),
        prompts=np.full(frames, "", object),
    )
    pressed = {EventKind.BUTTON_DOWN: arrays.buttons_pressed, EventKind.KEY_DOWN: arrays.keys_pressed}
    for index, action in enumerate(actions):
        arrays.buttons_held[index, list(action.buttons)] = True
        arrays.keys_held[index, list(action.keys)] = True
        for event in action.events:
            if event.kind in pressed:
                pressed[event.kind][index, event.code] = True
            arrays.scroll[index] += (event.dx, event.dy)
    for start, text in session.prompts():
        arrays.prompts[start:] = text
    return arrays
