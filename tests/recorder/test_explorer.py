"""The explorer: what it types, what it chooses, and one short session of a real sandbox."""

import string
import threading
import xml.etree.ElementTree as ElementTree
from itertools import pairwise
from pathlib import Path
from random import Random

import numpy as np
import pytest

from recorder.actions import KEYS, EventKind
from recorder.box import Box
from recorder.clock import FakeClock
from recorder.doors import Injector
from recorder.explorer import dotfiles
from recorder.explorer.appearance import Appearance
from recorder.explorer.explore import Exploration, explore
from recorder.explorer.hand import Hand, Stopped, keystroke
from recorder.explorer.policy import POLICY
from recorder.explorer.sandbox import PACKAGES, SUPPORT_PACKAGES, Sandbox, missing_packages
from recorder.explorer.score import read_score
from recorder.session import Session
from recorder.verify import faults


class _Notebook(Injector):
    """Writes down what is injected."""

    def __init__(self) -> None:
        self.moves: list[tuple[int, int]] = []
        self.keys: list[tuple[str, bool]] = []
        self.buttons: list[tuple[int, bool]] = []

    def move(self, x_px: int, y_px: int) -> None:
        self.moves.append((x_px, y_px))

    def button(self, code: int, down: bool) -> None:
        self.buttons.append((code, down))

    def scroll(self, dx: int, dy: int) -> None:
        raise AssertionError(f"nobody scrolls here, not by {dx}, {dy}")

    def key(self, code: int, down: bool) -> None:
        self.keys.append((KEYS[code].name, down))


def _hand(notebook: _Notebook, seed: int = 0) -> Hand:
    return Hand(notebook, FakeClock(), Random(seed), threading.Event())


def test_every_printable_character_has_a_keystroke() -> None:
    typed = {keystroke(character) for character in string.printable[:95]}
    assert len(typed) == 95


def test_shift_is_held_around_a_capital() -> None:
    notebook = _Notebook()
    _hand(notebook).type("aB")
    expected = [("KeyA", True), ("KeyA", False), ("ShiftLeft", True), ("KeyB", True), ("KeyB", False)]
    assert notebook.keys == [*expected, ("ShiftLeft", False)]


def test_a_move_ends_where_it_should_without_jumps() -> None:
    notebook = _Notebook()
    hand = _hand(notebook)
    hand.move(300, 200)
    assert notebook.moves[-1] == (300, 200)
    path = [(0, 0), *notebook.moves]
    assert max(abs(a[0] - b[0]) + abs(a[1] - b[1]) for a, b in pairwise(path)) < 100


def test_the_same_seed_moves_the_same_way() -> None:
    first, again = _Notebook(), _Notebook()
    for notebook in (first, again):
        _hand(notebook, seed=4).move(100, 50)
    assert first.moves == again.moves


def test_a_stopped_hand_lets_go() -> None:
    notebook, stop = _Notebook(), threading.Event()
    hand = Hand(notebook, FakeClock(), Random(0), stop)
    hand.press()
    stop.set()
    with pytest.raises(Stopped):
        hand.wait(0.1)
    hand.let_go()
    assert (0, False) in notebook.buttons


def test_a_box_holds_its_corner_and_not_its_end() -> None:
    box = Box(x_px=10, y_px=20, width_px=5, height_px=5)
    assert box.contains(10, 20) and not box.contains(15, 20)


def test_settings_are_well_formed(tmp_path: Path) -> None:
    dotfiles.write_home(tmp_path / "box" / "alex", Appearance(wallpaper="blue"), ("terminal", "files"))
    files = list(tmp_path.rglob("*.xml"))
    assert len(files) == 5
    for path in files:
        assert ElementTree.parse(path).getroot().tag == "channel"


def test_a_machine_without_the_programs_is_told_how_to_get_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ValueError, match="the sandbox lacks programs: apt-get install ") as said:
        Sandbox(seed=0, size_px=(512, 384))
    wanted = str(said.value).partition("--no-install-recommends ")[2].split()
    assert wanted == [*PACKAGES.values(), *SUPPORT_PACKAGES]


@pytest.mark.skipif(bool(missing_packages()), reason=f"the sandbox lacks {', '.join(missing_packages())}")
@pytest.mark.timeout(150)
def test_a_real_sandbox_is_recorded(tmp_path: Path) -> None:
    path = tmp_path / "seed-00003.h5"
    stats = explore(Exploration(path=path, seed=3, seconds=5))
    assert stats.frames + stats.skipped >= 75
    assert faults(path) == []
    assert read_score(path).seed == 3 and read_score(path).events
    with Session(path) as session:
        assert session.size_px == (512, 384)
        assert any(event.kind == EventKind.MOTION for event in session.events())
        assert session.attributes["policy"] == POLICY.name
        shown = session.prompt_attributes()
        assert [frame for frame, _ in shown] == [frame for frame, _ in session.prompts()]
        assert shown[0][1]["wallpaper"] == POLICY.draw(Random(3)).wallpaper
        assert len(np.unique(session.frames[0].reshape(-1, 3), axis=0)) > 50, "the desktop is bare"
