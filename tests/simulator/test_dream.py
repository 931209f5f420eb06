"""The generated desktop obeys the World contract, and a still screen stands still."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from models.clip import ClipConfig, ClipModel, TextStates
from models.desk import load_desk
from recorder.actions import Action
from simulator.dream import Dream
from simulator.shipped import CHECKPOINT
from simulator.world import World
from tests.world_contract import WorldContract

pytestmark = pytest.mark.xdist_group("test_dream")  # what ships is loaded once
IDLE_STEPS = 100
IDLE_SEEDS = range(0, 12, 4)


@pytest.fixture(scope="module")
def shipped() -> Dream:
    return Dream.load(CHECKPOINT, device="cpu")


@pytest.fixture
def dream(shipped: Dream) -> Iterator[Dream]:
    dream = shipped.twin()
    yield dream
    dream.close()


class TestDream(WorldContract):
    @pytest.fixture
    def world(self, dream: Dream) -> World:
        return dream


def test_dense_paints_every_tile(dream: Dream) -> None:
    dream.reset(seed=0)
    dream.dense = True
    assert dream.step(Action(x_px=5, y_px=5)).dirty.all()


@pytest.mark.parametrize("seed", IDLE_SEEDS)
def test_the_shipped_desktop_stands_still_while_nothing_happens(dream: Dream, seed: int) -> None:
    """`bench --idle 10000` runs as many; here a few, to the bit."""
    first = dream.reset(seed=seed).frame_u8
    for _ in range(IDLE_STEPS):
        assert np.array_equal(dream.step(Action(x_px=300, y_px=200)).frame_u8, first)


def test_bad_arguments_are_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no checkpoint"):
        Dream.load(tmp_path)
    with pytest.raises(ValueError, match="steps"):
        Dream.load(CHECKPOINT, steps=0)


class _Brightness(ClipModel):
    """A CLIP of sorts that knows "dark" and "light"."""

    def __init__(self) -> None:
        super().__init__(ClipConfig(rows=1, columns=1, text_blocks=0, image_blocks=0))

    def image(self, frames_u8: np.ndarray) -> torch.Tensor:
        bright = torch.from_numpy(frames_u8.mean(axis=(1, 2, 3)) > 128).float()
        return torch.stack([1 - bright, bright], dim=1)

    def text(self, texts: Sequence[str]) -> TextStates:
        pooled = torch.tensor([[float("dark" in text), float("light" in text)] for text in texts])
        return TextStates(tokens=pooled[:, None], mask=torch.ones(len(texts), 1, dtype=torch.bool), pooled=pooled)


def test_a_prompt_chooses_the_nearest_first_screen() -> None:
    desk = load_desk(CHECKPOINT)
    starts_u8 = np.stack([np.full_like(desk.starts_u8[0], level) for level in (200, 30)])
    dream = Dream(replace(desk, starts_u8=starts_u8, clip=_Brightness()), device="cpu")
    for seed in range(3):
        assert dream.reset(seed=seed, prompt="a dark desktop").frame_u8[0, 0, 0] == 30
        assert dream.reset(seed=seed, prompt="light theme").frame_u8[0, 0, 0] == 200
    assert {int(dream.reset(seed=seed).frame_u8[0, 0, 0]) for seed in range(9)} == {30, 200}
    given = np.full_like(starts_u8[0], 99)
    assert dream.reset(seed=0, prompt="dark", frame_u8=given).frame_u8[0, 0, 0] == 99
