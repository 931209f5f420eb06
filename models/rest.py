"""When a desktop comes to rest: how long after the last input it still changes."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from models.events import FRAME
from models.track import Track

LATER = 1e-4  # share of the changes that may come later than the rest


def rest_frames(tracks: Iterable[Track]) -> int:
    """The frames from the last input or wish on in which all but LATER of the changes come.

    Where a film plays by itself that is as long as the longest pause.
    """
    waits = [0]
    for track in tracks:
        changed = track.change_frame[track.begun[track.change_frame]]
        waits += _since_input(track)[changed].tolist()
    return int(np.quantile(waits, 1 - LATER, method="higher"))


def _since_input(track: Track) -> NDArray[np.int64]:
    """(T,): frames since the last event, move, held button or modifier, or wish."""
    touched = (track.held > 0) | (track.wish >= 0)
    touched[1:] |= (track.pointer_px[1:] != track.pointer_px[:-1]).any(axis=1)
    touched[track.events[:, FRAME]] = True
    frames = np.arange(len(track))
    return frames - np.maximum.accumulate(np.where(touched, frames, 0))
