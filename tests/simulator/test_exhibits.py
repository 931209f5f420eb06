"""Which events a page shows."""

import numpy as np

from simulator.exhibits import choose


def events(*rows: tuple[float, int]) -> np.ndarray:
    """Rows of (IoU, tiles that truly changed)."""
    return np.array(list(rows), [("iou", "f8"), ("true_tiles", "i4")])


def test_two_each_of_the_best_the_middle_and_the_worst() -> None:
    """In order of IoU these are 1, 5, 3, 6, 4, 7, 0; event 2 changes nothing, so it has no place."""
    measured = events((0.1, 1), (0.9, 1), (np.nan, 0), (0.7, 1), (0.3, 1), (0.8, 1), (0.6, 1), (0.2, 1))
    best, median, worst = [1, 5], [3, 6], [7, 0]
    expected = [("best", index) for index in best] + [("median", index) for index in median]
    assert choose(measured) == expected + [("worst", index) for index in worst]


def test_of_few_events_each_is_shown_once() -> None:
    assert choose(events((0.2, 1), (0.9, 1), (0.5, 1))) == [("best", 1), ("best", 2), ("worst", 0)]
    assert choose(events((0.5, 1))) == [("best", 0)]
    assert choose(events((0.5, 0))) == []


def test_equal_events_stay_in_their_order() -> None:
    assert [index for _, index in choose(events(*[(0.5, 1)] * 6))] == [0, 1, 2, 3, 4, 5]
