"""Cells elect the picture that they find likeliest together, and only a likely one."""

import numpy as np
import pytest
import torch

from models.pictures import BOND, Ballot, Pictures
from models.recall import NEW, SLOTS

PALETTE = 6


def _logits(near: dict[tuple[int, int], float], far: dict[tuple[int, int], float]) -> tuple[torch.Tensor, torch.Tensor]:
    """Of three cells; -20 where nothing is said."""
    logits = torch.full((3, NEW + 1), -20.0), torch.full((3, PALETTE), -20.0)
    for tensor, said in zip(logits, (near, far), strict=True):
        for (cell, choice), value in said.items():
            tensor[cell, choice] = value
    return logits


def _ballot(pictures: list[list[int]], slots: dict[tuple[int, int], int] | None = None) -> Ballot:
    slot_place = torch.full((3, SLOTS), -1)
    for (cell, slot), place in (slots or {}).items():
        slot_place[cell, slot] = place
    return Ballot(pictures=torch.tensor(pictures, dtype=torch.long).reshape(-1, 3), slot_place=slot_place)


def test_pictures_fit_boxes_of_their_cells_and_about_their_size() -> None:
    pictures = Pictures(size_px=np.array([[20, 10], [22, 10], [18, 12], [33, 10], [16, 10]]), content=np.arange(10))
    box = np.array([[5, 5], [24, 14]])  # 20 x 10: two cells
    assert pictures.of(box).tolist() == [[0, 1], [2, 3], [4, 5]]
    assert pictures.of(np.array([[0, 0], [99, 99]])).shape == (0, 49)
    with pytest.raises(ValueError, match="cells"):
        Pictures(size_px=np.array([[20, 10]]), content=np.arange(3))


def test_the_majority_carries_a_cell_that_would_choose_otherwise() -> None:
    near, far = _logits({}, {(0, 1): 5.0, (1, 2): 5.0, (2, 3): 4.0, (2, 5): 5.0})
    ballot = _ballot([[1, 2, 3], [0, 0, 5]])
    elected = ballot.vote(near, far)
    assert elected.tolist() == [1, 2, 3]
    ballot.favour(elected, torch.arange(3), near, far)
    assert far.argmax(dim=1).tolist() == [1, 2, 3] and far[2, 3] == 4.0 + BOND


def test_what_a_cell_already_showed_counts_as_that_content() -> None:
    near, far = _logits({(0, 2): 5.0}, {(1, 2): 5.0, (2, 3): 5.0})
    ballot = _ballot([[1, 2, 3], [0, 2, 3]], {(0, 2): 1})
    assert ballot.vote(near, far).tolist() == [1, 2, 3]
    ballot.favour(torch.tensor([1]), torch.tensor([0]), near[:1], far[:1])
    assert near[0, 2] == 5.0 + BOND


def test_an_unlikely_picture_wins_nothing() -> None:
    near, far = _logits({}, {(0, 1): 5.0, (1, 2): 5.0, (2, 3): 5.0})
    assert _ballot([[0, 0, 0], [4, 4, 3]]).vote(near, far).tolist() == [-1, -1, -1]
    assert _ballot([]).vote(near, far).tolist() == [-1, -1, -1]


def test_what_a_picture_does_not_say_is_left_to_the_cell() -> None:
    near, far = _logits({}, {(0, 1): 5.0, (1, 2): 5.0, (2, 3): 5.0})
    ballot = _ballot([[1, 2, -1]])
    elected = ballot.vote(near, far)
    assert elected.tolist() == [1, 2, -1]
    before = far[2].clone()
    ballot.favour(elected, torch.arange(3), near, far)
    assert torch.equal(far[2], before)
