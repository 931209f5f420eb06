"""The benchmark's arithmetic on a clock that only the world moves, and its command."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from recorder.actions import Action
from recorder.clock import FakeClock
from simulator.__main__ import main
from simulator.bench import STEPS, WARM_UP_FRAMES, BenchEffort, add, bench, table
from simulator.evaluate import open_footage
from simulator.fake_world import FakeWorld
from simulator.footage import Footage
from simulator.world import Step
from tests.simulator.held_out import FPS, SIZE_PX, write_held_out

EFFORT = BenchEffort(frames=20, idle=5)


class TimedWorld(FakeWorld):
    """A step takes 2 ms, 3 ms more for each dirty tile and sampling step, and 1 ms more for a text that guides.

    A text is heard for a second.
    """

    takes_text = True

    def __init__(self, clock: FakeClock, steps: int = 2) -> None:
        self.clock, self.steps, self.dense, self.restless = clock, steps, False, False
        self.guidance = 1.5
        super().__init__(SIZE_PX, FPS)

    def reset(self, *, seed: int, prompt: str = "", frame_u8: NDArray[np.uint8] | None = None) -> Step:
        self.hears = 0
        return super().reset(seed=seed, prompt=prompt, frame_u8=frame_u8)

    def set_prompt(self, prompt: str) -> None:
        self.clock.advance(50_000_000)  # reading is not part of a step
        self.hears = round(FPS) if prompt else 0

    def step(self, action: Action) -> Step:
        step = super().step(action)
        dirty = np.ones_like(step.dirty) if self.dense else step.dirty
        head_ms = 3.0 * self.steps * int(dirty.sum())
        led_ms = 1.0 if self.hears and self.guidance != 1 else 0.0
        self.hears = max(0, self.hears - 1)
        self.clock.advance(round((2 + head_ms + led_ms) * 1e6))
        if self.restless:
            self._frame_u8 += 1
        return Step(
            frame_u8=step.frame_u8,
            dirty=dirty,
            dirty_probability=step.dirty_probability,
            change_probability=step.change_probability,
            shape=step.shape,
            parts_ms={"backbone": 2.0} | ({"head": head_ms} if head_ms else {}),
        )


@pytest.fixture
def film(tmp_path: Path) -> Iterator[Footage]:
    with open_footage(write_held_out(tmp_path / "held-out", sessions=1, frames=60)) as footage:
        yield footage[0]


def test_numbers_follow_from_the_clock(film: Footage) -> None:
    clock = FakeClock()
    world = TimedWorld(clock)
    result = bench(
        world,
        film,
        EFFORT,
        clock=clock,
        seed=0,
        peak_memory_mb=lambda: 7.0,
        with_steps=lambda steps: TimedWorld(clock, steps),
    )
    # timed are the frames 31 to 50; a click falls on 50, after 19 quiet steps
    assert result["frames"] == 20 and result["warm_up_frames"] == WARM_UP_FRAMES
    assert result["fps"] == pytest.approx(1000 * 20 / (20 * 2 + 6))
    assert result["step_ms"]["p50"] == pytest.approx(2) and result["step_ms"]["p99"] > 2
    assert result["dirty_tiles_mean"] == pytest.approx(1 / 20)
    assert result["parts_ms"] == pytest.approx({"backbone": 2, "head": 6 / 20})
    assert result["no_change_step_ms"] == pytest.approx(2)
    assert result["dense"]["step_ms"]["p50"] == pytest.approx(2 + 3 * 2 * 24)
    assert result["speedup_over_dense"] == pytest.approx((2 + 3 * 2 * 24) / (46 / 20))
    assert list(result["by_steps"]) == [str(steps) for steps in STEPS]
    assert result["by_steps"]["8"]["fps"] == pytest.approx(1000 * 20 / (20 * 2 + 24))
    assert world.dense is False and result["peak_memory_mb"] == 7
    asked, led = (result["by_guidance"][scale] for scale in ("1", "2"))
    assert (asked["step_ms"]["p50"], led["step_ms"]["p50"]) == pytest.approx((2, 3))
    assert 1000 / led["fps"] - 1000 / asked["fps"] == pytest.approx(1), "every timed step is led"
    assert led["dirty_tiles_mean"] == asked["dirty_tiles_mean"] == result["dirty_tiles_mean"]
    assert world.guidance == 1.5 and "guidance 2" in table(result)


def test_a_still_screen_must_stay_the_same_bits(film: Footage) -> None:
    clock = FakeClock()
    world = TimedWorld(clock)
    assert bench(world, film, EFFORT, clock=clock, seed=0, peak_memory_mb=lambda: 7.0)["idle_bit_identical"] is True
    world.restless = True
    assert bench(world, film, EFFORT, clock=clock, seed=0, peak_memory_mb=lambda: 7.0)["idle_bit_identical"] is False


def test_what_cannot_be_run_has_its_reason(film: Footage) -> None:
    clock = FakeClock()

    class Plain(FakeWorld):
        def step(self, action: Action) -> Step:
            clock.advance(1_000_000)
            return super().step(action)

    result = bench(Plain(SIZE_PX, FPS), film, EFFORT, clock=clock, seed=0, peak_memory_mb=lambda: 7.0)
    missing = {"dense", "speedup_over_dense", "by_steps", "by_guidance", "by_size", "by_compiling", "by_players"}
    assert {key for key, value in result.items() if value is None} == missing == set(result["not_measured"])
    assert "not measured: dense" in table(result)
    add(result, "by_players", {"2": {"session_fps": 40.0}})
    add(result, "by_compiling", "there is no compiler")
    assert "by_players" not in result["not_measured"] and "40.0 frames a second of all" in table(result)
    assert "not measured: by_compiling (there is no compiler)" in table(result)


def test_guidance_is_measured_where_a_text_can_lead(film: Footage, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = FakeClock()
    world = TimedWorld(clock)

    def reason() -> str:
        result = bench(world, film, EFFORT, clock=clock, seed=0, peak_memory_mb=lambda: 7.0)
        assert result["by_guidance"] is None
        return result["not_measured"]["by_guidance"]

    world.takes_text = False
    assert reason() == "the checkpoint takes no text"
    world.takes_text = True
    monkeypatch.setattr(film, "prompt", lambda _: "")
    assert reason() == "the action track has no text to be led by"


def test_a_track_that_is_too_short_is_refused(tmp_path: Path) -> None:
    with (
        open_footage(write_held_out(tmp_path, sessions=1, frames=WARM_UP_FRAMES)) as footage,
        pytest.raises(ValueError, match="give a track"),
    ):
        bench(FakeWorld(SIZE_PX, FPS), footage[0], EFFORT, clock=FakeClock(), seed=0, peak_memory_mb=lambda: 7.0)


def test_the_command_writes_every_key(film: Footage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = FakeWorld(SIZE_PX, FPS)
    world.device = torch.device("cpu")  # type: ignore[attr-defined]
    world.engine = SimpleNamespace(dtype=torch.bfloat16)  # type: ignore[attr-defined]
    world.on_part = print  # type: ignore[attr-defined]
    dream = SimpleNamespace(load=lambda _folder, **_options: world)
    monkeypatch.setitem(sys.modules, "simulator.dream", SimpleNamespace(Dream=dream))
    out = tmp_path / "bench.json"
    arguments = ["simulator", "bench", "checkpoint", film.path, "--out", out, "--frames", 5, "--idle", 3]
    monkeypatch.setattr(sys, "argv", [str(argument) for argument in arguments])
    main()
    keys = {"device", "threads", "dtype", "size_px", "fps", "step_ms", "parts_ms", "dirty_tiles_mean", "dense"}
    keys |= {"no_change_step_ms", "speedup_over_dense", "by_steps", "by_guidance", "by_size", "peak_memory_mb"}
    keys |= {"roofline", "by_compiling", "by_players"}
    result = json.loads(out.read_text())
    assert keys <= set(result) and result["dtype"] == "bfloat16" and result["peak_memory_mb"] > 1
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["bench.json"]
