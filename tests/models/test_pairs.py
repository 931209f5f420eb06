"""Which screens are paired with what is said of them."""

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.facts import Fact, holding_facts
from models.mosaic import small_tiles
from models.pairs import Stretch, attributes_at, load_pairs, of_session, read_pairs, stretches
from models.tiles import to_tiles
from recorder.prompt import Prompt
from recorder.session import Session
from tests.models.described import STRETCH_FRAMES, described, screen, write_described_session
from tests.models.toy import write_toy_session

LOOKS = [("light", "blue"), ("dark", "red")]


def prompt(text: str, **attributes: Any) -> Prompt:
    return Prompt.of(text, described("light", "blue", False) | attributes)


def test_a_stretch_lasts_while_a_sentence_tells_the_same() -> None:
    told = [
        (0, prompt("a")),
        (10, prompt("a", windows=[{"box": [1, 2, 3, 4]}])),  # only a box has changed
        (20, prompt("b", menu=True)),
        (30, prompt("open the editor", event="open the editor")),
        (40, prompt("b", menu=True)),
        (50, Prompt("")),
        (60, Prompt("my own desk")),
        (70, Prompt("my own desk")),
    ]
    assert stretches([], 80) == []
    assert stretches(told, 80) == [
        Stretch(start=0, stop=20, text="a"),
        Stretch(start=20, stop=30, text="b"),
        Stretch(start=40, stop=50, text="b"),
        Stretch(start=60, stop=80, text="my own desk"),
    ]


def test_frames_at_the_ends_of_a_stretch_are_not_settled() -> None:
    assert Stretch(start=20, stop=40, text="").settled(10.0) == range(24, 38)
    assert Stretch(start=20, stop=23, text="").settled(10.0) == range(0)
    assert Stretch(start=0, stop=10, text="").settled(10.0) == range(0, 8)
    assert Stretch(start=20, stop=40, text="").some(10.0) == [24, 28, 33, 37]
    assert Stretch(start=20, stop=27, text="").some(10.0) == [24]
    assert Stretch(start=20, stop=23, text="").some(10.0) == []


def test_attributes_are_those_in_force() -> None:
    told = [(0, prompt("a")), (5, Prompt("b")), (8, prompt("c", menu=True))]
    assert [attributes_at(told, frame).get("menu") for frame in (0, 4, 5, 7, 8, 99)] == [
        False, False, None, None, True, True,
    ]  # fmt: skip


def test_each_screen_comes_once_a_stretch_with_its_facts_and_text(tmp_path: Path) -> None:
    write_described_session(tmp_path / "s.h5", looks=LOOKS)
    with Session(tmp_path / "s.h5") as session:
        pairs = read_pairs(session, partial(of_session, session))
    assert len(pairs) == 8 and pairs.grid_shape == (8, 8)
    assert pairs.stretch.tolist() == (pairs.frame // STRETCH_FRAMES).tolist() == list(range(8))
    assert pairs.text[3] == "dark theme, red wallpaper, terminal open"
    told = {Fact("theme", "dark"), Fact("wallpaper", "red"), Fact("open", "terminal")}
    assert told <= set(holding_facts(pairs.known[3]))
    shown = pairs.mosaics.tiles_u8[pairs.mosaics.grids[3]]
    assert np.array_equal(shown, small_tiles(to_tiles(screen("dark", "red", True))))


def test_a_track_shows_the_same_as_its_session(tmp_path: Path) -> None:
    write_described_session(tmp_path / "s.h5", looks=LOOKS)
    with Session(tmp_path / "s.h5") as session:
        read = read_pairs(session, partial(of_session, session))
    tracked = load_pairs([tmp_path / "s.h5"], tmp_path / "tracks")
    assert np.array_equal(tracked.mosaics.tiles_u8[tracked.mosaics.grids], read.mosaics.tiles_u8[read.mosaics.grids])
    assert np.array_equal(tracked.known, read.known) and tracked.frame.tolist() == read.frame.tolist()


def test_sessions_without_prompts_are_refused_in_one_sentence(tmp_path: Path) -> None:
    write_toy_session(tmp_path / "s.h5", seed=0, frames=20)
    with pytest.raises(ValueError, match="no prompt"):
        load_pairs([tmp_path / "s.h5"], tmp_path / "tracks")
    with Session(tmp_path / "s.h5") as session:
        assert not len(read_pairs(session, partial(of_session, session)))
