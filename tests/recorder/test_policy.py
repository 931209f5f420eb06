"""The policies: that of the first data set does for ever what it did; the newest one's positions hold everywhere."""

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from recorder.box import Box
from recorder.clock import FakeClock
from recorder.doors import Injector, Window
from recorder.explore import Explore
from recorder.explorer import NEWEST_POLICY, dotfiles, goals
from recorder.explorer.appearance import PANELS, Appearance
from recorder.explorer.eye import Eye
from recorder.explorer.hand import Hand
from recorder.explorer.layout import Layout
from recorder.explorer.policy import (
    GOALS_1,
    GOALS_2,
    GOALS_3,
    GOALS_4,
    GOALS_5,
    GOALS_6,
    POLICIES,
    POLICY,
    Policy,
    find_policy,
)
from tests.recorder.sessions import recorder

SIZE_PX = (512, 384)
# Taken from the program that recorded the sessions of docs/manifest.json: what it wrote, moved, pressed and typed.
FIRST_HOMES = {
    "blue": "f4ed801415dce34c2fae61d4c63b30d6d3806f332de18b46217bbd0b97a8424f",
    "green": "77bd79e816433953252c099ec74d4d50d6c6d52499239a064adf8842938896c9",
    "grey": "2e42fc696b57275cf01ee2080e906bcba999e8bbe69a0d8e687ee45d39feba70",
}
FIRST_INPUTS = (10463, "8683ad5371cf694e20c81d61a6ddb5ca2ae00994e9b4bacecba2e4d02244c77a")
SECOND_INPUTS = (16361, "6fbecf0719172f427e14dc2ff716a17bfa5ce583b5093272139603a541c5f045")
FOURTH_INPUTS = (19874, "20947f833b9aea2cf47788e1d3639b4cfd1f0e308da1959e5dc737c41fbcb81f")
THIRD_INPUTS = (15099, "0ae4963c06eebe08896e3d3e389009498f174a7b5f1668aac9c85bbd3c2e8a5c")
FIFTH_INPUTS = (19172, "589a7bb4da09d11081bdf92c783e2ba08593a77ad9426c937985e122ef3a2e0d")
FIRST_WALLPAPERS = "green blue blue blue blue grey grey green blue green"


class Notebook(Injector):
    """Writes down what is injected."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, int, int | bool]] = []

    def move(self, x_px: int, y_px: int) -> None:
        self.rows.append(("move", x_px, y_px))

    def button(self, code: int, down: bool) -> None:
        self.rows.append(("button", code, down))

    def scroll(self, dx: int, dy: int) -> None:
        self.rows.append(("scroll", dx, dy))

    def key(self, code: int, down: bool) -> None:
        self.rows.append(("key", code, down))


class DreamingEye(Eye):
    """Sees windows and menus that are drawn at random."""

    def __init__(self, random: Random, apps: Sequence[str] = ("xfce4-terminal", "thunar", "mousepad")) -> None:
        self._random, self._apps = random, apps

    def windows(self) -> list[Window]:
        random, found = self._random, []
        for number in range(random.randrange(4)):
            app = random.choice(self._apps)
            x_px, y_px = random.randrange(100), random.randrange(28, 100)
            box = Box(x_px=x_px, y_px=y_px, width_px=random.randrange(250, 350), height_px=random.randrange(180, 250))
            dialog, hidden, maximised = (random.random() < share for share in (0.05, 0.15, 0.15))
            found.append(Window(number=number, app=app, box=box, dialog=dialog, hidden=hidden, maximised=maximised,
                                active=False))  # fmt: skip
        return [*found[:-1], *(replace(window, active=True) for window in found[-1:])]

    def menus(self) -> list[Box]:
        count = self._random.choice((0, 0, 0, 1, 2))
        return [Box(x_px=20 + 80 * place, y_px=40, width_px=120, height_px=100) for place in range(count)]


def layout(panel: str = "top", launchers: tuple[str, ...] = GOALS_1.launchers) -> Layout:
    return Layout(size_px=SIZE_PX, appearance=Appearance(wallpaper="blue", panel=panel), launchers=launchers)


def pursue(choices: goals.Choices, where: Layout, count: int = 400) -> Notebook:
    """What a hand does for so many goals."""
    notebook, random = Notebook(), Random(7)
    hand, eye = Hand(notebook, FakeClock(), random, threading.Event()), DreamingEye(Random(8))
    for _ in range(count):
        goals.pursue(goals.Scene(hand, eye, random, where), choices)
    return notebook


@pytest.mark.parametrize("wallpaper", FIRST_HOMES)
def test_the_first_policys_home_is_the_same_to_the_byte(wallpaper: str, tmp_path: Path) -> None:
    root = tmp_path / "box"
    dotfiles.write_home(root / "alex", Appearance(wallpaper=wallpaper), GOALS_1.launchers)
    sha = hashlib.sha256()
    for path in sorted((root / "alex").rglob("*")):
        sha.update(path.relative_to(root).as_posix().encode() + (path.read_bytes() if path.is_file() else b"/"))
    assert sha.hexdigest() == FIRST_HOMES[wallpaper]


def test_the_first_policys_seeds_look_as_they_did() -> None:
    drawn = [GOALS_1.draw(Random(seed)) for seed in range(10)]
    assert " ".join(look.wallpaper for look in drawn) == FIRST_WALLPAPERS
    assert all(look == Appearance(wallpaper=look.wallpaper) for look in drawn)


def test_the_first_policys_hand_does_what_it_did() -> None:
    rows = pursue(GOALS_1.choices, layout()).rows
    assert (len(rows), hashlib.sha256(repr(rows).encode()).hexdigest()) == FIRST_INPUTS


@pytest.mark.parametrize(
    ("policy", "inputs"),
    [
        (GOALS_2, SECOND_INPUTS),
        (GOALS_3, THIRD_INPUTS),
        (GOALS_4, FOURTH_INPUTS),
        (GOALS_5, FIFTH_INPUTS),
        (GOALS_6, FIFTH_INPUTS),
    ],
)
def test_a_later_policys_hand_does_what_it_did(policy: Policy, inputs: tuple[int, str]) -> None:
    rows = pursue(policy.choices, layout(launchers=policy.launchers)).rows
    assert (len(rows), hashlib.sha256(repr(rows).encode()).hexdigest()) == inputs


def test_policies_are_found_by_name() -> None:
    assert POLICY.name == NEWEST_POLICY and find_policy("goals-1") is GOALS_1
    with pytest.raises(ValueError, match="goals-1, goals-2, goals-3, goals-4, goals-5, goals-6"):
        find_policy("goals-0")
    assert all(name == policy.name for name, policy in POLICIES.items())


def test_half_of_the_sixth_policys_sessions_look_as_the_first_ones_did() -> None:
    first = {Appearance(wallpaper=wallpaper) for wallpaper in ("blue", "green", "grey")}
    looks = [GOALS_6.draw(Random(seed)) for seed in range(1000)]
    assert 0.45 < sum(look in first for look in looks) / len(looks) < 0.6


def test_the_newest_policy_draws_every_look() -> None:
    looks = {POLICY.draw(Random(seed)) for seed in range(40_000)}
    assert len(looks) == 3 * 8 * 2 * 2 * 3


@pytest.mark.parametrize("panel", PANELS)
def test_what_is_in_the_panel_is_in_the_panel(panel: str) -> None:
    where = layout(panel, GOALS_2.launchers)
    panel_box = Box(x_px=0, y_px=where.panel_top_px, width_px=SIZE_PX[0], height_px=dotfiles.PANEL_HEIGHT_PX)
    assert all(panel_box.contains(*spot) for spot in (where.menu_button_px, *where.launcher_px.values()))
    assert where.panel_top_px == (0 if panel == "top" else SIZE_PX[1] - dotfiles.PANEL_HEIGHT_PX)
    assert not panel_box.contains(*where.home_icon_px)
    assert max(x for x, _ in where.launcher_px.values()) + 14 <= where.tasklist_x_px


@pytest.mark.parametrize("panel", PANELS)
def test_the_newest_policy_stays_on_the_screen(panel: str) -> None:
    rows = pursue(GOALS_2.choices, layout(panel, GOALS_2.launchers)).rows
    assert len(rows) > 5000 and {kind for kind, *_ in rows} >= {"move", "button", "key"}


def test_the_data_set_is_ordered_again_by_its_manifest(tmp_path: Path) -> None:
    manifest = Path(__file__).parents[2] / "docs" / "manifest.json"
    orders = Explore(folder=tmp_path, manifest=manifest).orders()
    assert [order.seed for order in orders] == [*range(42), *range(100, 164)]
    assert [order.policy for order in orders] == ["goals-1"] * 42 + ["goals-2"] * 64
    assert all(285 < order.seconds <= 300 for order in orders)


def test_an_order_that_makes_no_sense_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("[]")
    for order in (Explore(folder=tmp_path, manifest=tmp_path / name) for name in ("a.json", "b.json")):
        with pytest.raises(ValueError, match=r"is no manifest of a data set; name the manifest\.json"):
            order.orders()
    with pytest.raises(ValueError, match="policy 'goals-9' is not one of"):
        Explore(folder=tmp_path, policy="goals-9").orders()
    done = recorder("explore", tmp_path / "x", "--policy", "goals-9")
    assert done.returncode == 2 and len(done.stderr.splitlines()) == 1, done.stderr
