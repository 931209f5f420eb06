"""Pictures are found by the boxes that they fit."""

import numpy as np
import pytest

from models.pictures import Pictures

SIZES = np.array([[20, 10], [22, 10], [18, 12], [33, 10], [16, 10]])


def test_pictures_fit_boxes_of_their_cells_and_about_their_size() -> None:
    pictures = Pictures(size_px=SIZES, content=np.arange(10), times=np.ones(5, int))
    box = np.array([[5, 5], [24, 14]])  # 20 x 10: two cells
    assert pictures.of(box).tolist() == [[0, 1], [2, 3], [4, 5]]
    assert pictures.of(np.array([[0, 0], [99, 99]])).shape == (0, 49)


def test_sizes_come_by_how_often_they_were_shown() -> None:
    pictures = Pictures(
        size_px=np.array([[9, 9], [5, 5], [9, 9], [7, 7]]), content=np.arange(4), times=np.array([1, 4, 2, 9])
    )
    sizes, times = pictures.sizes()
    assert sizes.tolist() == [[7, 7], [5, 5], [9, 9]] and times.tolist() == [9, 4, 3]


def test_what_does_not_fit_together_is_refused() -> None:
    with pytest.raises(ValueError, match="cells"):
        Pictures(size_px=np.array([[20, 10]]), content=np.arange(3), times=np.array([1]))
    with pytest.raises(ValueError, match="how often"):
        Pictures(size_px=np.array([[20, 10]]), content=np.arange(2), times=np.array([1, 2]))
