"""A screen whose past nobody has seen has one: the bare desktop under its windows."""

from copy import deepcopy
from dataclasses import replace

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from models.beneath import beneath
from models.consequences import LAG_FRAMES
from models.engine import Engine, Painted, Rearranged
from models.fates import STEP_PX, Deed, Fate, Fates
from models.parts import boxes_px
from models.sampling import Sampling
from recorder.actions import Action, Event, EventKind
from tests.models.random_desk import random_desk

SIZE_PX = (128, 128)
BLUE, RED = (40, 80, 160), (160, 40, 40)
WINDOW, OTHER = np.array([[20, 24], [75, 70]]), np.array([[96, 96], [127, 111]])


def _bare(colour: tuple[int, int, int]) -> NDArray[np.uint8]:
    """A wallpaper with an icon."""
    frame_u8 = np.full((*SIZE_PX[::-1], 3), colour, np.uint8)
    frame_u8[4:12, 4:12] = 250
    return frame_u8


def _with_windows(frame_u8: NDArray[np.uint8], *boxes: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Whose pixels are all different."""
    frame_u8 = frame_u8.copy()
    for (left, top), (right, bottom) in boxes:
        shape = frame_u8[top : bottom + 1, left : right + 1].shape
        frame_u8[top : bottom + 1, left : right + 1] = np.random.default_rng(0).integers(200, 256, shape)
    return frame_u8


def test_under_a_window_lies_the_barest_screen_of_its_wallpaper() -> None:
    screen_u8 = _with_windows(_bare(BLUE), WINDOW)
    starts_u8 = np.stack([_with_windows(_bare(BLUE), OTHER), _bare(RED), _bare(BLUE), screen_u8])
    found = beneath(screen_u8, starts_u8)
    assert found is not None and np.array_equal(found, _bare(BLUE))


@pytest.mark.parametrize(
    "starts",
    [[_bare(RED)], [_with_windows(_bare(BLUE), WINDOW)], [_with_windows(_bare(BLUE), WINDOW, OTHER)]],
    ids=["another wallpaper", "itself", "a fuller one"],
)
def test_where_nothing_barer_is_known_nothing_is_said(starts: list[NDArray[np.uint8]]) -> None:
    assert beneath(_with_windows(_bare(BLUE), WINDOW), np.stack(starts)) is None


def test_a_bare_screen_has_nothing_beneath() -> None:
    assert beneath(_bare(BLUE), np.stack([_bare(BLUE), _with_windows(_bare(BLUE), WINDOW)])) is None


def test_each_window_has_its_box_to_the_pixel() -> None:
    boxes = boxes_px(_bare(BLUE), _with_windows(_bare(BLUE), OTHER, WINDOW))
    assert [box.tolist() for box in boxes] == [WINDOW.tolist(), OTHER.tolist()]
    assert not boxes_px(_bare(RED), _bare(RED))


def test_an_engine_knows_what_the_windows_of_its_first_screen_cover() -> None:
    desk = random_desk()
    desk = replace(desk, starts_u8=np.stack([_bare(BLUE), _bare(RED)]))
    engine = Engine(desk, torch.device("cpu"))
    screen_u8 = _with_windows(_bare(RED), WINDOW)
    engine.begin(screen_u8, torch.Generator().manual_seed(0), still=30)
    thing = engine._things.like(WINDOW + 2)
    assert thing is not None and np.array_equal(thing.gone(screen_u8), _bare(RED))
    ((before, shown), arrived) = engine._screens.cut(WINDOW, np.arange(12))
    assert not np.array_equal(before, shown) and arrived == [-31, -30]


def test_an_engine_has_a_window_go_and_come_back_as_its_recordings_counted() -> None:
    press = Action(x_px=70, y_px=30, events=(Event(t_ns=1, kind=EventKind.BUTTON_DOWN, x_px=70, y_px=30),))
    beside = Action(x_px=3, y_px=3, events=(Event(t_ns=1, kind=EventKind.BUTTON_DOWN, x_px=3, y_px=3),))
    steps = (WINDOW[1, 0] - press.x_px) // STEP_PX, (press.y_px - WINDOW[0, 1]) // STEP_PX
    deeds = [Deed(fate, 0, 0, *steps) for fate in (Fate.WINDOW_GOES, Fate.WINDOW_HIDES)]
    fates = Fates(
        size_px=(WINDOW[1] - WINDOW[0] + 1)[None],
        menus=np.array([0]),
        deed=np.array([*deeds, Deed(Fate.HIDDEN_RETURNS, 0, 0, 0, 0)]),
        times=np.array([9, 9, 9]),
        happened=np.array([9, 9, 9]),
    )
    desk = random_desk()
    desk = replace(desk, starts_u8=np.stack([_bare(RED)]), library=replace(desk.library, fates=fates))
    engine = Engine(desk, torch.device("cpu"))
    screen_u8 = _with_windows(_bare(RED), WINDOW)
    engine.begin(screen_u8, torch.Generator().manual_seed(0), still=30)
    for action, shown_u8 in ((press, _bare(RED)), (beside, screen_u8)):
        kept = deepcopy(engine.state())
        for _ in range(2):  # and once more from the same state
            engine.restore(deepcopy(kept))
            changes = [_next(engine, action), *(_next(engine, replace(action, events=())) for _ in range(LAG_FRAMES))]
            assert [change is None for change in changes] == [*[True] * LAG_FRAMES, False]
            assert isinstance(changes[-1], Rearranged) and np.array_equal(changes[-1].frame_u8, shown_u8)


def _next(engine: Engine, action: Action) -> Painted | Rearranged | None:
    """The engine's next change, which is shown."""
    change = engine.draw_change(engine.look(action), Sampling())
    if isinstance(change, Rearranged):
        engine.show(change.frame_u8)
    return change
