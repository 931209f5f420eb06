"""First screens: few that cover what the training shows."""

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np

from models.starts import START_SCREENS, cover, start_screens
from models.track import load_tracks
from tests.models.described import STRETCH_FRAMES, screen, write_described_session
from tests.models.toy import OFF, write_toy_session


def test_a_cover_takes_what_adds_most_and_stops_when_nothing_is_missing() -> None:
    shown = [frozenset("a"), frozenset("ab"), frozenset("cde"), frozenset("bcd"), frozenset("de")]
    assert cover(shown, 9) == [2, 1]
    assert cover(shown, 1) == [2]
    assert cover([frozenset(), frozenset()], 9) == []


def test_equal_gains_go_to_the_first() -> None:
    assert cover([frozenset("ab"), frozenset("ba"), frozenset("c")], 9) == [0, 2]


def test_starts_show_each_look_with_and_without_a_window(tmp_path: Path) -> None:
    paths = [tmp_path / "a.h5", tmp_path / "b.h5"]
    write_described_session(paths[0], looks=[("light", "blue"), ("dark", "red")])
    write_described_session(paths[1], looks=[("light", "blue"), ("dark", "blue")])
    starts_u8 = start_screens(paths, load_tracks(paths, tmp_path / "tracks"))
    looks = [("light", "blue"), ("dark", "red"), ("dark", "blue")]
    recorded = {screen(*look, app).tobytes(): (*look, app) for look in looks for app in (False, True)}
    shown = [recorded[start.tobytes()] for start in starts_u8]
    assert {pair for what in shown for pair in combinations(what, 2)} == {
        pair for what in recorded.values() for pair in combinations(what, 2)
    }
    assert len(set(shown)) == len(shown) <= min(START_SCREENS, 6)


def test_no_desk_begins_amid_a_drag(tmp_path: Path) -> None:
    path = tmp_path / "a.h5"
    write_described_session(path, looks=[("light", "blue"), ("dark", "red")], stretches=4)
    (track,) = load_tracks([path], tmp_path / "tracks")
    dragged = replace(track, held=np.repeat([0, 0, 1, 0], STRETCH_FRAMES))
    shown = {start.tobytes() for start in start_screens([path], [dragged])}
    assert screen("dark", "red", False).tobytes() not in shown
    assert screen("dark", "red", True).tobytes() in shown


def test_a_session_that_tells_nothing_gives_its_screen_before_the_first_input(tmp_path: Path) -> None:
    path = tmp_path / "toy.h5"
    write_toy_session(path, seed=0, frames=20)
    (start,) = start_screens([path], load_tracks([path], tmp_path / "tracks"))
    assert np.array_equal(start, np.full_like(start, OFF))
