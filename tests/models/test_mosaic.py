"""Small screens: what a block says, and that distinct tiles with an index are the screens that they were made of."""

import numpy as np

from models.mosaic import SMALL_VALUES, Mosaics, small_tiles
from models.tiles import to_tiles


def test_a_block_says_its_mean_colour_and_how_much_it_varies() -> None:
    frame_u8 = np.zeros((16, 32, 3), np.uint8)
    frame_u8[:, 16:] = (30, 60, 90)
    frame_u8[0:2, 16:20] = 200  # half of the first block of the second tile
    small = small_tiles(to_tiles(frame_u8))
    assert small.shape == (2, SMALL_VALUES)
    assert not small[0].any()
    assert small[1, :4].tolist() == [115, 130, 145, 70]  # means, and half the difference of 200 and 60
    assert small[1, 4:8].tolist() == [30, 60, 90, 0]


def test_screens_stay_what_they_are_when_joined_and_chosen() -> None:
    random = np.random.default_rng(0)
    screens = random.integers(0, 3, (5, 6, 1), dtype=np.uint8).repeat(SMALL_VALUES, axis=2)
    joined = Mosaics.join([Mosaics.of(screens[:2]), Mosaics.of(screens[2:])])
    assert np.array_equal(joined.tiles_u8[joined.grids], screens)
    assert len(joined.tiles_u8) == 3
    chosen = np.array([4, 0, 4])
    part = joined.take(chosen)
    assert np.array_equal(part.tiles_u8[part.grids], screens[chosen])
    assert len(part.tiles_u8) == len(np.unique(screens[chosen]))
