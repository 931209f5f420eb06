"""Events become actions: none is lost, none counts twice, whatever the frame times."""

from hypothesis import given
from hypothesis import strategies as st

from recorder.actions import Event, EventKind
from recorder.alignment import frame_actions

TIMES = st.integers(0, 500)
EVENTS = st.lists(
    st.builds(Event, t_ns=TIMES, kind=st.sampled_from(EventKind), code=st.integers(0, 4), x_px=st.integers(0, 99)),
    max_size=40,
).map(lambda events: sorted(events, key=lambda event: event.t_ns))
FRAME_TIMES = st.lists(TIMES, unique=True, min_size=1, max_size=20).map(sorted)


@given(EVENTS, FRAME_TIMES)
def test_every_event_is_in_exactly_one_frame(events: list[Event], frame_t_ns: list[int]) -> None:
    actions = frame_actions(events, frame_t_ns)
    expected = [e for e in events if e.t_ns <= frame_t_ns[-1] and e.kind != EventKind.MOTION]
    assert [event for action in actions for event in action.events] == expected
    for action, after, until in zip(actions, [-1, *frame_t_ns[:-1]], frame_t_ns, strict=True):
        assert all(after < event.t_ns <= until for event in action.events)


@given(EVENTS, FRAME_TIMES)
def test_held_is_what_was_pressed_last(events: list[Event], frame_t_ns: list[int]) -> None:
    for action, t_ns in zip(frame_actions(events, frame_t_ns), frame_t_ns, strict=True):
        last = {e.code: e.kind for e in events if e.t_ns <= t_ns and e.kind in (EventKind.KEY_DOWN, EventKind.KEY_UP)}
        assert action.keys == {code for code, kind in last.items() if kind == EventKind.KEY_DOWN}
        at = [e.x_px for e in events if e.t_ns <= t_ns and e.kind not in (EventKind.KEY_DOWN, EventKind.KEY_UP)]
        assert action.x_px == (at[-1] if at else 0)


def test_click_shorter_than_a_frame_survives() -> None:
    down = Event(t_ns=11, kind=EventKind.BUTTON_DOWN, code=2, x_px=3, y_px=4)
    up = Event(t_ns=12, kind=EventKind.BUTTON_UP, code=2, x_px=3, y_px=4)
    before, during, after = frame_actions([down, up], [10, 20, 30])
    assert during.events == (down, up)
    assert before.events == after.events == ()
    assert not during.buttons
    assert (after.x_px, after.y_px) == (3, 4)


def test_event_at_a_frames_time_belongs_to_that_frame() -> None:
    press = Event(t_ns=20, kind=EventKind.KEY_DOWN, code=1)
    first, second, third = frame_actions([press], [10, 20, 30], start_px=(7, 8))
    assert (first.x_px, first.y_px) == (7, 8)
    assert second.events == (press,)
    assert [sorted(action.keys) for action in (first, second, third)] == [[], [1], [1]]
