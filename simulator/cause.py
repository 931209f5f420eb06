"""Which frames can be an answer to mouse and keyboard: the others say nothing of a world that answers to these."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recorder.actions import Action
from recorder.prompt import wishes


def answers(actions: Sequence[Action], attributes: Sequence[tuple[int, Mapping[str, Any] | None]]) -> NDArray[np.bool_]:
    """For each frame whether mouse and keyboard can have caused what it changes, one action a frame.

    Nothing does before the first input: then the screen is still being set up. And nothing does under a prompt that
    asks for something, from its frame to that of the next prompt; `attributes` are (from_frame, what the prompt says
    as data).
    """
    answer = np.arange(len(actions)) >= _first_input(actions)
    for start, end, _ in wishes(attributes, len(actions)):
        answer[start:end] = False
    return answer


def _first_input(actions: Sequence[Action]) -> int:
    """The first frame in which anything was pressed, turned or moved; how many frames there are if nothing was."""
    if actions and actions[0].events:
        return 0
    for frame, (before, action) in enumerate(pairwise(actions), start=1):
        if action.events or (action.x_px, action.y_px) != (before.x_px, before.y_px):
            return frame
    return len(actions)
