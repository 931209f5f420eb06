"""Pictures are found by the boxes that they fit."""

import numpy as np
import pytest

from tests.models.plain_pictures import plain_pictures

SIZES = [[20, 10], [22, 10], [18, 12], [33, 10], [16, 10]]
BOTH = np.arange(2)


def test_pictures_fit_boxes_of_their_cells_and_about_their_size() -> None:
    ten = np.arange(10)
    pictures = plain_pictures(SIZES, ten, [1] * 5, kept=-ten, settled=10 * ten)
    prints = pictures.of(np.array([[5, 5], [24, 14]]), BOTH)  # 20 x 10: two cells
    assert prints.content.tolist() == [[0, 1], [2, 3], [4, 5]]
    assert np.array_equal(prints.kept, -prints.content) and np.array_equal(prints.settled, 10 * prints.content)
    assert pictures.of(np.array([[5, 5], [24, 14]]), BOTH[1:]).content.tolist() == [[1], [3], [5]]
    assert pictures.of(np.array([[0, 0], [99, 99]]), np.arange(49)).content.shape == (0, 49)


def test_sizes_come_by_how_often_they_were_shown() -> None:
    pictures = plain_pictures([[9, 9], [5, 5], [9, 9], [7, 7]], np.arange(4), [1, 4, 2, 9])
    sizes, times = pictures.sizes()
    assert sizes.tolist() == [[7, 7], [5, 5], [9, 9]] and times.tolist() == [9, 4, 3]


def test_what_does_not_fit_together_is_refused() -> None:
    with pytest.raises(ValueError, match="cells"):
        plain_pictures([[20, 10]], np.arange(3), [1])
    with pytest.raises(ValueError, match="how often"):
        plain_pictures([[20, 10]], np.arange(2), [1, 2])
