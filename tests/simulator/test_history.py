"""Going back by whole seconds, to the bit."""

from numpy.testing import assert_array_equal

from recorder.actions import Action, Event, EventKind
from simulator.fake_world import FakeWorld
from simulator.history import History, Moment

FPS = 4.0


def begun(seconds: int = 30) -> History:
    history = History(FakeWorld(fps=FPS), seconds)
    history.reset(seed=1, prompt="", frame_u8=None)
    return history


def typed(history: History, frames: int) -> list[Moment]:
    """Another key in each frame, so that no two frames look the same."""
    return [history.step(Action(x_px=0, y_px=0, events=(_key(index),)), None) for index in range(frames)]


def _key(code: int) -> Event:
    return Event(t_ns=0, kind=EventKind.KEY_DOWN, code=code)


def test_a_rewind_goes_to_the_last_whole_second_that_is_half_a_second_ago() -> None:
    for frames, there in ((1, 0), (4, 0), (5, 0), (6, 4), (8, 4), (9, 4), (10, 8)):
        history = begun()
        typed(history, frames)
        assert history.rewind().frame == there


def test_each_rewind_goes_further_back_until_the_beginning() -> None:
    history = begun()
    typed(history, 10)
    assert [history.rewind().frame for _ in range(4)] == [8, 4, 0, 0]


def test_what_follows_a_rewind_is_what_followed_then() -> None:
    history = begun()
    before = typed(history, 6)
    assert [history.rewind().frame, history.rewind().frame] == [4, 0]
    for first, second in zip(before, typed(history, 6), strict=True):
        assert first.frame == second.frame
        assert_array_equal(first.step.frame_u8, second.step.frame_u8)


def test_no_more_is_kept_than_asked_for() -> None:
    history = begun(seconds=2)
    typed(history, 40)
    assert [history.rewind().frame for _ in range(4)] == [36, 32, 32, 32]


def test_a_reset_forgets() -> None:
    history = begun()
    typed(history, 9)
    first = history.reset(seed=2, prompt="", frame_u8=None)
    assert_array_equal(history.rewind().step.frame_u8, first.step.frame_u8)
