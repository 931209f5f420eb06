"""What a data set covers, and that the compositional test shows what training never does."""

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from recorder.actions import KEY_INDEX, Event, EventKind
from recorder.coverage import combinations, coverage, state_hash
from recorder.dataset import COMPOSITIONAL, SPLIT, session_name, session_paths, split_of_file, write_manifest
from recorder.explorer.appearance import HELD_OUT, THEMES, WALLPAPERS, Appearance, draw_plain
from recorder.explorer.attributes import describe
from recorder.explorer.live import changes
from recorder.pointer import PointerState
from recorder.prompt import Prompt
from recorder.session import Session
from recorder.writer import SessionWriter
from tests.recorder.sessions import ARROW, PERIOD_NS, SIZE_PX, frame, write_session
from tests.recorder.test_words import EDITOR, MENU, TERMINAL

LOOK = Appearance(wallpaper="red", theme="dark")
SHOWN = {0: describe(LOOK, [], []), 4: describe(LOOK, [TERMINAL], []), 6: describe(LOOK, [], [], "dark theme, please")}


def write(path: Path, **attributes: str) -> Path:
    """Ten frames of SHOWN in which a, A and control+a are pressed."""
    with SessionWriter(path, size_px=SIZE_PX, fps=10, attributes=attributes) as writer:
        for index in range(10):
            if index in SHOWN:
                writer.add_prompt(*Prompt.of("x", SHOWN[index]))
            writer.add_frame(frame(index), (index + 1) * PERIOD_NS, PointerState(x_px=1, y_px=1, shape=ARROW))
        writer.add_events(
            [key("KeyA", ord("a")), key("KeyA", ord("A")), key("ControlLeft", 0xFFE3), key("KeyA", ord("a"))]
        )
    return path


def key(name: str, symbol: int) -> Event:
    return Event(t_ns=PERIOD_NS, kind=EventKind.KEY_DOWN, code=KEY_INDEX[name], symbol=symbol)


def test_coverage_counts_states_events_characters_and_frames(tmp_path: Path) -> None:
    with Session(write(tmp_path / "a.h5")) as session:
        found = coverage([session, session])
    assert (found["states"], found["visits"]) == (2, {state_hash(SHOWN[0]): 4, state_hash(SHOWN[4]): 2})
    assert (found["transitions"], found["rare_transitions"], found["states_visited_20_times"]) == (2, 2, 0)
    assert found["events"] == {"key_down": 8}
    assert {name: count for name, count in found["characters"].items() if count} == {"a": 2, "A": 2}
    assert len(found["characters"]) == 95 and found["wishes"] == 2
    assert found["frames_by_attribute"]["theme"] == {"dark": 20}
    assert found["frames_by_attribute"]["focused"] == {"None": 16, "terminal": 4}


def test_a_session_with_other_attributes_or_none_has_no_states(tmp_path: Path) -> None:
    with SessionWriter(tmp_path / "a.h5", size_px=SIZE_PX, fps=10) as writer:
        writer.add_prompt(*Prompt.of("x", {"theme": "dark"}))
        writer.add_frame(frame(1), PERIOD_NS, PointerState(x_px=1, y_px=1, shape=None))
    with Session(tmp_path / "a.h5") as other, Session(write_session(tmp_path / "b.h5")) as without:
        found = coverage([other, without])
        assert combinations(other) == combinations(without) == set()
    assert (found["states"], found["frames_by_attribute"]["theme"]) == (0, {}) and found["events"]


def test_a_state_is_its_windows_and_not_where_they_are() -> None:
    moved = describe(LOOK, [replace(TERMINAL, box=MENU, title="x"), EDITOR], [])
    assert state_hash(moved) == state_hash(describe(LOOK, [EDITOR, TERMINAL], []))
    assert state_hash(moved) != state_hash(describe(LOOK, [EDITOR, replace(TERMINAL, hidden=True)], []))


def test_a_session_may_claim_its_split(tmp_path: Path) -> None:
    claimed = write(tmp_path / session_name(9), **{SPLIT: COMPOSITIONAL})
    plain = write(tmp_path / session_name(1))
    assert (split_of_file(claimed), split_of_file(plain)) == (COMPOSITIONAL, "train")
    assert session_paths(tmp_path, "train") == [plain]
    assert session_paths(tmp_path, COMPOSITIONAL) == [claimed]
    with pytest.raises(ValueError, match="holds no test session"):
        session_paths(tmp_path, "test")
    manifest = write_manifest(tmp_path)
    assert manifest["combinations"] == {"train": ["dark red"], COMPOSITIONAL: ["dark red"]}
    assert manifest["coverage"]["events"] == {"key_down": 8}


def test_training_shows_every_theme_and_colour_but_not_every_pair() -> None:
    pairs = {(theme, wallpaper) for theme in THEMES for wallpaper in WALLPAPERS} - HELD_OUT
    assert {theme for theme, _ in pairs} == set(THEMES) and {colour for _, colour in pairs} == set(WALLPAPERS)
    assert len(pairs) == len(THEMES) * len(WALLPAPERS) - len(HELD_OUT)
    assert not any(draw_plain(Random(seed)).held_out for seed in range(100))


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("wallpaper", WALLPAPERS)
def test_no_live_change_crosses_the_split(theme: str, wallpaper: str) -> None:
    look = Appearance(theme=theme, wallpaper=wallpaper)
    after = [replace(look, **{attribute: value}) for attribute, value in changes(look)]
    assert after and all(changed.held_out == look.held_out and changed != look for changed in after)
