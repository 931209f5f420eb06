"""Players who share a device are shown what each would be shown alone."""

import numpy as np
import pytest
import torch

from models.engine import look_together
from recorder.actions import Action
from simulator.dream import Dream
from simulator.party import Party
from simulator.world import Step
from tests.models.random_desk import random_desk
from tests.world_contract import script

PLAYERS = 4


@pytest.fixture
def dream(monkeypatch: pytest.MonkeyPatch) -> Dream:
    """In float32, in which rounding is too small to turn a draw."""
    monkeypatch.setattr("models.engine.best_dtype", lambda _device: torch.float32)
    return Dream(random_desk(), device="cpu")


def _tracks(size_px: tuple[int, int]) -> list[list[Action]]:
    """One of each player: the script, begun later by each, and once turned around."""
    actions = list(script(size_px))
    return [*(actions[player:] + actions[:player] for player in range(PLAYERS - 1)), actions[::-1]]


def _same(ours: Step, alone: Step) -> bool:
    return np.array_equal(ours.frame_u8, alone.frame_u8) and np.array_equal(ours.dirty, alone.dirty)


def test_each_player_sees_what_one_alone_sees(dream: Dream) -> None:
    tracks = _tracks(dream.size_px)
    alone = []
    for player, track in enumerate(tracks):
        dream.reset(seed=player)
        alone.append([dream.step(action) for action in track])
    party = Party.of(dream, PLAYERS)
    for player, world in enumerate(party.worlds):
        world.reset(seed=player)
    together = [party.step(actions) for actions in zip(*tracks, strict=True)]
    for player, steps in enumerate(alone):
        for ours, theirs in zip((steps_of[player] for steps_of in together), steps, strict=True):
            assert _same(ours, theirs)
            assert ours.change_probability == pytest.approx(theirs.change_probability, abs=1e-5)
    shown = {steps[-1].frame_u8.tobytes() for steps in alone}
    assert len(shown) == PLAYERS and any(step.dirty.any() and not step.dirty.all() for step in alone[0])


def test_one_look_for_all_is_a_slice_of_it_for_each(dream: Dream) -> None:
    worlds, action = Party.of(dream, PLAYERS).worlds, Action(x_px=20, y_px=50)
    for player, world in enumerate(worlds):
        world.reset(seed=player)
    begun = [world.snapshot() for world in worlds]
    together = look_together([world.engine for world in worlds], [action] * PLAYERS, [1.0] * PLAYERS)
    for world, moment, look in zip(worlds, begun, together, strict=True):
        world.restore(moment)
        single = world.engine.look(action)
        assert torch.allclose(look.outlook.tokens, single.outlook.tokens, atol=1e-5)
        assert torch.allclose(look.outlook.shape, single.outlook.shape, atol=1e-5)
    assert not torch.allclose(together[0].outlook.tokens, together[1].outlook.tokens, atol=1e-3)


def test_a_party_of_one_is_that_one(dream: Dream) -> None:
    actions = list(script(dream.size_px))
    dream.reset(seed=5)
    alone = [dream.step(action) for action in actions]
    party = Party.of(dream, 1)
    party.worlds[0].reset(seed=5)
    for action, expected in zip(actions, alone, strict=True):
        assert _same(party.step([action])[0], expected)
    with pytest.raises(ValueError, match="ask for 1 or more"):
        Party.of(dream, 0)
