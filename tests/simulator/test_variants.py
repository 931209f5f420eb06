"""Sizes, players and compiling are timed as the clock says; what cannot be compiled is played as it is."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from recorder.actions import Action
from recorder.clock import FakeClock
from recorder.dataset import session_name
from simulator.dream import Dream
from simulator.footage import Footage
from simulator.party import Party
from simulator.screen_sizes import by_size, resized
from simulator.variants import PLAYERS, by_compiling, by_players, in_turn
from simulator.world import Step
from tests.models.random_desk import random_desk
from tests.models.toy import write_toy_session
from tests.world_contract import script


class SlowClock(FakeClock):
    """A millisecond passes with each look at it."""

    def now_ns(self) -> int:
        self.advance(1_000_000)
        return super().now_ns()


@pytest.fixture
def film(tmp_path: Path) -> Iterator[Footage]:
    path = tmp_path / session_name(0)
    write_toy_session(path, seed=0, frames=60)
    footage = Footage(path)
    yield footage
    footage.close()


def test_sizes_take_turns_at_the_same_interaction() -> None:
    desk, sizes_px = random_desk(), ((128, 128), (256, 192))
    rows = by_size(desk, Dream(desk).device, clock=SlowClock(), seed=0, rounds=2, sizes_px=sizes_px)
    # each part of a step takes a millisecond, and one step of four paints
    alike = {"step_ms": 1.5, "still_ms": 1.0, "change_ms": 3.0, "times": 1.0}
    parts = {"look": 1.0, "paint": 0.25, "encode": 0.25}
    assert list(rows) == ["128x128", "256x192"]
    for row in rows.values():
        assert row.pop("parts_ms") == pytest.approx(parts) and row == pytest.approx(alike)


def test_a_larger_desk_has_more_tiles_and_the_same_layers() -> None:
    desk = random_desk()
    larger = resized(desk, (256, 192), seed=0)
    assert larger.starts_u8.shape == (1, 192, 256, 3)
    differ = {
        name
        for name, weights in larger.world.state_dict().items()
        if weights.shape != desk.world.state_dict()[name].shape
    }
    assert larger.world.config.shape == (12, 16) and differ == {"backbone.patch_place"}
    step = Dream(larger, device="cpu").step(Action(x_px=200, y_px=100))
    assert step.frame_u8.shape == (192, 256, 3)


def test_players_are_counted_and_all_sessions_are_played_in_each_number(
    film: Footage, monkeypatch: pytest.MonkeyPatch
) -> None:
    played: dict[int, list[int]] = {}

    def step(party: Party, actions: list[Action]) -> list[Step]:
        """One step in place of the model's, of a millisecond a player."""
        clock.advance((len(actions) - 1) * 1_000_000)
        played.setdefault(len(actions), []).extend(action.x_px for action in actions)
        return [world.reset(seed=0) for world in party.worlds]

    clock = SlowClock()
    monkeypatch.setattr(Party, "step", step)
    rows = by_players(Dream(random_desk(), device="cpu"), film, 3, clock=clock, seed=0)
    assert list(rows) == [str(players) for players in PLAYERS]
    assert all(row["session_fps"] == pytest.approx(1000) for row in rows.values())
    assert rows["8"]["step_ms"]["p50"] == pytest.approx(8)
    assert all(sorted(places) == sorted(played[1]) for places in played.values())
    with pytest.raises(ValueError, match="give a track"):
        by_players(Dream(random_desk(), device="cpu"), film, 60, clock=clock, seed=0)


def test_two_ways_are_timed_in_turn(film: Footage) -> None:
    clock = FakeClock()

    class Timed(Dream):
        took_ms = 6

        def step(self, action: Action) -> Step:
            turns.append(self.took_ms)
            clock.advance(self.took_ms * 1_000_000)
            return super().step(action)

    turns: list[int] = []
    slow, fast = Timed(random_desk(), device="cpu"), Timed(random_desk(), device="cpu")
    fast.took_ms = 2
    found = in_turn({"eager": slow, "compiled": fast}, film, 2, clock, 0)
    assert found["times"] == pytest.approx(3) and found["compiled"]["step_ms"]["p50"] == pytest.approx(2)
    assert [took for took, before in zip(turns, [0, *turns]) if took != before] == [6, 2, 6, 2]


def test_what_cannot_be_compiled_says_so_and_plays_on(film: Footage, monkeypatch: pytest.MonkeyPatch) -> None:
    dream = Dream(random_desk(), device="cpu")
    expected = [dream.step(action).frame_u8 for action in script(dream.size_px)]
    reason = dream.compile("no such compiler")
    assert "no such compiler" in reason and reason.endswith("install a C++ compiler") and "\n" not in reason
    for action, frame_u8 in zip(script(dream.size_px), expected, strict=True):
        assert np.array_equal(dream.step(action).frame_u8, frame_u8)
    monkeypatch.setattr(Dream, "compile", lambda _dream: "it does not work")
    assert by_compiling(dream, film, 2, clock=FakeClock(), seed=0) == "it does not work"
