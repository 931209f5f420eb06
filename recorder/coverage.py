"""Session files in, what they cover out: states, kinds of events, characters typed, attributes, sizes of changes."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from itertools import groupby
from typing import Any

import numpy as np

from recorder.actions import KEY_INDEX, EventKind
from recorder.session import Session

ATTRIBUTES = ("theme", "wallpaper", "wallpaper_kind", "panel", "font_pt", "focused", "menu")
EXPLORED = {"theme", "wallpaper", "windows", "focused", "menu"}  # what the attributes of `explore` have at least
RARE = 5  # a transition seen less often is rare
TYPED = range(0x20, 0x7F)  # X11 keysyms of printable ASCII are its codes


def coverage(sessions: Iterable[Session]) -> dict[str, Any]:
    """Counts over all sessions; their frames are not decoded.

    A state is that of the desktop: a set of windows, told by its hash. A visit begins where another state was before.
    `rare_transitions` counts the pairs of states that follow each other less than RARE times.
    """
    total: dict[str, Counter[Any]] = {name: Counter() for name in ("visits", "steps", "events", "typed", "wishes")}
    frames: dict[str, Counter[str]] = {name: Counter() for name in ATTRIBUTES}
    for session in sessions:
        _add_events(session, total["events"], total["typed"])
        _add_states(session, total, frames)
        total["wishes"].update(words for *_, words in session.wishes())
    visits = total["visits"]
    return {
        "states": len(visits),
        "states_visited_20_times": sum(count >= 20 for count in visits.values()),
        "visits": dict(visits.most_common(20)),
        "transitions": len(total["steps"]),
        "rare_transitions": sum(count < RARE for count in total["steps"].values()),
        "events": dict(sorted(total["events"].items())),
        "characters": {chr(code): total["typed"][code] for code in TYPED},
        "wishes": sum(total["wishes"].values()),
        "frames_by_attribute": {name: dict(sorted(counts.items())) for name, counts in frames.items()},
    }


def state_hash(attributes: dict[str, Any]) -> str:
    """Of which windows there are, which are hidden, maximised and focused, and of whether a menu is open."""
    windows = [[window[name] for name in ("app", "dialog", "hidden", "maximised")] for window in attributes["windows"]]
    told = json.dumps([sorted(windows), attributes["focused"], attributes["menu"]])
    return hashlib.sha256(told.encode()).hexdigest()[:12]


def state_sequence(session: Session, *, at_least_frames: int = 1) -> list[str]:
    """The states that stood for at least so many frames, one after the other, whenever that was."""
    shown = [(frame, state_hash(attributes)) for frame, attributes in _explored(session)]
    visits = [next(visit) for _, visit in groupby(shown, lambda at: at[1])]
    ends = [*(frame for frame, _ in visits), len(session)][1:]
    stood = [state for (frame, state), end in zip(visits, ends, strict=True) if end - frame >= at_least_frames]
    return [state for state, _ in groupby(stood)]


def combinations(session: Session) -> set[str]:
    """The themes with their wallpapers that a session shows, as 'dark teal'."""
    return {f"{attributes['theme']} {attributes['wallpaper']}" for _, attributes in _explored(session)}


def _explored(session: Session) -> list[tuple[int, dict[str, Any]]]:
    """(from_frame, attributes) where they are those of `explore`; others' may be any."""
    return [(frame, attributes) for frame, attributes in session.prompt_attributes() if attributes.keys() >= EXPLORED]


def _add_events(session: Session, events: Counter[str], typed: Counter[int]) -> None:
    kinds, counts = np.unique(session.event_rows["kind"], return_counts=True)
    events.update({EventKind(kind).name.lower(): int(count) for kind, count in zip(kinds, counts, strict=True)})
    pressed = (session.event_rows["kind"] == EventKind.KEY_DOWN) & ~_with_control(session)
    codes, counts = np.unique(session.event_rows["symbol"][pressed], return_counts=True)
    typed.update({int(code): int(count) for code, count in zip(codes, counts, strict=True) if code in TYPED})


def _with_control(session: Session) -> np.ndarray:
    """Which events happened while control or alt was held: then a key types nothing."""
    rows, held = session.event_rows, np.zeros(len(session.event_rows), np.int64)
    for name in ("ControlLeft", "ControlRight", "AltLeft", "AltRight"):
        of_key = rows["code"] == KEY_INDEX[name]
        held += np.cumsum((of_key & (rows["kind"] == EventKind.KEY_DOWN)).astype(int))
        held -= np.cumsum((of_key & (rows["kind"] == EventKind.KEY_UP)).astype(int))
    return held > 0


def _add_states(session: Session, total: dict[str, Counter[Any]], frames: dict[str, Counter[str]]) -> None:
    shown = _explored(session)
    ends = [*(start for start, _ in shown), len(session)][1:]
    before = None
    for (start, attributes), end in zip(shown, ends, strict=True):
        now = state_hash(attributes)
        if now != before:
            total["visits"][now] += 1
            if before is not None:
                total["steps"][before, now] += 1
        before = now
        for name in ATTRIBUTES:
            frames[name][str(attributes.get(name))] += end - start
