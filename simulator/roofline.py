"""How much of what its machine can multiply a world uses: the floating-point operations of a step, part by part,
against a rate of matrix products that is measured on the same device, in the same type, with the same threads."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol

import numpy as np
import torch
from torch.utils.flop_counter import FlopCounterMode, sdpa_flop_count
from tqdm import tqdm

from recorder.clock import Clock
from simulator.bench import WARM_UP_FRAMES, Densable, Driver
from simulator.footage import Footage
from simulator.world import World

SIDES = {"cpu": 1024, "cuda": 8192}  # of square matrices: three of them lie in the caches of a CPU, and fill a GPU
TRIES = 20  # products that are timed; the fastest counts, for others may use the machine too
DENSE_FRAMES = 1  # every one of them takes the same operations


class Parted(World, Protocol):
    """A world that says which part of a step has ended, to whom it is told in `on_part`."""

    on_part: Callable[[str], object]


class Operations(AbstractContextManager["Operations"]):
    """Counts floating-point operations while it is entered, two for a multiplication with its addition: those of matrix
    products, convolutions and attention, which are all that count. `steps` has those of each step by part."""

    def __init__(self) -> None:
        attention = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu
        self._counter = FlopCounterMode(display=False, custom_mapping={attention: _attention})
        setattr(self._counter, "mod_tracker", _NoModules())  # noqa: B010  (typed as the tracker itself)
        self._counted = 0
        self._step: dict[str, int] = {}
        self.steps: list[dict[str, int]] = []

    def __enter__(self) -> "Operations":
        self._counter.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._counter.__exit__(*error)

    def end_part(self, part: str) -> None:
        """What was counted since the part before belongs to this one."""
        total = self._counter.get_total_flops()
        self._step[part] = self._step.get(part, 0) + total - self._counted
        self._counted = total

    def end_step(self) -> None:
        self.steps.append(self._step)
        self._step = {}


class _NoModules(nullcontext[None]):
    """Stands in for what tells modules apart, which fails in inference mode where one is called with a parameter."""

    parents = frozenset({"Global"})


def _attention(query: Any, key: Any, value: Any, *_rest: Any, **_named: Any) -> int:
    """torch counts the kernels of GPUs only."""
    return sdpa_flop_count(query, key, value)


def matrix_gflop_s(device: torch.device, dtype: torch.dtype, clock: Clock) -> float:
    """The most GFLOP a second that a product of two square matrices reached, with the threads that torch has."""
    side = SIDES.get(device.type, SIDES["cuda"])
    a, b = (torch.randn(side, side, generator=torch.Generator().manual_seed(seed)) for seed in (0, 1))
    a, b = a.to(device, dtype), b.to(device, dtype)
    took_ns = []
    with torch.inference_mode():
        for _ in range(TRIES):
            _wait(device)
            start_ns = clock.now_ns()
            torch.mm(a, b)
            _wait(device)
            took_ns.append(clock.now_ns() - start_ns)
    return 2 * side**3 / min(took_ns)


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def roofline(
    world: Parted, film: Footage, timed: dict[str, Any], *, matrix_gflop_s: float, clock: Clock, seed: int
) -> dict[str, Any]:
    """What `bench` timed against the operations of the same frames, which are played once more to count them.

    `matrix_gflop_s` as given; `parts` and, of all together, `step`, each with `gflop` and `ms` of a mean step,
    `gflop_s` and the `share` of the matrix rate; `dense` the same where every tile is forced dirty.
    """
    dense = timed["dense"] if isinstance(world, Densable) else None
    with tqdm(total=2 * WARM_UP_FRAMES + timed["frames"] + DENSE_FRAMES, unit="step", desc="roofline") as bar:

        def rows(frames: int, parts_ms: dict[str, float]) -> dict[str, Any]:
            gflop = _counted(world, film, frames, bar.update, clock=clock, seed=seed)
            return _rows(gflop, parts_ms, matrix_gflop_s)

        result = {"matrix_gflop_s": matrix_gflop_s, **rows(timed["frames"], timed["parts_ms"])}
        if isinstance(world, Densable) and dense:
            world.dense = True
            try:
                result["dense"] = rows(DENSE_FRAMES, dense["parts_ms"])
            finally:
                world.dense = False
    return result


def _counted(
    world: Parted, film: Footage, frames: int, advanced: Callable[[], object], *, clock: Clock, seed: int
) -> dict[str, float]:
    """GFLOP of a mean step by part, over the frames that `bench` times."""
    usual = world.on_part
    with Operations() as operations:

        def end_step() -> None:
            operations.end_step()
            advanced()

        world.on_part = operations.end_part
        try:
            Driver(world, film, clock=clock, seed=seed, advanced=end_step).track(frames)
        finally:
            world.on_part = usual
    steps = operations.steps[WARM_UP_FRAMES:]
    return {part: float(np.mean([step.get(part, 0) for step in steps])) / 1e9 for part in _parts(steps)}


def _parts(steps: list[dict[str, int]]) -> list[str]:
    return list(dict.fromkeys(part for step in steps for part in step))


def _rows(gflop: dict[str, float], parts_ms: dict[str, float], matrix_gflop_s: float) -> dict[str, Any]:
    parts = {part: _row(gflop[part], parts_ms[part], matrix_gflop_s) for part in gflop}
    return {"parts": parts, "step": _row(sum(gflop.values()), sum(parts_ms.values()), matrix_gflop_s)}


def _row(gflop: float, ms: float, matrix_gflop_s: float) -> dict[str, float]:
    reached = gflop / ms * 1e3 if ms else 0.0
    return {"gflop": gflop, "ms": ms, "gflop_s": reached, "share": reached / matrix_gflop_s}


def lines(found: dict[str, Any]) -> list[str]:
    """The roofline for a person to read."""
    text = [f"matrix products {found['matrix_gflop_s']:.0f} GFLOP/s; of a step's parts, GFLOP, GFLOP/s and share:"]
    for name, rows in {"": found, "every tile: ": found.get("dense")}.items():
        for part, row in ({**rows["parts"], "step": rows["step"]} if rows else {}).items():
            text.append(f"{name + part:24} {row['gflop']:8.3f} {row['gflop_s']:8.1f} {row['share']:8.1%}")
    return text
