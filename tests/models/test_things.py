"""Things: what closes or is dragged away lays bare what it covered, to the pixel."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from models.things import MOST, Things, overlap

WIDTH_PX, HEIGHT_PX = 128, 96
BOX = np.array([[20, 10], [83, 73]])


def _desktop() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 9, (HEIGHT_PX, WIDTH_PX, 3), np.uint8)


def _with(frame_u8: np.ndarray, box: np.ndarray, shade: int) -> np.ndarray:
    frame_u8 = frame_u8.copy()
    (left, top), (right, bottom) = box
    frame_u8[top : bottom + 1, left : right + 1] = shade
    return frame_u8


def _opened() -> tuple[Things, np.ndarray, np.ndarray]:
    """The things, the desktop, and the screen on which one is open."""
    things, before = Things(), _desktop()
    after = _with(before, BOX, 200)
    things.note(BOX, before, after)
    return things, before, after


def test_a_box_that_is_nearly_a_things_is_its_own() -> None:
    things, _, _ = _opened()
    thing = things.like(BOX + 5)
    assert thing is not None and (thing.box == BOX).all()
    assert things.like(np.array([[20, 10], [50, 30]])) is None


def test_what_has_gone_is_no_thing_any_more() -> None:
    things, before, after = _opened()
    thing = things.like(BOX)
    assert thing is not None and (thing.gone(after) == before).all()
    things.note(BOX, after, before)
    assert things.like(BOX + 5) is None


def test_a_thing_that_was_dragged_over_the_edge_is_seen_as_far_as_it_is_on_the_screen() -> None:
    things, _, after = _opened()
    drag = things.drag(BOX, after, (30, 20), (5, 90))
    assert drag is not None
    drag, frame = drag.to(after, (5, 90))
    assert (drag.thing.box == BOX + np.array([-25, 70])).all()
    assert (drag.thing.visible(frame) == [[0, 80], [58, HEIGHT_PX - 1]]).all()


def test_small_changes_are_no_things_and_old_ones_are_forgotten() -> None:
    things, frame = Things(), _desktop()
    things.note(np.array([[0, 0], [15, 15]]), frame, _with(frame, BOX, 1))
    assert not things._open
    frame = np.zeros((64, 2 * MOST * 64, 3), np.uint8)
    for place in range(2 * MOST):
        box = np.array([[64 * place, 0], [64 * place + 63, 47]])
        before, frame = frame, _with(frame, box, 100)
        things.note(box, before, frame)
    assert len(things._open) == MOST


def test_what_opens_where_something_was_that_is_no_longer_there_takes_its_place() -> None:
    things, before, after = _opened()
    things.note(BOX + 3, before, _with(before, BOX + 3, 90))
    (thing,) = things._open
    assert (thing.box == BOX + 3).all()
    things.note(BOX, after, _with(after, BOX, 60))
    assert len(things._open) == 1, "the first was not there either"


def test_what_came_on_a_thing_goes_with_it() -> None:
    things, before, after = _opened()
    inside = np.array([[30, 20], [79, 69]])
    beside = np.array([[60, 40], [120, 90]])
    frame = _with(_with(after, inside, 7), beside, 9)
    things.note(inside, after, frame)
    things.note(beside, frame, frame)
    window = things._open[0]
    bare = things.lay_bare(window, frame)
    assert (bare[10:74, 20:84] == before[10:74, 20:84]).all()
    assert [thing.box.tolist() for thing in things._open] == [beside.tolist()]


def test_all_is_rolled_back_to_before_a_thing_opened_where_it_or_a_later_one_lies() -> None:
    things, before, after = _opened()
    later = np.array([[60, 40], [119, 89]])
    frame = _with(_with(after, later, 9), np.array([[100, 12], [101, 13]]), 5)  # a scrap, too small for a thing
    frame = _with(frame, np.array([[2, 2], [3, 3]]), 5)  # another, beside them
    things.note(later, after, frame)
    rolled = things.roll_back(things._open[0], frame)
    assert (rolled[10:90, 20:120] == before[10:90, 20:120]).all() and (rolled[2:4, 2:4] == 5).all()
    assert not things._open


def test_a_thing_that_was_put_back_covers_what_is_there_now() -> None:
    things, _, after = _opened()
    thing = things._open[0].as_in(after)
    other = things.lay_bare(things._open[0], after)
    other = _with(other, np.array([[0, 0], [40, 40]]), 3)
    shown = things.put_back(thing, other)
    assert (shown[10:74, 20:84] == 200).all()
    assert (things._open[0].gone(shown) == other).all()


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, WIDTH_PX - 1), st.integers(0, HEIGHT_PX - 1)), min_size=1, max_size=6))
def test_a_dragged_thing_follows_the_pointer_and_leaves_nothing_behind(way: list[tuple[int, int]]) -> None:
    things, before, after = _opened()
    press = (30, 20)
    drag, frame = things.drag(BOX + 2, after, press, (40, 20)), after
    assert drag is not None
    for pointer in [*way, (30, 21), press]:
        earlier = drag.thing
        drag, frame = drag.to(frame, pointer)
        things.moved(earlier, drag.thing)
        assert (drag.thing.box == BOX + np.array(pointer) - np.array(press)).all()
        rest = np.ones(frame.shape[:2], bool)
        (left, top), (right, bottom) = np.maximum(drag.thing.box, 0)
        rest[top : bottom + 1, left : right + 1] = False
        assert (frame[rest] == before[rest]).all() and (frame[~rest] == 200).all()
    assert (frame == after).all() and len(things._open) == 1


def test_a_drag_needs_a_thing_under_the_press_a_way_and_a_change_of_about_its_size() -> None:
    things, _, after = _opened()
    assert things.drag(BOX, after, (30, 20), (30, 21)) is None
    assert things.drag(BOX, after, (100, 90), (110, 90)) is None
    assert things.drag(BOX, after, (21, 40), (31, 40)) is None  # at the edge: its size changes
    assert things.drag(np.array([[30, 20], [50, 40]]), after, (30, 20), (40, 20)) is None


def test_overlap_is_intersection_over_union() -> None:
    assert overlap(BOX, BOX) == 1
    assert overlap(BOX, BOX + 200) == 0
    assert overlap(np.array([[0, 0], [9, 9]]), np.array([[5, 0], [14, 9]])) == 50 / 150
