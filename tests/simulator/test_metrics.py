"""Each metric against a case that was worked out by hand."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from recorder.actions import KEY_INDEX, Action, Event, EventKind
from recorder.pointer import PointerShape, draw_pointer
from simulator.changes import changed_tiles, tile_iou, tile_pixels, tile_squared_error
from simulator.dirty_metrics import calibration, calibration_error, size_class, when_auc, where_precision
from simulator.event_class import event_classes
from simulator.fake_world import ARROW, BEAM
from simulator.memory_metric import Return, came_back, hidden_class, returns
from simulator.pixel_metrics import NO_ERROR_DB, psnr_db, rmse, ssim_changed
from simulator.pointer_metric import REACH_PX, pointer_error_px, same_shape
from simulator.text_metrics import char_accuracy, levenshtein, lines_found
from simulator.transitions import (
    TransitionClusters,
    _unit,
    accuracy,
    cluster_pairs,
    confusion,
    is_large_change,
    majority,
    mean_squared_differences,
    min_samples,
    thumbnail,
)
from simulator.typing_metric import character_appeared, types_character

BLACK = np.zeros((32, 48, 3), np.uint8)


def painted(row: int, column: int, value: int, frame_u8: np.ndarray = BLACK) -> np.ndarray:
    """A copy of the frame with one tile filled."""
    frame_u8 = frame_u8.copy()
    frame_u8[16 * row : 16 * row + 16, 16 * column : 16 * column + 16] = value
    return frame_u8


def tiles(*places: tuple[int, int]) -> np.ndarray:
    """The 2 x 3 mask with these tiles set."""
    mask = np.zeros((2, 3), bool)
    for place in places:
        mask[place] = True
    return mask


def test_a_tile_changes_with_one_value_of_one_pixel() -> None:
    after = BLACK.copy()
    after[16, 47, 2] = 1
    assert_array_equal(changed_tiles(BLACK, after), tiles((1, 2)))


def test_squared_error_is_summed_by_tile_and_does_not_wrap() -> None:
    error = tile_squared_error(BLACK, painted(0, 1, 255))
    assert error[0, 1] == 255**2 * 16 * 16 * 3 and error.sum() == error[0, 1]


def test_tile_pixels_cover_their_tile() -> None:
    assert_array_equal(tile_pixels(tiles((1, 1))), painted(1, 1, 1)[..., 0] == 1)


def test_iou_of_tiles() -> None:
    assert tile_iou(tiles((0, 0), (0, 1)), tiles((0, 1), (0, 2))) == pytest.approx(1 / 3)
    assert math.isnan(tile_iou(tiles(), tiles()))


def test_psnr_of_a_mean_squared_error_of_255_is_24_db() -> None:
    assert psnr_db(255 * 7, 7) == pytest.approx(10 * math.log10(255))
    assert psnr_db(0, 7) == NO_ERROR_DB
    assert psnr_db(0, 0) is None


def test_psnr_is_pooled_not_averaged() -> None:
    assert psnr_db(100 + 0, 2) == pytest.approx(10 * math.log10(255**2 / 50))


def test_rmse() -> None:
    assert rmse(9 + 16 + 0 + 0, 4) == 2.5
    assert rmse(0, 0) is None


def test_ssim_counts_the_pixels_of_changed_tiles() -> None:
    truth = np.random.default_rng(0).integers(0, 256, BLACK.shape, dtype=np.uint8)
    total, pixels = ssim_changed(truth, truth, tiles((0, 0), (1, 2)))
    assert pixels == 512 and total == pytest.approx(512)
    assert ssim_changed(truth, truth, tiles()) == (0.0, 0)
    inverted, _ = ssim_changed(truth, 255 - truth, tiles((0, 0), (1, 2)))
    assert inverted < 0


def test_ssim_of_two_flat_tiles_has_a_closed_form() -> None:
    left, right = np.full(BLACK.shape, 100, np.uint8), np.full(BLACK.shape, 120, np.uint8)
    total, pixels = ssim_changed(left, right, np.ones((2, 3), bool))
    c1 = (0.01 * 255) ** 2
    assert total / pixels == pytest.approx((2 * 100 * 120 + c1) / (100**2 + 120**2 + c1))


def test_where_looks_at_as_many_tiles_as_truly_changed() -> None:
    probability = np.array([[0.9, 0.8, 0.1], [0.7, 0.0, 0.0]], np.float32)
    assert where_precision(probability, tiles((0, 0), (1, 0))) == 0.5
    assert where_precision(probability, tiles((0, 0), (0, 1), (1, 0))) == 1
    assert math.isnan(where_precision(probability, tiles()))


def test_where_without_knowledge_scores_the_share_of_changed_tiles() -> None:
    assert where_precision(np.zeros((2, 3), np.float32), tiles((0, 0), (1, 1))) == pytest.approx(2 / 6)


def test_where_splits_ties() -> None:
    probability = np.array([[0.9, 0.5, 0.5], [0.0, 0.0, 0.0]], np.float32)
    assert where_precision(probability, tiles((0, 0), (0, 1))) == pytest.approx((1 + 0.5) / 2)


@pytest.mark.parametrize(("count", "name"), [(1, "1-3"), (3, "1-3"), (4, "4-15"), (150, "40-150"), (151, "151+")])
def test_size_classes(count: int, name: str) -> None:
    assert size_class(count) == name


def test_when_auc_is_the_share_of_ordered_pairs() -> None:
    changed = np.array([True, True, False, False])
    assert when_auc(changed, np.array([0.9, 0.3, 0.5, 0.1])) == 0.75
    assert when_auc(np.ones(3, bool), np.array([0.1, 0.2, 0.3])) is None


def test_calibration_error_weighs_bins_by_frames() -> None:
    changed = np.array([True, False, True, True])
    bins = calibration(changed, np.array([0.05, 0.05, 0.95, 1.0]))
    assert [row.frames for row in bins] == [2, 2]
    assert calibration_error(bins) == pytest.approx((2 * 0.45 + 2 * 0.025) / 4)
    assert calibration_error([]) is None


@given(st.text("abc", max_size=8), st.text("abc", max_size=8))
def test_levenshtein_equals_its_recursion(left: str, right: str) -> None:
    def slow(a: str, b: str) -> int:
        if not a or not b:
            return len(a) + len(b)
        row = list(range(len(b) + 1))
        for i, x in enumerate(a, 1):
            row, old = [i], row
            for j, y in enumerate(b, 1):
                row.append(min(old[j] + 1, row[-1] + 1, old[j - 1] + (x != y)))
        return row[-1]

    assert levenshtein(left, right) == slow(left, right)


def test_char_accuracy_of_one_wrong_letter_in_six() -> None:
    assert levenshtein("kitten", "sitting") == 3
    assert char_accuracy("kitten", "sitten") == pytest.approx(5 / 6)
    assert char_accuracy("a", "quite another text") == 0


def test_lines_are_found_as_often_as_they_occur() -> None:
    assert lines_found("File\n\n Edit \nFile", "Edit\nFile\nView") == (2, 3)


def press(kind: EventKind, code: int = 0, symbol: int = 0) -> Event:
    return Event(t_ns=0, kind=kind, code=code, symbol=symbol)


def test_event_classes_follow_the_last_deed_for_a_second() -> None:
    rest = Action(x_px=0, y_px=0)
    actions = [
        rest,
        Action(x_px=5, y_px=0),
        Action(x_px=5, y_px=0, events=(press(EventKind.KEY_DOWN),)),
        Action(x_px=5, y_px=0, events=(press(EventKind.SCROLL),)),
        *[Action(x_px=5, y_px=0)] * 4,
        Action(x_px=5, y_px=0, buttons=frozenset({0}), events=(press(EventKind.BUTTON_DOWN),)),
        Action(x_px=9, y_px=0, buttons=frozenset({0})),
        Action(x_px=9, y_px=0, events=(press(EventKind.BUTTON_UP),)),
    ]
    expected = ["window", "hover", "type", "scroll", "scroll", "scroll", "scroll", "window", "click", "drag", "drag"]
    assert event_classes(actions, fps=4) == expected


def test_what_types_a_character() -> None:
    a, enter, control = KEY_INDEX["KeyA"], KEY_INDEX["Enter"], KEY_INDEX["ControlLeft"]
    typed = Action(x_px=0, y_px=0, keys=frozenset({a}), events=(press(EventKind.KEY_DOWN, a, ord("a")),))
    assert types_character(typed)
    withheld = Action(x_px=0, y_px=0, events=(press(EventKind.KEY_DOWN, a),))
    assert types_character(withheld)
    command = Action(x_px=0, y_px=0, keys=frozenset({control, a}), events=typed.events)
    assert not types_character(command)
    assert not types_character(Action(x_px=0, y_px=0, events=(press(EventKind.KEY_DOWN, enter, 0xFF0D),)))


@pytest.mark.parametrize(
    ("shown", "right"),
    [
        (painted(0, 1, 200), True),
        (painted(0, 1, 160), True),
        (BLACK, False),
        (painted(1, 1, 200), False),
        (painted(0, 1, 200, painted(1, 1, 9, painted(1, 2, 9))), False),
    ],
    ids=["right", "nearly right", "nothing", "elsewhere", "too much"],
)
def test_a_character_appears_in_place(shown: np.ndarray, right: bool) -> None:
    appeared = character_appeared(
        true_before_u8=BLACK,
        true_after_u8=painted(0, 1, 200),
        shown_after_u8=shown,
        shown_changed=changed_tiles(BLACK, shown),
    )
    assert appeared is right


def test_a_key_that_changes_nothing_is_no_character() -> None:
    assert (
        character_appeared(true_before_u8=BLACK, true_after_u8=BLACK, shown_after_u8=BLACK, shown_changed=tiles())
        is None
    )


def test_thumbnails_are_means_of_blocks() -> None:
    frame = BLACK.copy()
    frame[:4, :2] = 255
    small = thumbnail(frame)
    assert small.shape == (8 * 12 * 3,) and small[0] == 128 and small[3:].max() == 0
    assert not is_large_change(BLACK, frame) and is_large_change(BLACK, painted(0, 0, 255))


def test_min_samples_scales_the_protocol_down() -> None:
    assert [min_samples(pairs) for pairs in (10, 900, 15_000)] == [2, 3, 50]


def greys(*levels: int) -> np.ndarray:
    return np.repeat(np.array(levels, np.uint8)[:, None], 50, axis=1)


def test_differences_of_many_rows_are_those_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = np.random.default_rng(0).integers(0, 256, (7, 30), dtype=np.uint8)
    monkeypatch.setattr("simulator.transitions._ROWS_AT_ONCE", 3)
    expected = np.square((rows[:, None].astype(float) - rows) / 255).mean(axis=2)
    assert mean_squared_differences(rows) == pytest.approx(expected, abs=1e-5)


def test_pairs_are_alike_by_their_mean_squared_difference() -> None:
    """Two grey levels 23 apart are alike (0.0081 < 0.01), 28 apart are not (0.0121), though all point one way."""
    clusters = cluster_pairs(greys(51, 74, 153, 181, 209))
    assert len(clusters.centres) == 1 and (clusters.pairs, clusters.min_samples) == (5, 2)
    assert [clusters.of(pair) for pair in greys(51, 153)] == [None, None], "one kind tells nothing apart"


def test_the_centre_of_a_cluster_is_its_medoid() -> None:
    assert_array_equal(cluster_pairs(greys(51, 66, 86)).centres, _unit(greys(66)))
    assert cluster_pairs(np.empty((0, 4), np.uint8)).centres.shape == (0, 4)


def test_a_kind_needs_fewer_members_until_there_are_enough_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.transitions.min_samples", lambda _: 8)
    pairs = greys(*[0] * 8, *[60] * 4, *[120] * 3)
    for least, members, kinds in ((1, 8, 1), (2, 4, 2), (3, 3, 3), (73, 2, 3)):
        monkeypatch.setattr("simulator.transitions.LEAST_CLUSTERS", least)
        found = cluster_pairs(pairs)
        assert (found.min_samples, len(found.centres)) == (members, kinds)


def test_a_generated_pair_goes_to_the_nearest_centre() -> None:
    def pair(before: np.ndarray, after: np.ndarray) -> np.ndarray:
        return np.concatenate([thumbnail(before), thumbnail(after)])

    opened, closed = painted(0, 1, 200), painted(1, 2, 90)
    clusters = TransitionClusters(
        centres=_unit(np.stack([pair(BLACK, opened), pair(BLACK, closed)])), pairs=2, min_samples=2
    )
    assert clusters.nearest(BLACK, opened) == 0 and clusters.nearest(BLACK, closed) == 1
    assert clusters.nearest(BLACK, painted(0, 1, 170)) == 0
    assert clusters.of(pair(BLACK, opened)) == 0 and clusters.of(pair(BLACK, painted(0, 1, 170))) == 0
    assert clusters.of(pair(painted(0, 0, 255), opened)) is None, "its mean squared difference is 1/12"
    assert replace(clusters, centres=clusters.centres[:1]).of(pair(BLACK, opened)) is None


def test_transition_accuracy_is_the_trace_over_the_total() -> None:
    pairs = [(0, 0, 0), (0, 0, 1), (1, 1, 1), (1, 2, 1), (1, 1, 1)]
    rows = np.array(pairs, [("session", "i4"), ("cluster", "i4"), ("nearest", "i4")])
    assert accuracy(rows) == pytest.approx(3 / 5) and majority(rows) == pytest.approx(2 / 5)
    assert confusion(rows) == [(0, 0, 1), (0, 1, 1), (1, 1, 2), (2, 1, 1)]
    assert accuracy(rows[:0]) is None and majority(rows[:0]) is None


def test_pointers_are_the_same_by_pixels_and_hotspot() -> None:
    again = PointerShape(rgba=ARROW.rgba.copy(), hot_x_px=0, hot_y_px=0, name="another name")
    assert same_shape(again, ARROW) and same_shape(None, None)
    assert not same_shape(BEAM, ARROW) and not same_shape(replace(ARROW, hot_x_px=1), ARROW)
    assert not same_shape(None, ARROW) and not same_shape(ARROW, None)


@pytest.mark.parametrize(("right", "down"), [(0, 0), (3, -4), (-REACH_PX, REACH_PX)])
def test_the_pointer_is_found_where_it_was_drawn(right: int, down: int) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (80, 80, 3), dtype=np.uint8)
    picture = draw_pointer(noise, ARROW, 40 + right, 40 + down)
    assert pointer_error_px(picture, ARROW, 40, 40) == math.hypot(right, down)


def test_beyond_the_edge_the_part_on_the_screen_counts() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (80, 80, 3), dtype=np.uint8)
    assert pointer_error_px(draw_pointer(noise, ARROW, 76, 77), ARROW, 76, 77) == 0
    assert pointer_error_px(draw_pointer(noise, ARROW, 71, 77), ARROW, 76, 77) == 5
    assert math.isnan(pointer_error_px(noise, ARROW, 80, 77))


def _window(app: str, hidden: bool, x_px: int = 0) -> dict[str, object]:
    return {"app": app, "box": [x_px, 0, 32, 16], "hidden": hidden}


def test_a_return_is_of_the_same_window_at_the_same_place() -> None:
    told = [
        (3, {"windows": [_window("editor", False), _window("files", True)]}),
        (10, {"windows": [_window("editor", True), _window("files", True)]}),
        (15, {"theme": "dark"}),
        (20, {"windows": [_window("editor", True), _window("files", False, x_px=8)]}),
        (70, {"windows": [_window("editor", False)]}),
        (80, {"windows": [_window("editor", False)]}),
    ]
    assert returns(told) == [Return(box_px=(0, 0, 32, 16), hidden=10, restored=70)]
    assert returns(told)[0].frames_hidden == 60
    assert [hidden_class(frames) for frames in (1, 59, 60, 300)] == ["1-59", "1-59", "60-299", "300+"]


def test_what_came_back_was_out_of_sight_and_is_as_before() -> None:
    """Three tiles of a row: one comes back, one comes back changed, one was never hidden; a fourth lies outside."""
    before = painted(0, 0, 200, painted(0, 1, 200, painted(0, 2, 200, painted(1, 1, 200))))
    hidden = painted(0, 2, 200)
    restored = painted(0, 1, 90, before)
    assert_array_equal(came_back(before, hidden, restored, (-5, 0, 60, 16)), tiles((0, 0)))
