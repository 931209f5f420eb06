"""Input events as the world model reads them: one row of integers each, the same in training and in play."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from recorder.actions import BUTTONS, KEY_INDEX, KEYS, Action, Event, EventKind

FRAME, KIND, X, Y, MODIFIERS = range(5)
ROW_VALUES = 5
MODIFIER_KEYS = (("ShiftLeft", "ShiftRight"), ("ControlLeft", "ControlRight"), ("AltLeft", "AltRight"))
BUTTON_BITS = (1 << len(BUTTONS)) - 1
HELD_BITS = len(BUTTONS) + len(MODIFIER_KEYS)
_SCROLLS = ((0, 1), (0, -1), (1, 0), (-1, 0))
_UP = len(BUTTONS)
_SCROLL = 2 * len(BUTTONS)
FIRST_KEY = _SCROLL + len(_SCROLLS)
KINDS = FIRST_KEY + len(KEYS)


def event_kind(event: Event) -> int | None:
    """What happened as one number below KINDS; None for what the model does not read (motion, key release)."""
    if event.kind == EventKind.BUTTON_DOWN:
        return event.code
    if event.kind == EventKind.BUTTON_UP:
        return _UP + event.code
    if event.kind == EventKind.SCROLL:
        return _SCROLL + _SCROLLS.index((int(np.sign(event.dx)), 0 if event.dx else int(np.sign(event.dy))))
    if event.kind == EventKind.KEY_DOWN:
        return FIRST_KEY + event.code
    return None


def held_bits(buttons: Iterable[int], keys: Iterable[int]) -> int:
    """Held buttons and modifiers as a bit mask of HELD_BITS bits."""
    bits = sum(1 << button for button in buttons)
    held = set(keys)
    for place, names in enumerate(MODIFIER_KEYS):
        if any(KEY_INDEX[name] in held for name in names):
            bits |= 1 << (len(BUTTONS) + place)
    return bits


def event_rows(action: Action, frame: int) -> list[tuple[int, ...]]:
    """The action's events at that frame: (frame, kind, x_px, y_px, modifiers held at the event)."""
    rows = []
    for event, keys in zip(action.events, _keys_at(action), strict=True):
        kind = event_kind(event)
        if kind is not None:
            rows.append((frame, kind, event.x_px, event.y_px, held_bits((), keys) >> len(BUTTONS)))
    return rows


def _keys_at(action: Action) -> list[frozenset[int]]:
    """The keys that are held right after each event: a shortcut may be over before its frame is."""
    keys, held = action.keys, []
    for event in reversed(action.events):
        held.append(keys)
        if event.kind == EventKind.KEY_DOWN:
            keys = keys - {event.code}
        elif event.kind == EventKind.KEY_UP:
            keys = keys | {event.code}
    return held[::-1]


def event_table(actions: list[Action]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """All events (E, ROW_VALUES) and the held bits of each frame (T,)."""
    rows = [row for frame, action in enumerate(actions) for row in event_rows(action, frame)]
    held = [held_bits(action.buttons, action.keys) for action in actions]
    return np.array(rows, np.int64).reshape(-1, ROW_VALUES), np.array(held, np.int64)
