"""What was painted in vain is not painted again at once, and not for ever either."""

import numpy as np

from models.refusals import NEAR_PX, WAIT_FRAMES, Refusals

LARGE = np.array([[40, 40], [359, 279]])
SMALL = np.array([[40, 40], [79, 59]])


def test_a_box_is_refused_within_a_few_pixels() -> None:
    refusals = Refusals()
    refusals.add(SMALL, 3)
    assert refusals.holds(SMALL, 3) and refusals.holds(SMALL + NEAR_PX, 3)
    assert not refusals.holds(SMALL + NEAR_PX + 1, 3)
    assert not refusals.holds(np.array([SMALL[0], SMALL[1] + (0, NEAR_PX + 1)]), 3)


def test_small_ones_are_tried_in_the_next_frame_and_large_ones_after_a_while() -> None:
    refusals = Refusals()
    refusals.add(SMALL, 3)
    refusals.add(LARGE, 3)
    assert refusals.holds(SMALL, 3) and not refusals.holds(SMALL, 4)
    assert refusals.holds(LARGE, 2 + WAIT_FRAMES) and not refusals.holds(LARGE, 3 + WAIT_FRAMES)


def test_all_is_forgotten_when_something_happens() -> None:
    refusals = Refusals()
    refusals.add(LARGE, 3)
    refusals.forget()
    assert not refusals.holds(LARGE, 3)
