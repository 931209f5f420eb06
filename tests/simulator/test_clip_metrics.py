"""What is said of a shared space, against numbers found by hand."""

import numpy as np
import pytest

from models.facts import Fact, claims
from simulator.clip_metrics import (
    clip_score,
    closest_without,
    frechet_distance,
    keeps_meaning,
    majority,
    middle,
    nearest,
    points_to,
    recall_at,
    share,
)

X, Y = np.array([1, 0], np.float32), np.array([0, 1], np.float32)


def test_recall_counts_the_candidates_that_are_nearer_than_the_right_one() -> None:
    similarity = np.array([[0.9, 0.1, 0.2], [0.8, 0.5, 0.1], [0.7, 0.6, 0.5]], np.float32)
    assert [recall_at(similarity, count) for count in (1, 2, 3)] == pytest.approx([1 / 3, 2 / 3, 1])
    assert recall_at(np.ones((2, 2), np.float32), 1) == 0, "ties are no hits"


def test_a_middle_is_of_length_one() -> None:
    assert middle(np.stack([X, Y])) == pytest.approx([0.5**0.5, 0.5**0.5])


def test_the_nearest_class_and_the_commonest() -> None:
    image = np.array([[0.6, 0.8], [0.8, 0.6], [0, 1]], np.float32)
    assert nearest(image, np.stack([X, Y])).tolist() == [1, 0, 1]
    assert majority(np.array([1, 0, 1, 1])) == 0.75


def test_pairs_are_as_alike_as_there_are_and_the_best_come_first() -> None:
    dark, light, menu, top = Fact("theme", "dark"), Fact("theme", "light"), Fact("menu", True), Fact("panel", "top")
    known = np.stack(
        [
            claims([light, top], [dark, menu]),
            claims([dark, menu, top], [light]),
            claims([dark, top], [light, menu]),
            claims([light, menu], [dark, top]),
        ]
    )
    number = int(np.flatnonzero(claims([dark]))[0])
    assert closest_without(known, number, 9) == [(2, 0), (1, 0)]
    assert closest_without(known, number, 1) == [(2, 0)]
    assert closest_without(known[:1], number, 9) == []


def test_a_difference_points_to_what_it_is_nearest_to() -> None:
    assert points_to(np.array([0.3, 0.1], np.float32), X, Y[None])
    assert not points_to(np.array([0.1, 0.3], np.float32), X, Y[None])
    assert not points_to(np.array([0.1, 0.1], np.float32), X, Y[None]), "a tie is no hit"


def test_a_twin_keeps_its_meaning_where_no_other_is_nearer() -> None:
    own = np.stack([X, Y])
    assert keeps_meaning(own, own).tolist() == [True, True]
    assert keeps_meaning(np.array([[0.6, 0.8], [0, 1]], np.float32), own).tolist() == [False, True]


def test_the_clip_score_is_the_cosine_two_and_a_half_times() -> None:
    assert clip_score(np.stack([X, X, X]), np.stack([X, Y, -X])).tolist() == [2.5, 0, 0]


def test_the_frechet_distance_of_gaussians_in_closed_form() -> None:
    """|m1 - m2|^2 + (s1 - s2)^2 along each axis where the covariances are diagonal."""
    cross = np.array([[1, 0], [-1, 0], [0, 1], [0, -1]], np.float64)
    left, right = cross * [1, 2] + [5, 5], cross * [3, 2] + [5, 4]
    deviation = (2 / 3) ** 0.5  # of 1, -1, 0 and 0
    assert frechet_distance(left, right) == pytest.approx(1 + (2 * deviation) ** 2)
    assert frechet_distance(left, left) == pytest.approx(0, abs=1e-9)
    turned = np.array([[0.6, -0.8], [0.8, 0.6]])
    assert frechet_distance(left @ turned, right @ turned) == pytest.approx(frechet_distance(left, right))


def test_a_distance_needs_two_on_each_side() -> None:
    with pytest.raises(ValueError, match="two screens"):
        frechet_distance(X[None], np.stack([X, Y]))


def test_a_share_of_nothing_is_not_known() -> None:
    assert share([True, False]) == 0.5 and share([]) is None
