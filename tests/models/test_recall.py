"""What cells may show again: each earlier content once, the newest first, and what a drag brings along."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.cells import cut
from models.recall import EARLIER, MOVED, NEW, SLOTS, different, known_contents, moved_contents
from models.tiles import TILE_VALUES

SHADES = np.repeat(np.arange(30, dtype=np.uint8)[:, None], TILE_VALUES, axis=1)
NOTHING_MOVES = [None] * MOVED


@given(st.lists(st.integers(0, 29), min_size=1, max_size=24))
def test_each_content_is_known_once_the_newest_first(shown: list[int]) -> None:
    arrived = list(range(0, 3 * len(shown), 3))
    known = known_contents([SHADES[[shade]] for shade in shown], arrived, NOTHING_MOVES, 3 * len(shown))
    there = known.slot[0] >= 0
    expected = list(dict.fromkeys(reversed(shown)))[:EARLIER]
    assert known.tiles_u8[known.slot[0][there], 0].tolist() == expected
    assert known.age[0, 0] == 0


def test_ages_count_from_when_a_content_was_left() -> None:
    known = known_contents([SHADES[[shade]] for shade in (4, 5, 4, 6)], [0, 10, 20, 30], NOTHING_MOVES, 37)
    assert known.tiles_u8[known.slot[0, :3], 0].tolist() == [6, 4, 5]
    assert known.age[0, :3].tolist() == [0, 7, 17]


def test_cells_do_not_know_each_others_contents() -> None:
    known = known_contents([SHADES[[1, 2]], SHADES[[3, 2]]], [0, 5], NOTHING_MOVES, 9)
    contents = [known.tiles_u8[slot[slot >= 0], 0].tolist() for slot in known.slot]
    assert contents == [[3, 1], [2]]


def test_what_is_dragged_comes_by_the_pointers_way_now_and_in_the_frame_before() -> None:
    frame = np.random.default_rng(0).integers(256, size=(64, 96, 3)).astype(np.uint8)
    box, cells = np.array([[20, 20], [60, 50]]), np.array([0, 4])
    pointer = np.array([[10, 10], [13, 8], [13, 15]])
    now, before = moved_contents(frame, box, cells, pointer, held=1)
    assert now is not None and before is not None
    assert np.array_equal(now, cut(frame, box, (0, 7))[cells]) and np.array_equal(
        before, cut(frame, box, (3, -2))[cells]
    )
    assert moved_contents(frame, box, cells, pointer, held=0) == [None, None]
    known = known_contents([cut(frame, box)[cells]], [0], [now, None], 1)
    assert (known.slot[:, EARLIER] >= 0).all() and (known.slot[:, EARLIER + 1] == -1).all()
    assert np.array_equal(known.tiles_u8[known.slot[:, EARLIER]], now)


def test_the_least_recently_shown_content_is_dropped() -> None:
    contents = np.arange(EARLIER + 3)[None]
    ids, _ = different(contents, contents, EARLIER + 3)
    assert ids[0].tolist() == list(range(EARLIER + 2, 2, -1))
    assert NEW not in range(SLOTS)


def test_without_a_past_only_what_is_shown_is_known() -> None:
    ids, ages = different(np.array([[-1, -1, 4]]), np.array([[-1, -1, 0]]), 7)
    assert ids[0].tolist() == [4, -1, -1]
    assert ages[0].tolist() == [0, 0, 0]
