"""Operations are counted part by part and held against a matrix rate; what a linear layer takes is known by hand."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from torch.nn import functional

from recorder.actions import Action
from recorder.clock import FakeClock
from simulator.bench import BenchEffort, bench
from simulator.evaluate import open_footage
from simulator.fake_world import FakeWorld
from simulator.footage import Footage
from simulator.roofline import SIDES, Operations, lines, matrix_gflop_s, roofline
from simulator.world import Step
from tests.simulator.held_out import FPS, SIZE_PX, write_held_out

EFFORT = BenchEffort(frames=20, idle=5)
LOOK = 2 * 3 * 64 * 128  # multiplications and additions of a linear layer, 64 to 128, for three rows
PAINT = 2 * 64 * 10


class LinearWorld(FakeWorld):
    """Each step looks through one linear layer in 2 ms; each dirty tile, all of them where dense, is a row of another,
    which takes 1 ms."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock, self.dense = clock, False
        self.on_part: Callable[[str], object] = lambda _part: None
        self.looks, self.paints = torch.nn.Linear(64, 128), torch.nn.Linear(64, 10)
        super().__init__(SIZE_PX, FPS)

    def step(self, action: Action) -> Step:
        step = super().step(action)
        tiles = step.dirty.size if self.dense else int(step.dirty.sum())
        self.looks(torch.zeros(3, 64))
        self.on_part("look")
        self.paints(torch.zeros(tiles, 64))
        self.on_part("paint")
        self.clock.advance((2 + tiles) * 1_000_000)
        step.parts_ms.clear()
        step.parts_ms.update(look=2.0, paint=float(tiles))
        return step


class SlowClock(FakeClock):
    """A millisecond passes with each look at it."""

    def now_ns(self) -> int:
        self.advance(1_000_000)
        return super().now_ns()


@pytest.fixture
def film(tmp_path: Path) -> Iterator[Footage]:
    with open_footage(write_held_out(tmp_path / "held-out", sessions=1, frames=60)) as footage:
        yield footage[0]


def test_each_part_reaches_its_share_of_the_rate(film: Footage) -> None:
    clock = FakeClock()
    world = LinearWorld(clock)
    timed = bench(world, film, EFFORT, clock=clock, seed=0, peak_memory_mb=lambda: 7.0)
    found = roofline(world, film, timed, matrix_gflop_s=0.1, clock=clock, seed=0)
    look, paint = found["parts"]["look"], found["parts"]["paint"]
    # one click in the 20 timed frames paints one tile
    assert look["gflop"] == pytest.approx(LOOK / 1e9) and paint["gflop"] == pytest.approx(PAINT / 20 / 1e9)
    assert look["gflop_s"] == pytest.approx(LOOK / 1e9 / 2e-3) and look["share"] == pytest.approx(look["gflop_s"] / 0.1)
    assert paint["gflop_s"] == pytest.approx(PAINT / 1e9 / 1e-3)
    whole = (LOOK + PAINT / 20) / 1e9
    assert found["step"]["gflop"] == pytest.approx(whole)
    assert found["step"]["gflop_s"] == pytest.approx(whole / 2.05e-3)
    assert found["dense"]["parts"]["paint"]["gflop"] == pytest.approx(24 * PAINT / 1e9)
    assert found["dense"]["parts"]["paint"]["gflop_s"] == pytest.approx(paint["gflop_s"])
    assert world.dense is False and "every tile: paint" in "\n".join(lines(found))


def test_attention_is_counted_on_a_cpu_too() -> None:
    query, key = torch.zeros(1, 8, 5, 32), torch.zeros(1, 8, 7, 32)
    with torch.inference_mode(), Operations() as operations:
        functional.scaled_dot_product_attention(query, key, key, torch.ones(1, 1, 1, 7, dtype=torch.bool))
        operations.end_part("attention")
        operations.end_part("nothing")
        operations.end_step()
    assert operations.steps == [{"attention": 2 * 2 * 8 * 5 * 7 * 32, "nothing": 0}]


def test_a_module_may_be_called_with_a_parameter() -> None:
    layer = torch.nn.Linear(64, 64)
    with torch.inference_mode(), Operations() as operations:
        layer(layer.weight)
        operations.end_part("layer")
        operations.end_step()
    assert operations.steps == [{"layer": 2 * 64**3}]


def test_the_matrix_rate_is_that_of_the_fastest_product() -> None:
    rate = matrix_gflop_s(torch.device("cpu"), torch.float32, SlowClock())
    assert rate == pytest.approx(2 * SIDES["cpu"] ** 3 / 1e6)
