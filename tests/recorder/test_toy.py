"""The toy desktop does what a desktop does, and its recordings are the same to the byte from a seed."""

from pathlib import Path

import numpy as np
import pytest

from recorder.actions import KEY_INDEX, Event, EventKind
from recorder.box import Box
from recorder.dataset import read_manifest, session_name
from recorder.explorer.appearance import Appearance
from recorder.explorer.hand import keystroke
from recorder.session import Session
from recorder.toy import POLICY, font, layout
from recorder.toy.desktop import Desktop
from recorder.toy.explore import ToyExploration, explore, write_script
from recorder.toy.goals import CHARACTERS, WORDS
from recorder.toy.picture import ARROW, BEAM, draw, pointer_shape
from recorder.toy.script import Wish
from recorder.verify import faults
from tests.recorder.sessions import recorder

pytestmark = pytest.mark.xdist_group("test_toy")  # its fixtures are made once
CORNER_PX = (60, 40)


@pytest.fixture
def desktop() -> Desktop:
    """With its window open."""
    made = Desktop(Appearance(wallpaper="blue"), CORNER_PX, "red")
    made.open = True
    return made


def _point(desktop: Desktop, box: Box) -> dict[str, int]:
    at = {"x_px": box.x_px + box.width_px // 2, "y_px": box.y_px + box.height_px // 2}
    desktop.feed(Event(t_ns=0, kind=EventKind.MOTION, **at))
    return at


def _click(desktop: Desktop, box: Box) -> None:
    at = _point(desktop, box)
    desktop.feed(Event(t_ns=0, kind=EventKind.BUTTON_DOWN, **at))
    desktop.feed(Event(t_ns=0, kind=EventKind.BUTTON_UP, **at))


def _type(desktop: Desktop, text: str) -> None:
    for character in text:
        code = keystroke(character)[0]
        desktop.feed(Event(t_ns=0, kind=EventKind.KEY_DOWN, code=code, symbol=ord(character)))


def _changed(desktop: Desktop, before_u8: np.ndarray) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what looks otherwise, the ends excluded."""
    rows, columns = np.nonzero((draw(desktop) != before_u8).any(axis=2))
    return columns.min(), rows.min(), columns.max() + 1, rows.max() + 1


def _edges(box: Box) -> tuple[int, int, int, int]:
    return box.x_px, box.y_px, box.right_px, box.bottom_px


def test_the_button_highlights_under_the_pointer_and_switches_when_pressed(desktop: Desktop) -> None:
    button, before_u8 = layout.button(CORNER_PX), draw(desktop)
    _point(desktop, button)
    assert _changed(desktop, before_u8) == _edges(button)
    hovered_u8 = draw(desktop)
    _click(desktop, button)
    assert desktop.on
    assert (draw(desktop) != hovered_u8).any()
    _click(desktop, button)
    assert np.array_equal(draw(desktop), hovered_u8)


def test_the_window_is_dragged_by_its_title_bar_and_stays_on_the_screen(desktop: Desktop) -> None:
    at = _point(desktop, layout.title_bar(CORNER_PX))
    desktop.feed(Event(t_ns=0, kind=EventKind.BUTTON_DOWN, **at))
    desktop.feed(Event(t_ns=0, kind=EventKind.MOTION, x_px=at["x_px"] + 7, y_px=at["y_px"] - 5))
    assert desktop.corner_px == (67, 35)
    desktop.feed(Event(t_ns=0, kind=EventKind.MOTION, x_px=0, y_px=0))
    assert desktop.corner_px == (0, layout.PANEL.bottom_px)
    desktop.feed(Event(t_ns=0, kind=EventKind.BUTTON_UP, x_px=0, y_px=0))
    desktop.feed(Event(t_ns=0, kind=EventKind.MOTION, x_px=90, y_px=90))
    assert desktop.corner_px == (0, layout.PANEL.bottom_px)


def test_panel_and_cross_open_and_close_the_window_which_keeps_its_text(desktop: Desktop) -> None:
    _type(desktop, "hi")
    _point(desktop, layout.LAUNCHER)
    before_u8 = draw(desktop)
    _click(desktop, layout.closer(CORNER_PX))
    assert not desktop.open
    assert not desktop.windows
    _type(desktop, "gone")
    _click(desktop, layout.LAUNCHER)
    assert np.array_equal(draw(desktop), before_u8)


def test_the_menu_highlights_rows_and_the_chosen_one_colours_the_flag(desktop: Desktop) -> None:
    _click(desktop, layout.MENU_BUTTON)
    before_u8 = draw(desktop)
    _point(desktop, layout.menu_row(2))
    assert _changed(desktop, before_u8) == _edges(layout.menu_row(2))
    assert desktop.row == 2
    _click(desktop, layout.menu_row(2))
    assert (desktop.flag, desktop.menus) == ("sky", [])
    assert tuple(draw(desktop)[layout.FLAG.y_px, layout.FLAG.x_px]) == layout.FLAGS["sky"]
    _click(desktop, layout.MENU_BUTTON)
    _click(desktop, layout.FLAG)
    assert (desktop.flag, desktop.menus) == ("sky", [])


def test_typed_characters_appear_and_backspace_takes_them(desktop: Desktop) -> None:
    field = layout.field(CORNER_PX)
    empty_u8 = draw(desktop)
    _type(desktop, "A")
    shown = draw(desktop)[field.slices][4 : 4 + font.HEIGHT_PX, 2 : 2 + font.WIDTH_PX, 0] < 128
    assert np.array_equal(shown, font.glyph("a"))
    desktop.feed(Event(t_ns=0, kind=EventKind.KEY_DOWN, code=KEY_INDEX["Backspace"]))
    assert np.array_equal(draw(desktop), empty_u8)
    _type(desktop, "x" * 40)
    right, bottom = _changed(desktop, empty_u8)[2:]
    assert (right < field.right_px, bottom < field.bottom_px) == (True, True)


def test_the_pointer_is_a_beam_over_text(desktop: Desktop) -> None:
    _point(desktop, layout.field(CORNER_PX))
    assert pointer_shape(desktop) is BEAM
    _point(desktop, layout.button(CORNER_PX))
    assert pointer_shape(desktop) is ARROW


def test_every_glyph_is_its_own_and_what_the_hand_types_is_drawn() -> None:
    assert len(set(font.GLYPHS.values())) == len(font.GLYPHS)
    assert {character.upper() for character in CHARACTERS + "".join(WORDS)} <= font.GLYPHS.keys()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As the command writes it."""
    folder = tmp_path_factory.mktemp("toy")
    done = recorder("explore", folder, "--policy", POLICY, "--sessions", 1, "--seconds", 30, "--jobs", 1, "--seed", 1)
    assert done.returncode == 0, done.stderr
    return folder


def test_the_command_writes_sessions_and_a_manifest(folder: Path) -> None:
    path = folder / session_name(1)
    assert faults(path) == []
    assert [tuple(row) for row in read_manifest(folder / "manifest.json")] == [(1, 30.0, POLICY)]
    with Session(path) as session:
        assert (len(session), session.size_px, session.fps) == (450, layout.SIZE_PX, 15.0)
        told = session.prompt_attributes()
    assert {attributes["menu"] for _, attributes in told} == {True, False}
    assert {tuple(attributes["open"]) for _, attributes in told} == {(), ("editor",)}


def test_a_seed_makes_the_same_bytes_again(folder: Path, tmp_path: Path) -> None:
    explore(ToyExploration(path=tmp_path / "again.h5", seed=1, seconds=30.0))
    assert (tmp_path / "again.h5").read_bytes() == (folder / session_name(1)).read_bytes()


def test_what_is_recorded_is_what_the_script_does(folder: Path) -> None:
    desktop = Desktop.of(1)
    script = [event for event in write_script(1, 30.0) if not isinstance(event, Wish)]
    with Session(folder / session_name(1)) as session:
        for t_ns, frame_u8 in zip(session.t_ns.tolist(), session.frames[:], strict=True):
            while script[0].t_ns <= t_ns:
                desktop.feed(script.pop(0))
            assert np.array_equal(draw(desktop), frame_u8)


def test_texts_cause_changes_in_some_sessions() -> None:
    wishes = [sum(isinstance(event, Wish) for event in write_script(seed, 60.0)) for seed in range(8)]
    assert 0 in wishes
    assert max(wishes) >= 3
