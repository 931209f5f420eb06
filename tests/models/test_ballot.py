"""Cells elect the earlier screen or the picture that they find likeliest together, and only a likely one."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest
import torch

from models.ballot import BETTER, BOND, Ballot
from models.cells import fingerprints
from models.follows import NOTHING_FOLLOWS, Follows
from models.layers import highest
from models.pictures import Prints
from models.recall import NEW, known_contents
from models.tiles import TILE_VALUES

PALETTE, CELLS = 6, 3
Said = dict[tuple[int, int], float]


def _screen(*shades: int) -> np.ndarray:
    return np.repeat(np.array(shades, np.uint8)[:, None], TILE_VALUES, axis=1)


SCREENS = [
    _screen(1, 2, 3),
    _screen(4, 5, 3),
    _screen(7, 7, 7),
]  # the last is shown now: slots 2, 1 and 0
LIBRARY = fingerprints(_screen(20, 21, 22, 23, 24, 25, 1, 99))  # the first six are the palette


def _logits(near: Said, far: Said) -> tuple[torch.Tensor, torch.Tensor]:
    """Of three cells; -20 where nothing is said."""
    logits = torch.full((CELLS, NEW + 1), -20.0), torch.full((CELLS, PALETTE), -20.0)
    for tensor, said in zip(logits, (near, far), strict=True):
        for (cell, choice), value in said.items():
            tensor[cell, choice] = value
    return logits


def _vote(ballot: Ballot, near: torch.Tensor, far: torch.Tensor, new: Sequence[int] = ()) -> int | None:
    """Where some cells are sure that they show something new."""
    best = torch.maximum(near.amax(dim=1), far.amax(dim=1))
    return ballot.vote(near, far, best, torch.tensor([cell in new for cell in range(CELLS)]))


def _ballot(
    pictures: list[list[int]] | None = None,
    screens: list[np.ndarray] = SCREENS[:-1],
    follows: Follows = NOTHING_FOLLOWS,
    only_counted: bool = False,
    kept: list[list[int]] | None = None,
    may_stay: bool = False,
) -> Ballot:
    known = known_contents(SCREENS, [0, 1, 2], [None, None], 3)
    places = np.array(pictures or [], np.int64).reshape(-1, CELLS)
    nothing = np.full_like(places, -1)
    prints = Prints(places, nothing if kept is None else np.array(kept, np.int64), nothing)
    return Ballot.of(
        screens,
        prints,
        LIBRARY,
        PALETTE,
        follows,
        known,
        torch.device("cpu"),
        only_counted=only_counted,
        may_stay=may_stay,
    )


def test_the_majority_carries_a_cell_that_would_choose_otherwise() -> None:
    near, far = _logits({(0, 2): 5.0, (1, 2): 4.5, (1, 1): 5.0, (2, 1): 5.0}, {})
    ballot = _ballot()
    elected = _vote(ballot, near, far)
    assert elected == 0
    ballot.favour(elected, near, far, highest(far))
    assert near.argmax(dim=1).tolist() == [2, 2, 1] and near[1, 2] == 4.5 + BOND


def test_pictures_are_elected_by_the_palette_and_by_what_a_cell_already_showed() -> None:
    near, far = _logits({(0, 2): 5.0}, {(1, 1): 5.0, (2, 2): 4.0, (2, 5): 5.0})
    ballot = _ballot([[0, 1, 5], [6, 1, 2]], screens=[])
    elected = _vote(ballot, near, far)
    assert elected == 1
    common, place = ballot.favour(elected, near, far, highest(far))
    assert near[0, 2] == 5.0 + BOND and common.tolist()[1:] == [5.0 + BOND, 4.0 + BOND] and place.tolist()[1:] == [1, 2]


def test_the_likeliest_of_screens_and_pictures_wins() -> None:
    near, far = _logits({(0, 2): 5.0, (1, 2): 5.0, (2, 1): 5.0}, {(cell, cell): 4.9 for cell in range(CELLS)})
    assert _vote(_ballot([[0, 1, 2]]), near, far) == 0
    near[:, :NEW] -= 0.2
    assert _vote(_ballot([[0, 1, 2]]), near, far) == 2


def test_an_unlikely_candidate_wins_nothing_and_no_candidate_neither() -> None:
    near, far = _logits({(0, 1): 5.0, (1, 0): 5.0}, {(2, 4): 5.0})
    assert _vote(_ballot([[0, 0, 0]]), near, far) is None
    assert _vote(_ballot(screens=[]), near, far) is None


def test_an_earlier_screen_has_to_be_surer_than_a_picture() -> None:
    near, far = _logits({(0, 2): 4.0, (1, 2): 4.0, (2, 1): 4.0}, {(cell, 5): 5.0 for cell in range(CELLS)})
    assert _vote(_ballot(), near, far) is None
    near, far = _logits({}, {(cell, place): 5.0 - place for cell in range(CELLS) for place in range(2)})
    assert _vote(_ballot([[1, 1, 1]]), near, far) == 2


def test_what_a_picture_does_not_say_stays_if_the_cell_believes_that_it_may() -> None:
    near, far = _logits({(2, 0): 4.0}, {(0, 1): 5.0, (1, 2): 5.0, (2, 3): 5.0})
    ballot = _ballot([[1, 2, -1]], screens=[])
    elected = _vote(ballot, near, far)
    assert elected == 0
    common, _ = ballot.favour(elected, near, far, highest(far))
    assert near[2, 0] == 4.0 + BOND > common[2]
    near[2, 0] = -20.0
    near[0, 1] = 9.0
    assert _vote(ballot, near, far) is None


def test_a_picture_may_show_what_no_cell_can_point_at() -> None:
    near, far = _logits({}, {(0, 1): 5.0, (1, 2): 5.0, (2, 3): 5.0})
    assert _vote(_ballot([[1, 2, 7]], screens=[]), near, far) == 0
    assert _vote(_ballot([[7, 7, 7]], screens=[]), near, far) is None


def test_the_screen_as_it_is_cannot_be_elected() -> None:
    near, far = _logits({(cell, 0): 5.0 for cell in range(CELLS)}, {(cell, cell): 3.0 for cell in range(CELLS)})
    assert _vote(_ballot(screens=[SCREENS[-1]]), near, far) is None
    assert _vote(_ballot([[0, 1, 2]], screens=[SCREENS[-1]]), near, far) == 1


def test_where_all_may_stay_a_large_change_has_to_be_likelier_than_that(monkeypatch: pytest.MonkeyPatch) -> None:
    for most_cells, may_stay, better, elected in (
        (CELLS - 1, True, 2 * BETTER, 0),
        (CELLS - 1, True, BETTER / 2, None),
        (CELLS - 1, False, BETTER / 2, 0),
        (CELLS, True, BETTER / 2, 0),
    ):
        monkeypatch.setattr("models.ballot.MOST_CELLS", most_cells)
        stay = {(cell, 0): 5.0 for cell in range(CELLS)}
        near, far = _logits(stay, {(cell, cell): 5.0 + better for cell in range(CELLS)})
        votes = _ballot([[0, 1, 2]], screens=[], may_stay=may_stay)
        assert _vote(votes, near, far) == elected, (most_cells, may_stay, better)


def test_a_cell_that_is_sure_of_something_new_denies_what_is_known() -> None:
    near, far = _logits({(0, 2): 5.0, (1, 2): 5.0, (2, NEW): 5.0}, {(0, 0): 5.0, (1, 1): 5.0, (2, 3): 4.0})
    pictures = _ballot([[0, 1, 3], [0, 1, 7]], screens=[])
    assert _vote(pictures, near, far) == 0
    assert _vote(pictures, near, far, new=[2]) == 1, "of the second it cannot say whether that is the new"
    assert _vote(_ballot(), near, far, new=[0]) is None


SHOWN = int(fingerprints(SCREENS[-1])[0])  # by all three cells
OFTEN, ELSEWHERE = LIBRARY.tolist()[:2]
COUNTED = Follows.of(Counter({(SHOWN, OFTEN): 40, (SHOWN, ELSEWHERE): 2, (5, ELSEWHERE): 40, (5, SHOWN): 9}))


def test_what_often_followed_wins_over_what_did_not() -> None:
    near, far = _logits({}, {(cell, place): 5.0 for cell in range(CELLS) for place in range(2)})
    for pictures in ([[0] * CELLS, [1] * CELLS], [[1] * CELLS, [0] * CELLS]):
        elected = _vote(_ballot(pictures, screens=[], follows=COUNTED), near, far)
        assert elected is not None and pictures[elected] == [0] * CELLS


def test_nothing_is_elected_that_no_count_speaks_for_where_only_counts_do() -> None:
    near, far = _logits({}, {(cell, place): 5.0 for cell in range(CELLS) for place in range(PALETTE)})
    for pictures, elected in (([[3, 3, 3]], None), ([[0, 0, 0]], 0), ([[3, 3, 3], [0, 0, 0]], 1), ([[0, 0, 1]], None)):
        assert _vote(_ballot(pictures, screens=[], follows=COUNTED), near, far) is not None
        counted = _ballot(pictures, screens=[], follows=COUNTED, only_counted=True)
        assert _vote(counted, near, far) == elected, pictures


def test_a_cell_that_a_picture_leaves_alone_shows_what_it_kept_or_stays() -> None:
    ballot = _ballot([[0, 1, -1]], [], kept=[[-1, -1, 3]])
    for stays, kept, shown in ((2.0, 1.0, NEW), (1.0, 2.0, 3)):
        near, far = _logits({(0, 1): 1.0, (1, 1): 1.0, (2, 0): stays}, {(0, 0): 1.5, (1, 1): 1.5, (2, 3): kept})
        elected = _vote(ballot, near, far)
        assert elected == 0
        common, place = ballot.favour(elected, near, far, highest(far))
        best, choice = near[2].max(dim=0)
        assert (int(place[2]) if common[2] > best else NEW) == shown and (shown == 3 or int(choice) == 0)
