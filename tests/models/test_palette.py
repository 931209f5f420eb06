"""The palette holds what tiles take most often for the first time, and says where each content is."""

import numpy as np

from models.palette import common_contents
from models.track import Track


def _track(grids: list[list[int]], shades: list[int]) -> Track:
    """Tiles of one shade each; a grid a frame."""
    frames = len(grids)
    return Track(
        tiles_u8=np.repeat(np.array(shades, np.uint8)[:, None], 768, axis=1),
        change_frame=np.arange(frames), grids=np.array(grids, np.int32), events=np.zeros((0, 5), np.int64),
        pointer_px=np.zeros((frames, 2), np.int32), held=np.zeros(frames, np.int64), shape=np.zeros(frames, np.int16),
        shape_names=np.array(["left_ptr"]), grid_shape=np.array([1, 2]),
    )  # fmt: skip


def test_contents_are_counted_once_a_tile_and_across_sessions() -> None:
    first = _track([[0, 0], [1, 0], [0, 0], [1, 0]], [10, 20])  # 10: both tiles; 20: one tile, twice
    second = _track([[0, 1], [1, 1]], [30, 20])  # 30: one tile; 20: both tiles
    rows, place = common_contents([first, second], 2)
    shades = np.array([10, 20, 30, 20])
    assert shades[rows].tolist() == [20, 10]
    assert place.tolist() == [1, 0, -1, 0]


def test_few_contents_make_a_small_palette() -> None:
    rows, place = common_contents([_track([[0, 0]], [10])], 5)
    assert rows.tolist() == [0]
    assert place.tolist() == [0]
