"""How fast a world is: drives it with a recorded action track and times every step, action in to pixels out."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from recorder.actions import Action
from recorder.clock import Clock
from simulator.footage import Footage
from simulator.world import Step, World

WARM_UP_FRAMES = 30
STEPS = (1, 2, 4, 8)
GUIDANCE = (1.0, 2.0)  # at 1 a text is read and needs no second look; it costs the same at every other scale
_PERCENTILES = {"p50": 50, "p95": 95, "p99": 99}
_NOT_DENSE = "the world cannot be made to paint every tile"
_REASONS = {
    "parts_ms": "the world does not say what its time goes into",
    "no_change_step_ms": "every step on a still screen painted something",
    "dense": _NOT_DENSE,
    "speedup_over_dense": _NOT_DENSE,
    "by_steps": "the world has no steps to set",
    "by_size": "the checkpoint has one size; '--sizes' times others, with random weights",
    "by_compiling": "not asked for; add '--compile'",
    "by_players": "not asked for; add '--players'",
}


@runtime_checkable
class Densable(Protocol):
    """A world that can be made to paint every tile in every step."""

    dense: bool


@runtime_checkable
class Guided(Protocol):
    """A world that a prompt can lead, so far as `guidance` says, if it takes texts at all."""

    guidance: float

    @property
    def takes_text(self) -> bool: ...


@dataclass(frozen=True, kw_only=True)
class BenchEffort:
    """`frames` of the track are timed for each variant; a still screen is watched for `idle` steps."""

    frames: int = 300
    idle: int = 1000


@dataclass(frozen=True, kw_only=True, eq=False)
class Timing:
    """For each timed step its milliseconds (n,), dirty tiles (n,) and parts; at least one step."""

    step_ms: NDArray[np.float64]
    dirty_tiles: NDArray[np.int64]
    parts: list[dict[str, float]]

    @property
    def fps(self) -> float:
        """Steps a second, end to end."""
        return 1000 / float(self.step_ms.mean())

    def row(self) -> dict[str, Any]:
        """`fps`, the percentiles of a step in `step_ms`, and how many tiles it painted."""
        return {
            "fps": self.fps,
            "step_ms": {name: float(np.percentile(self.step_ms, rank)) for name, rank in _PERCENTILES.items()},
            "dirty_tiles_mean": float(self.dirty_tiles.mean()),
        }

    def parts_ms(self) -> dict[str, float] | None:
        """Mean milliseconds of a step by part; a part that a step left out took no time in it."""
        names = dict.fromkeys(name for parts in self.parts for name in parts)
        return {name: float(np.mean([parts.get(name, 0.0) for parts in self.parts])) for name in names} or None


class Driver:
    """Drives one world along one track; `advanced` is called after each step, for a progress bar.

    With `asks` it says the track's prompt once a second, for a text leads no further than that.
    """

    def __init__(
        self,
        world: World,
        film: Footage,
        *,
        clock: Clock,
        seed: int,
        advanced: Callable[[], object],
        asks: bool = False,
    ) -> None:
        self._world, self._film, self._clock, self._seed = world, film, clock, seed
        self._advanced, self._asks = advanced, asks

    def track(self, frames: int) -> Timing:
        """Closed loop from the first frame; WARM_UP_FRAMES are played and then `frames` are timed."""
        self._begin()
        actions = self._film.actions[1 : 1 + WARM_UP_FRAMES + frames]
        for action in actions[:WARM_UP_FRAMES]:
            self._step(action)
        return self._timing(map(self._step, actions[WARM_UP_FRAMES:]))

    def still(self, steps: int) -> tuple[Timing, bool]:
        """WARM_UP_FRAMES and then `steps` without any input; the timing, and whether all frames are the same bits."""
        self._begin()
        idle = Action(x_px=self._film.actions[0].x_px, y_px=self._film.actions[0].y_px)
        first_u8 = [self._step(idle)[0] for _ in range(WARM_UP_FRAMES)][-1].frame_u8
        identical = True

        def watched() -> Iterable[tuple[Step, float]]:
            nonlocal identical
            for _ in range(steps):
                step, step_ms = self._step(idle)
                identical = identical and np.array_equal(step.frame_u8, first_u8)
                yield step, step_ms

        return self._timing(watched()), identical

    def _begin(self) -> None:
        self._world.reset(seed=self._seed, prompt=self._film.prompt(0), frame_u8=next(self._film.frames(0, 1)))
        self._frame = 0

    def _step(self, action: Action) -> tuple[Step, float]:
        if self._asks and self._frame % round(self._film.fps) == 0:
            self._world.set_prompt(self._film.prompt(self._frame))
        self._frame += 1
        start_ns = self._clock.now_ns()
        step = self._world.step(action)
        step_ms = (self._clock.now_ns() - start_ns) / 1e6
        self._advanced()
        return step, step_ms

    @staticmethod
    def _timing(steps: Iterable[tuple[Step, float]]) -> Timing:
        rows = [(step_ms, int(step.dirty.sum()), step.parts_ms) for step, step_ms in steps]
        return Timing(
            step_ms=np.array([row[0] for row in rows]),
            dirty_tiles=np.array([row[1] for row in rows]),
            parts=[row[2] for row in rows],
        )


def bench(
    world: World,
    film: Footage,
    effort: BenchEffort,
    *,
    clock: Clock,
    seed: int,
    peak_memory_mb: Callable[[], float],
    with_steps: Callable[[int], World] | None = None,
) -> dict[str, Any]:
    """What driving the world tells, under the keys of the benchmark; a reason in `not_measured` for each None.

    `peak_memory_mb` says the most memory held so far; it is asked once the world has been driven as it is.
    `with_steps` makes the same world with another number of sampling steps, None where it has none.

    Raises ValueError where the track is too short or of another size.
    """
    frames = min(effort.frames, len(film) - WARM_UP_FRAMES - 1)
    if frames <= 0:
        raise ValueError(f"{film.path} has {len(film)} frames; give a track of more than {WARM_UP_FRAMES + 1}")
    densable = world if isinstance(world, Densable) else None
    unguided = _why_unguided(world, film)
    guided = world if isinstance(world, Guided) and not unguided else None
    tracks = 1 + (densable is not None) + (len(STEPS) if with_steps else 0) + (len(GUIDANCE) if guided else 0)
    total = tracks * (WARM_UP_FRAMES + frames) + WARM_UP_FRAMES + effort.idle
    with tqdm(total=total, unit="step", desc="bench") as bar:

        def drive(driven: World, *, asks: bool = False) -> Driver:
            return Driver(driven, film, clock=clock, seed=seed, advanced=bar.update, asks=asks)

        driver = drive(world)
        plain = driver.track(frames)
        memory_mb = peak_memory_mb()
        still, identical = driver.still(effort.idle)
        dense = _dense(densable, driver, frames) if densable else None
        rows = {str(steps): drive(with_steps(steps)).track(frames).row() for steps in STEPS} if with_steps else None
        asked = _by_guidance(guided, drive(world, asks=True), frames) if guided else None
    unchanged_ms = still.step_ms[still.dirty_tiles == 0]
    result = {
        "size_px": list(world.size_px),
        "frames": frames,
        "warm_up_frames": WARM_UP_FRAMES,
        **plain.row(),
        "parts_ms": plain.parts_ms(),
        "no_change_step_ms": float(np.median(unchanged_ms)) if len(unchanged_ms) else None,
        "idle_steps": effort.idle,
        "idle_bit_identical": identical,
        "dense": {**dense.row(), "parts_ms": dense.parts_ms()} if dense else None,
        "speedup_over_dense": plain.fps / dense.fps if dense else None,
        "by_steps": rows,
        "peak_memory_mb": memory_mb,
        "by_guidance": asked,
        "by_size": None,
        "by_compiling": None,
        "by_players": None,
    }
    reasons = {**_REASONS, "by_guidance": unguided}
    return {**result, "not_measured": {key: reasons[key] for key, value in result.items() if value is None}}


def add(result: dict[str, Any], key: str, measured: Any) -> None:
    """Put what was measured apart into a result; a sentence is the reason why it was not."""
    if isinstance(measured, str):
        result["not_measured"][key] = measured
    else:
        result[key] = measured
        del result["not_measured"][key]


def _dense(world: Densable, driver: Driver, frames: int) -> Timing:
    """The same track with every tile painted in every step."""
    world.dense = True
    try:
        return driver.track(frames)
    finally:
        world.dense = False


def _by_guidance(world: Guided, driver: Driver, frames: int) -> dict[str, Any]:
    """The same track under the same texts at each scale of GUIDANCE."""
    usual, rows = world.guidance, {}
    try:
        for scale in GUIDANCE:
            world.guidance = scale
            rows[f"{scale:g}"] = driver.track(frames).row()
    finally:
        world.guidance = usual
    return rows


def _why_unguided(world: World, film: Footage) -> str:
    """Why guidance cannot be measured; empty where it can."""
    if not isinstance(world, Guided):
        return "the world has no guidance to set"
    if not world.takes_text:
        return "the checkpoint takes no text"
    return "" if film.prompt(WARM_UP_FRAMES) else "the action track has no text to be led by"


def table(result: dict[str, Any]) -> str:
    """The result for a person to read."""
    rows = {"as it is": result, "every tile": result["dense"]}
    rows |= {f"{steps} steps": row for steps, row in (result["by_steps"] or {}).items()}
    rows |= {f"guidance {scale}": row for scale, row in (result["by_guidance"] or {}).items()}
    lines = [f"{'':12} {'fps':>8} " + " ".join(f"{name + ' ms':>8}" for name in _PERCENTILES)]
    for name, row in rows.items():
        if row:
            lines.append(f"{name:12} {row['fps']:8.1f} " + " ".join(f"{row['step_ms'][p]:8.1f}" for p in _PERCENTILES))
    lines += [f"{name + ' ms':24} {value:8.2f}" for name, value in (result["parts_ms"] or {}).items()]
    for key in ("dirty_tiles_mean", "no_change_step_ms", "speedup_over_dense", "peak_memory_mb"):
        if result[key] is not None:
            lines.append(f"{key:24} {result[key]:8.2f}")
    for name, row in (result["by_size"] or {}).items():
        parts = ", ".join(f"{part} {ms:.1f}" for part, ms in row["parts_ms"].items())
        lines.append(f"{name:12} {row['step_ms']:8.1f} ms a step, {row['times']:.2f} times the first ({parts})")
    for name, row in (result["by_players"] or {}).items():
        lines.append(f"{name + ' players':12} {row['session_fps']:8.1f} frames a second of all")
    if compiled := result["by_compiling"]:
        lines.append(f"compiled: {compiled['times']:.2f} times the frames, after {compiled['warm_up_s']:.0f} s")
    lines.append(f"{result['idle_steps']} idle steps: {'' if result['idle_bit_identical'] else 'not '}bit-identical")
    lines += [f"not measured: {key} ({reason})" for key, reason in result["not_measured"].items()]
    return "\n".join(lines)
