"""A desktop comes to rest as soon after the last input as in its recordings."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from models.engine import Change, Engine
from models.events import ROW_VALUES
from models.rest import rest_frames
from models.sampling import Sampling
from models.track import Track
from recorder.actions import Action
from tests.models.random_desk import random_desk

FRAMES = 100
PRESS = 10  # the frame of the one event


def _track(*changes: int) -> Track:
    event = np.zeros((1, ROW_VALUES), np.int64)
    event[0, 0] = PRESS
    return Track(
        tiles_u8=np.zeros((1, 768), np.uint8),
        change_frame=np.array([0, *changes], np.int64),
        grids=np.zeros((1 + len(changes), 1), np.int32),
        events=event,
        pointer_px=np.zeros((FRAMES, 2), np.int32),
        held=np.zeros(FRAMES, np.int64),
        shape=np.zeros(FRAMES, np.int16),
        shape_names=np.array(["left_ptr"]),
        wish=np.full(FRAMES, -1, np.int16),
        wishes=np.array([], np.str_),
        grid_shape=np.array([1, 1]),
    )


def test_the_rest_begins_after_the_latest_change() -> None:
    assert rest_frames([_track(PRESS), _track(PRESS + 2, PRESS + 17)]) == 17
    assert rest_frames([_track(*range(PRESS, FRAMES))]) == FRAMES - 1 - PRESS, "a film never rests"


def test_what_comes_before_the_first_input_is_not_waited_for() -> None:
    assert rest_frames([_track(PRESS - 5)]) == 0
    assert rest_frames([_track()]) == 0


def test_a_rare_late_change_does_not_keep_the_desktop_awake() -> None:
    often = [_track(*range(PRESS, PRESS + 20)) for _ in range(1000)]
    assert rest_frames([*often, _track(PRESS + 80)]) == 19


@pytest.mark.parametrize("what", ["pointer_px", "held", "wish"])
def test_a_move_a_held_button_and_a_wish_are_input(what: str) -> None:
    track = _track(60)
    values = getattr(track, what).copy()
    values[55] += 1
    assert rest_frames([replace(track, **{what: values})]) == (4 if what == "pointer_px" else 5)


RESTLESS = Sampling(floor=1e-9, when_low=0.0, when_high=0.0, where=0.0, repeats=FRAMES, loose=FRAMES)
HERE, THERE = Action(x_px=50, y_px=50), Action(x_px=51, y_px=50)
REST = 6


@pytest.fixture
def engine() -> Engine:
    engine = Engine(replace(random_desk(), rest_frames=REST), torch.device("cpu"))
    engine.begin(np.zeros((128, 128, 3), np.uint8), torch.Generator().manual_seed(0))
    return engine


def changed(engine: Engine, *actions: Action) -> list[int]:
    """The frames for which a change is drawn."""
    drawn = [engine.draw_change(engine.look(action), RESTLESS) for action in actions]
    return [frame for frame, change in enumerate(drawn) if change]


def test_without_input_nothing_changes_after_the_rest(engine: Engine) -> None:
    assert changed(engine, *[HERE] * 15) == list(range(REST))
    pressed = replace(HERE, keys=frozenset([3]))
    assert changed(engine, pressed, *[HERE] * 15) == list(range(REST + 1))


def test_a_screen_that_stood_still_already_is_at_rest(engine: Engine) -> None:
    engine.begin(np.zeros((128, 128, 3), np.uint8), torch.Generator().manual_seed(0), still=REST)
    assert changed(engine, *[HERE] * 15) == []


def test_where_the_pointer_only_moves_nothing_comes_that_was_not_counted(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    pointing = [replace(HERE, x_px=10 + step) for step in range(15)]
    assert changed(engine, *pointing) == list(range(REST))
    asked = list[bool]()

    def paint(change: Change, *_: object, only_counted: bool, **__: object) -> tuple[np.ndarray, bool]:
        """All agree."""
        asked.append(only_counted)
        return np.full((len(change.cells), 768), 9, np.uint8), True

    monkeypatch.setattr(engine, "paint", paint)
    assert changed(engine, THERE) and asked == [True]
    assert changed(engine, replace(THERE, keys=frozenset([3]))) and asked == [True, False]
