"""The fake world keeps the contract and its own rules."""

import pytest

from recorder.actions import Action, Event, EventKind
from simulator.fake_world import BEAM, FakeWorld
from simulator.world import TILE_PX
from tests.world_contract import WorldContract


class TestFakeWorld(WorldContract):
    @pytest.fixture
    def world(self) -> FakeWorld:
        return FakeWorld()


def test_a_click_paints_the_tile_under_the_pointer() -> None:
    world = FakeWorld()
    press = Event(t_ns=0, kind=EventKind.BUTTON_DOWN, x_px=40, y_px=20)
    step = world.step(Action(x_px=90, y_px=90, events=(press,)))
    assert step.dirty.sum() == 1 and step.dirty[20 // TILE_PX, 40 // TILE_PX]


def test_the_pointer_is_a_beam_over_the_bottom_row() -> None:
    assert FakeWorld((64, 64)).step(Action(x_px=0, y_px=63)).shape is BEAM
