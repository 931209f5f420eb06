"""Events as the world model reads them: kinds, and modifiers at the event itself."""

import pytest

from models import events
from recorder.actions import BUTTONS, KEY_INDEX, Action, Event, EventKind

SHIFT, CONTROL, A = KEY_INDEX["ShiftLeft"], KEY_INDEX["ControlLeft"], KEY_INDEX["KeyA"]


def _keys(*pressed: tuple[EventKind, int]) -> tuple[Event, ...]:
    return tuple(Event(t_ns=t, kind=kind, x_px=3, y_px=4, code=code) for t, (kind, code) in enumerate(pressed))


DOWN, UP = EventKind.KEY_DOWN, EventKind.KEY_UP


def _modifiers(action: Action) -> dict[int, int]:
    """By the kind of each row, the modifiers that it has."""
    return {row[events.KIND]: row[events.MODIFIERS] for row in events.event_rows(action, 7)}


def _kind(code: int) -> int:
    kind = events.event_kind(Event(t_ns=0, kind=DOWN, x_px=0, y_px=0, code=code))
    assert kind is not None
    return kind


def test_a_shortcut_that_is_over_before_its_frame_keeps_its_modifier() -> None:
    action = Action(x_px=3, y_px=4, events=_keys((DOWN, CONTROL), (DOWN, A), (UP, A), (UP, CONTROL)))
    assert _modifiers(action)[_kind(A)] == 0b010


def test_a_modifier_that_is_pressed_afterwards_does_not_count() -> None:
    action = Action(x_px=3, y_px=4, keys=frozenset({SHIFT}), events=_keys((DOWN, A), (UP, A), (DOWN, SHIFT)))
    assert _modifiers(action)[_kind(A)] == 0


def test_one_that_was_held_before_and_is_let_go_in_the_frame_counts_until_then() -> None:
    action = Action(x_px=3, y_px=4, events=_keys((DOWN, A), (UP, SHIFT), (UP, A)))
    assert _modifiers(action)[_kind(A)] == 0b001


def test_a_table_has_a_row_for_each_event_that_is_read_and_the_held_bits_of_each_frame() -> None:
    click = (
        Event(t_ns=0, kind=EventKind.BUTTON_DOWN, x_px=5, y_px=6, code=0),
        Event(t_ns=1, kind=EventKind.BUTTON_UP, x_px=5, y_px=6, code=0),
        Event(t_ns=2, kind=EventKind.SCROLL, x_px=5, y_px=6, dy=-1),
    )
    actions = [
        Action(x_px=0, y_px=0),
        Action(x_px=5, y_px=6, events=click),
        Action(x_px=5, y_px=6, buttons=frozenset({2}), keys=frozenset({SHIFT})),
    ]
    rows, held = events.event_table(actions)
    assert rows[:, : events.MODIFIERS].tolist() == [
        [1, 0, 5, 6],
        [1, len(BUTTONS), 5, 6],
        [1, 2 * len(BUTTONS) + 1, 5, 6],
    ]
    assert held.tolist() == [0, 0, 0b100 | 1 << len(BUTTONS)]


@pytest.mark.parametrize("kind", [EventKind.MOTION, EventKind.KEY_UP])
def test_motion_and_released_keys_are_not_read(kind: EventKind) -> None:
    assert events.event_kind(Event(t_ns=0, kind=kind, x_px=0, y_px=0)) is None
