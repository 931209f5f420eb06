"""The same track by other ways of computing it: compiled, and with several players in one batch."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from tqdm import tqdm

from recorder.clock import Clock
from simulator.bench import WARM_UP_FRAMES, Driver, Timing
from simulator.dream import Dream
from simulator.footage import Footage
from simulator.party import Party
from simulator.world import World

TURNS = 2  # each way plays the track as often, in turn, so that what else the machine does meets both
PLAYERS = (1, 2, 4, 8)
PARTY_FRAMES, PARTY_WARM_UP_FRAMES = 60, 5


def by_compiling(dream: Dream, film: Footage, frames: int, *, clock: Clock, seed: int) -> dict[str, Any] | str:
    """Rows of `eager` and `compiled`, how many `times` as many frames a second the compiled one makes, and the
    `warm_up_s` that it took before its first; or, as a sentence, why it cannot be compiled."""
    begun_ns = clock.now_ns()
    compiled = dream.twin()
    reason = compiled.compile()
    if reason:
        return reason
    warm_up_s = (clock.now_ns() - begun_ns) / 1e9
    return {"warm_up_s": warm_up_s, **in_turn({"eager": dream, "compiled": compiled}, film, frames, clock, seed)}


def in_turn(worlds: dict[str, World], film: Footage, frames: int, clock: Clock, seed: int) -> dict[str, Any]:
    """A row of each of two worlds, which play the track in turn, and how many `times` the first one's frames a second
    the second makes."""
    timings: dict[str, list[Timing]] = {name: [] for name in worlds}
    with tqdm(total=TURNS * len(worlds) * (WARM_UP_FRAMES + frames), unit="step", desc=" and ".join(worlds)) as bar:
        for _ in range(TURNS):
            for name, world in worlds.items():
                driver = Driver(world, film, clock=clock, seed=seed, advanced=bar.update)
                timings[name].append(driver.track(frames))
    whole = {name: _joined(each) for name, each in timings.items()}
    first, second = whole.values()
    return {
        **{name: {**timing.row(), "parts_ms": timing.parts_ms()} for name, timing in whole.items()},
        "times": second.fps / first.fps,
    }


def by_players(dream: Dream, film: Footage, frames: int, *, clock: Clock, seed: int) -> dict[str, Any]:
    """For each number of players in a batch the frames a second that all of them together are shown, `session_fps`, the
    `step_ms` of one frame of everyone, and the mean `parts_ms` of one player's frame.

    As many sessions as the largest number, each from another place of the track on, are played by all of them.

    Raises ValueError where the track is too short.
    """
    sessions = max(PLAYERS)
    steps = PARTY_WARM_UP_FRAMES + frames
    apart = (len(film) - 1 - steps) // (sessions - 1)
    if apart <= 0:
        raise ValueError(f"{film.path} is too short for {sessions} players; give a track of over {steps + sessions}")
    starts = [session * apart for session in range(sessions)]
    everyone = Party.of(dream, sessions).worlds
    rows = {}
    with tqdm(total=len(PLAYERS) * sessions * steps, unit="frame", desc="players") as bar:
        for players in PLAYERS:
            took_ms, parts = [], []
            for first in range(0, sessions, players):
                some = Party(everyone[first : first + players])
                _begin(some, film, starts[first : first + players], seed)
                for step in range(1, steps + 1):
                    actions = [film.actions[start + step] for start in starts[first : first + players]]
                    begun_ns = clock.now_ns()
                    shown = some.step(actions)
                    if step > PARTY_WARM_UP_FRAMES:
                        took_ms.append((clock.now_ns() - begun_ns) / 1e6)
                        parts += [each.parts_ms for each in shown]
                    bar.update(players)
            rows[str(players)] = _party_row(players, took_ms, parts)
    return rows


def _begin(party: Party, film: Footage, starts: Sequence[int], seed: int) -> None:
    for world, start in zip(party.worlds, starts, strict=True):
        world.reset(seed=seed, prompt=film.prompt(start), frame_u8=next(film.frames(start, 1)))


def _party_row(players: int, took_ms: list[float], parts: list[dict[str, float]]) -> dict[str, Any]:
    count = len(took_ms)
    timing = Timing(step_ms=np.array(took_ms), dirty_tiles=np.zeros(count, np.int64), parts=parts)
    row = timing.row()
    return {"session_fps": players * timing.fps, "step_ms": row["step_ms"], "parts_ms": timing.parts_ms()}


def _joined(timings: list[Timing]) -> Timing:
    return Timing(
        step_ms=np.concatenate([timing.step_ms for timing in timings]),
        dirty_tiles=np.concatenate([timing.dirty_tiles for timing in timings]),
        parts=[step for timing in timings for step in timing.parts],
    )
