"""Tiles tire until something happens to them; a desktop rests; a refused box waits."""

from dataclasses import replace

import numpy as np
import pytest

from models.restraint import REACH, Restraint
from models.tiles import TILE_PX
from recorder.actions import Action, Event, EventKind

SHAPE, REST = (8, 10), 5
HERE = Action(x_px=40, y_px=40)  # on the tile of row 2 and column 2
PRESS = replace(HERE, events=(Event(t_ns=1, kind=EventKind.BUTTON_DOWN, x_px=40, y_px=40),))
KEY = replace(HERE, keys=frozenset([3]))
BOX = np.array([[0, 0], [3 * TILE_PX - 1, 2 * TILE_PX - 1]])  # six cells of a tile each
TILES = [0, 1, 2, 10, 11, 12]


@pytest.fixture
def restraint() -> Restraint:
    return Restraint(SHAPE, REST, 0)


def _changed(*tiles: int) -> np.ndarray:
    return np.isin(np.arange(SHAPE[0] * SHAPE[1]), tiles)


@pytest.mark.parametrize("free", [PRESS, replace(HERE, buttons=frozenset([0]))])
def test_tiles_tire_until_the_next_press(restraint: Restraint, free: Action) -> None:
    for _ in range(2):
        assert restraint.free(2).all()
        restraint.note(_changed(*TILES[:4]))
    assert (~restraint.free(2)).nonzero()[0].tolist() == TILES[:4]
    assert restraint.tires(BOX, np.arange(6), 2) and not restraint.tires(BOX, np.arange(3, 6), 2)
    assert not restraint.tires(BOX, np.arange(0), 2), "what changes nothing tires nobody"
    restraint.take(KEY, 1, moved=False, asking=False)
    assert not restraint.free(2).all(), "a key that is held is no event"
    restraint.take(free, 2, moved=False, asking=False)
    assert restraint.free(2).all()


def test_a_move_frees_what_is_near_the_pointer(restraint: Restraint) -> None:
    restraint.note(np.ones(80, bool))
    restraint.take(HERE, 1, moved=True, asking=False)
    rows, columns = restraint.free(1).reshape(SHAPE).nonzero()
    assert abs(rows - 2).max() == abs(columns - 2).max() == REACH and len(rows) == (2 * REACH + 1) ** 2
    restraint.free_all()
    assert restraint.free(1).all()


@pytest.mark.parametrize(
    ("action", "moved", "asking", "wakes", "presses"),
    [
        (HERE, False, False, False, False),
        (HERE, True, False, True, False),
        (KEY, False, False, True, True),
        (PRESS, False, False, True, True),
        (HERE, False, True, True, True),
    ],
)
def test_it_rests_after_the_last_input_and_hovers_after_the_last_press(
    restraint: Restraint, action: Action, moved: bool, asking: bool, wakes: bool, presses: bool
) -> None:
    assert not restraint.rests(REST) and restraint.rests(REST + 1)
    restraint.take(action, 1, moved=moved, asking=asking)
    assert restraint.rests(REST + 1) != wakes and restraint.hovers(REST + 1) != presses
    assert Restraint(SHAPE, REST, REST).rests(1), "a screen that stood still for as long"


def test_a_box_is_refused_until_something_happens(restraint: Restraint) -> None:
    for happens in (lambda: restraint.take(KEY, 1, moved=False, asking=False), lambda: restraint.note(_changed(79))):
        restraint.refuse(BOX, 1)
        assert restraint.refuses(BOX + 1, 1)
        happens()
        assert not restraint.refuses(BOX, 1)
