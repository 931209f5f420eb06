"""A session in, those of its presses and releases out that do not take turns."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from recorder.actions import EventKind
from recorder.session import Session

_DOWN, _UP = (EventKind.BUTTON_DOWN, EventKind.KEY_DOWN), (EventKind.BUTTON_UP, EventKind.KEY_UP)
_KEYS = (EventKind.KEY_DOWN, EventKind.KEY_UP)


def unbalanced_events(session: Session) -> NDArray[np.int64]:
    """The numbers, ascending, of events that press what is held already or release what is not.

    Not every door tells what was held before the recording, and what happened in a pause nobody knows: after that a
    button's or key's first event may be either, and what is held at the end needs no release.
    """
    rows = session.event_rows
    stretches = _stretches(rows["t_ns"], session.t_ns, session.pauses)
    down = np.isin(rows["kind"], _DOWN)
    places = np.flatnonzero((down | np.isin(rows["kind"], _UP)) & (stretches % 2 == 0))
    whose = np.stack([stretches, np.isin(rows["kind"], _KEYS), rows["code"]])[:, places]
    order = np.lexsort(whose)  # stable: those of one button or key stay in their order
    again = (np.diff(whose[:, order]) == 0).all(axis=0) & (np.diff(down[places[order]].astype(int)) == 0)
    return np.sort(places[order][1:][again])


def _stretches(t_ns: NDArray[np.int64], frame_t_ns: NDArray[np.int64], pauses: Sequence[int]) -> NDArray[np.int64]:
    """The number of the stretch in which each event lies: odd between the frames around a pause, else even."""
    first, last = np.iinfo(np.int64).min, np.iinfo(np.int64).max
    after = np.clip(np.unique(np.array(pauses, np.int64)), 0, len(frame_t_ns))
    around = np.concatenate([[first], frame_t_ns, [last]])[np.stack([after, after + 1], axis=1)]
    return np.searchsorted(around.ravel(), np.maximum.accumulate(t_ns), side="left")
