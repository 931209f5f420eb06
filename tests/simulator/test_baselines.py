"""A baseline's snapshot holds all that it was told."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from recorder.actions import Action
from simulator.baselines import Ceiling, CopyLast
from simulator.world import World

SIZE_PX = (48, 32)
REST = Action(x_px=0, y_px=0)
BLACK, GREY, WHITE = (np.full((SIZE_PX[1], SIZE_PX[0], 3), value, np.uint8) for value in (0, 128, 255))


@pytest.mark.parametrize(
    "world", [CopyLast(SIZE_PX, 15.0, None), Ceiling(SIZE_PX, 15.0, lambda frame_u8: frame_u8 // 2)]
)
def test_snapshot(world: World) -> None:
    world.reset(seed=0, frame_u8=BLACK)
    world.tell(REST, GREY)
    snapshot = world.snapshot()
    expected = world.observe(REST, GREY)
    for _ in range(2):
        world.observe(REST, WHITE)
        world.restore(snapshot)
        again = world.observe(REST, GREY)
        assert_array_equal(again.frame_u8, expected.frame_u8)
        assert_array_equal(again.dirty, expected.dirty)
