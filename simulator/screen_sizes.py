"""What a larger screen costs: the same interaction on desktops of the same layers, which differ in rows and columns of
tiles alone. A checkpoint has one size, so all of them have random weights; what they show means nothing, what they
compute is what a trained one computes."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tqdm import tqdm

from models.cells import composite
from models.desk import Desk
from models.engine import Engine
from models.sampling import Sampling
from models.tiles import TILE_PX
from models.world import WorldModel
from models.world_config import merge_of
from recorder.actions import Action
from recorder.clock import Clock

SIZES_PX = ((512, 384), (1024, 768), (2048, 1536))
ROUND = 4  # steps, the last of which changes something: as often as in the recordings
CHANGED = (6, 8)  # rows and columns of tiles that change together, 12 tiles a step
ROUNDS, WARM_UP_ROUNDS = 20, 2
POINTER_PX = (40, 40)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Screen:
    """A running desktop, with the milliseconds of the parts of each step that changed nothing, or something."""

    engine: Engine
    sampling: Sampling
    still: list[dict[str, float]] = field(default_factory=list)
    changing: list[dict[str, float]] = field(default_factory=list)

    def play_round(self, shown_u8: NDArray[np.uint8], clock: Clock, *, timed: bool) -> None:
        """ROUND steps, of which the last shows a screen whose changed tiles are told, as if they had been drawn."""
        for number in range(ROUND):
            changes = number == ROUND - 1
            parts = dict(self._step(Action(x_px=POINTER_PX[0] + number, y_px=POINTER_PX[1]), shown_u8, changes, clock))
            if timed:
                (self.changing if changes else self.still).append(parts)

    def _step(
        self, action: Action, shown_u8: NDArray[np.uint8], changes: bool, clock: Clock
    ) -> Iterator[tuple[str, float]]:
        """The parts of a step of `Dream`, each with its milliseconds."""
        begun_ns = clock.now_ns()
        look = self.engine.look(action)
        looked_ns = clock.now_ns()
        yield "look", (looked_ns - begun_ns) / 1e6
        frame_u8 = self.engine.frame_u8.copy()
        if not changes:
            return
        told = np.zeros([side // TILE_PX for side in frame_u8.shape[:2]], bool)
        told[: CHANGED[0], : CHANGED[1]] = True
        for change in self.engine.told_changes(look, told, self.sampling):
            tiles_u8, _ = self.engine.paint(change, self.sampling.steps)
            composite(frame_u8, change.box, change.cells, tiles_u8)
        painted_ns = clock.now_ns()
        yield "paint", (painted_ns - looked_ns) / 1e6
        self.engine.show(shown_u8)
        yield "encode", (clock.now_ns() - painted_ns) / 1e6

    def row(self) -> dict[str, Any]:
        """`still_ms` and `change_ms`, the medians of steps that change nothing and something; `step_ms` and `parts_ms`
        of the mean step of a round."""
        parts = {name: _median(self.changing, name) / ROUND for name in ("paint", "encode")}
        look_ms = _median([*self.still, *self.changing], "look")
        return {
            "step_ms": look_ms + sum(parts.values()),
            "still_ms": look_ms,
            "change_ms": look_ms + sum(parts.values()) * ROUND,
            "parts_ms": {"look": look_ms, **parts},
        }


def by_size(
    desk: Desk, device: torch.device, *, clock: Clock, seed: int, rounds: int, sizes_px: Any = SIZES_PX
) -> dict[str, Any]:
    """A row for each size, as WIDTHxHEIGHT: milliseconds, and the `times` of the first one's step that it takes.

    The sizes take turns, so that what else the machine does meanwhile meets all of them.
    """
    random = np.random.default_rng(seed)
    screens = {size_px: _screen(desk, size_px, device, seed) for size_px in sizes_px}
    with tqdm(total=rounds + WARM_UP_ROUNDS, unit="round", desc="sizes") as bar:
        for number in range(rounds + WARM_UP_ROUNDS):
            for screen in screens.values():
                screen.play_round(_changed(screen.engine.frame_u8, random), clock, timed=number >= WARM_UP_ROUNDS)
            bar.update()
    rows = {f"{width}x{height}": screen.row() for (width, height), screen in screens.items()}
    first_ms = next(iter(rows.values()))["step_ms"]
    return {name: {**row, "times": row["step_ms"] / first_ms} for name, row in rows.items()}


def resized(desk: Desk, size_px: tuple[int, int], seed: int) -> Desk:
    """A desktop of the same layers and library with another size in pixels, and random weights."""
    columns, rows = (side // TILE_PX for side in size_px)
    with torch.random.fork_rng():
        torch.manual_seed(seed)  # the layers draw from nothing else
        world = WorldModel(replace(desk.world.config, rows=rows, columns=columns, merge=merge_of(rows, columns))).eval()
    world.fill(desk.library, desk.tokenizer.encode(desk.library.tiles_u8[: world.config.palette]))
    height, width = (-(-size // side) for size, side in zip(size_px[::-1], desk.starts_u8.shape[1:3], strict=True))
    tiled_u8 = np.tile(desk.starts_u8[:1], (1, height, width, 1))[:, : size_px[1], : size_px[0]]
    return replace(desk, world=world, starts_u8=tiled_u8)


def _screen(desk: Desk, size_px: tuple[int, int], device: torch.device, seed: int) -> _Screen:
    other = resized(desk, size_px, seed)
    engine = Engine(other, device)
    engine.begin(other.starts_u8[0], torch.Generator().manual_seed(seed))
    return _Screen(engine=engine, sampling=Sampling())


def _changed(frame_u8: NDArray[np.uint8], random: np.random.Generator) -> NDArray[np.uint8]:
    """A screen whose first CHANGED tiles are others."""
    changed_u8 = frame_u8.copy()
    height, width = (tiles * TILE_PX for tiles in CHANGED)
    changed_u8[:height, :width] = random.integers(256, size=(height, width, 3), dtype=np.uint8)
    return changed_u8


def _median(steps: list[dict[str, float]], part: str) -> float:
    return float(np.median([step[part] for step in steps]))
