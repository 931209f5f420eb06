"""The generated desktop obeys the World contract, and a still screen stands still."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from recorder.actions import Action
from simulator.dream import Dream
from simulator.shipped import CHECKPOINT
from simulator.world import World
from tests.world_contract import WorldContract

IDLE_STEPS = 200


class TestDream(WorldContract):
    @pytest.fixture
    def world(self) -> Iterator[World]:
        dream = Dream.load(CHECKPOINT, device="cpu")
        yield dream
        dream.close()


def test_dense_paints_every_tile() -> None:
    dream = Dream.load(CHECKPOINT, device="cpu")
    dream.reset(seed=0)
    dream.dense = True
    assert dream.step(Action(x_px=5, y_px=5)).dirty.all()


def test_the_shipped_desktop_stands_still_while_nothing_happens() -> None:
    """`bench --idle 10000` runs as many; here a few, to the bit."""
    dream = Dream.load(CHECKPOINT, device="cpu")
    first = dream.reset(seed=0).frame_u8
    for _ in range(IDLE_STEPS):
        assert np.array_equal(dream.step(Action(x_px=300, y_px=200)).frame_u8, first)


def test_bad_arguments_are_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no checkpoint"):
        Dream.load(tmp_path)
    with pytest.raises(ValueError, match="steps"):
        Dream.load(CHECKPOINT, steps=0)
