"""The second policy's goals: what they type and press, without a desktop."""

import threading
from collections import Counter
from dataclasses import replace
from random import Random

import pytest

from recorder.actions import KEYS
from recorder.box import Box
from recorder.clock import FakeClock
from recorder.doors import Window
from recorder.explorer import goals, slow, tasks
from recorder.explorer.appearance import Appearance
from recorder.explorer.eye import Eye
from recorder.explorer.hand import Hand, keystroke
from recorder.explorer.layout import Layout
from recorder.explorer.policy import POLICY
from recorder.explorer.weights import ENOUGH, GOALS_2, GOALS_3, GOALS_4, GOALS_5, choices
from tests.recorder.test_policy import SIZE_PX, Notebook

WINDOW = Window(number=1, app="mousepad", box=Box(x_px=80, y_px=40, width_px=321, height_px=329), dialog=False,
                hidden=False, maximised=False, active=True)  # fmt: skip
DIALOG = replace(WINDOW, number=2, app="thunar", dialog=True)
MENU = Box(x_px=5, y_px=200, width_px=120, height_px=150)


class FixedEye(Eye):
    """Sees always these windows, and a menu until Escape was pressed."""

    def __init__(self, notebook: Notebook, windows: list[Window], menu: bool = False) -> None:
        self._notebook, self._windows, self._menu = notebook, windows, menu

    def windows(self) -> list[Window]:
        return self._windows

    def menus(self) -> list[Box]:
        return [MENU] if self._menu and "Escape" not in typed(self._notebook) else []


class Wished:
    """Writes down what is wished for."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def change_look(self, hand: Hand, random: Random) -> None:
        hand.wait(random.random())
        self.said.append("look")

    def open_app(self, hand: Hand, name: str) -> None:
        hand.wait(0.1)
        self.said.append(name)


def typed(notebook: Notebook) -> list[str]:
    return [KEYS[code].name for kind, code, down in notebook.rows if kind == "key" and down]


def scene_of(*windows: Window, menu: bool = False, seed: int = 0, panel: str = "top") -> tuple[Notebook, goals.Scene]:
    notebook, random = Notebook(), Random(seed)
    hand = Hand(notebook, FakeClock(), random, threading.Event())
    look = Appearance(wallpaper="red", panel=panel)
    layout = Layout(size_px=SIZE_PX, appearance=look, launchers=POLICY.launchers)
    return notebook, goals.Scene(hand, FixedEye(notebook, list(windows), menu), random, layout, Wished())


def test_every_printable_character_is_typed_in_the_end() -> None:
    strokes = {keystroke(character) for character in tasks.PRINTABLE}
    notebook, scene = scene_of(WINDOW)
    for _ in range(60):
        tasks.random_characters(scene)
    pressed, shift = set(), False
    for kind, code, down in notebook.rows:
        if kind == "key" and KEYS[code].name == "ShiftLeft":
            shift = bool(down)
        elif kind == "key" and down:
            pressed.add((code, shift))
    assert strokes <= pressed


def test_a_correction_takes_away_what_was_wrong() -> None:
    notebook, scene = scene_of(WINDOW, seed=4)
    tasks.type_and_correct(scene)
    keys = typed(notebook)
    wrong = keys.index("Backspace")
    assert 2 <= wrong <= 5 and keys[wrong : 2 * wrong] == ["Backspace"] * wrong


def test_the_calculator_is_pressed_inside_its_window() -> None:
    calculator = replace(WINDOW, app="galculator")
    assert set("0123456789+-*/=c") <= set(tasks.BUTTON_PX)
    assert all(calculator.box.contains(80 + dx, 40 + dy) for dx, dy in tasks.BUTTON_PX.values())
    assert len(set(tasks.BUTTON_PX.values())) == len(tasks.BUTTON_PX)


@pytest.mark.parametrize("goal", [tasks.make_folder, tasks.rename_file])
def test_a_name_is_typed_only_into_a_dialog(goal: goals.Goal) -> None:
    with_dialog, without = [scene_of(window) for window in (DIALOG, replace(WINDOW, app="thunar"))]
    for _, scene in (with_dialog, without):
        goal(scene)
    assert {"Enter", "Escape"} & set(typed(with_dialog[0])[-1:])
    assert "KeyA" not in typed(without[0]) or goal is tasks.rename_file
    assert "Enter" not in typed(without[0])


def test_wishes_are_for_what_is_not_open() -> None:
    _, scene = scene_of(WINDOW)
    for _ in range(30):
        tasks.wish_app(scene)
    tasks.wish_look(scene)
    said = scene.wishes.said if isinstance(scene.wishes, Wished) else []
    assert set(said) == {"terminal", "files", "calculator", "look"}


@pytest.mark.parametrize("panel", ["top", "bottom"])
def test_a_menu_is_walked_row_by_row_and_closed(panel: str) -> None:
    notebook, scene = scene_of(menu=True, panel=panel)
    slow.walk_panel_menu(scene)
    rows_px = {y for kind, x, y in notebook.rows if kind == "move" and MENU.contains(x, y)}
    assert set(range(MENU.y_px + 12, MENU.bottom_px - 6, slow.ROW_PX)) <= rows_px
    assert typed(notebook) == ["Escape"]
    assert ("button", 0, True) in notebook.rows and ("button", 0, False) in notebook.rows


@pytest.mark.parametrize("panel", ["top", "bottom"])
def test_slow_goals_are_slow_and_let_go(panel: str) -> None:
    for goal in (slow.drag_window, slow.open_and_close, slow.grow_and_shrink, slow.hide_and_show, slow.cross_panel):
        notebook, scene = scene_of(WINDOW, panel=panel)
        goal(scene)
        held = Counter(bool(down) for kind, _, down in notebook.rows if kind == "button")
        assert held[True] == held[False]
        assert all(0 <= x < SIZE_PX[0] and 0 <= y < SIZE_PX[1] for kind, x, y in notebook.rows if kind == "move")


def test_every_goal_of_the_table_makes_sense_sometime() -> None:
    scenes = [
        scene_of(*windows)[1]
        for app in ("mousepad", "thunar", "xfce4-terminal", "galculator")
        for maximised in (False, True)
        for windows in ([], [replace(WINDOW, app=app, maximised=maximised)] * 2)
    ]
    for table in (GOALS_2, GOALS_3, GOALS_4, GOALS_5):
        assert {row.goal for row in table} == {goal for scene in scenes for goal in choices(table, scene)}
        assert all(row.weight > 0 for row in table)
    still = Layout(size_px=SIZE_PX, appearance=Appearance(wallpaper="red"), launchers=POLICY.launchers)
    without = goals.Scene(scenes[0].hand, scenes[0].eye, Random(0), still)
    assert tasks.wish_look not in POLICY.choices(without)


def test_a_session_repeats_less_what_it_did_often() -> None:
    _, scene = scene_of(WINDOW)
    before = POLICY.choices(scene)
    scene.done[goals.move_window] = 2 * ENOUGH
    assert POLICY.choices(scene) == before | {goals.move_window: before[goals.move_window] / 3}


def test_a_file_is_dragged_inside_its_window() -> None:
    notebook, scene = scene_of(replace(WINDOW, app="thunar"))
    tasks.drag_file(scene)
    press, release = (notebook.rows.index(("button", 0, down)) for down in (True, False))
    dragged = [(x, y) for kind, x, y in notebook.rows[press:release] if kind == "move"]
    assert dragged and all(WINDOW.box.contains(*spot) for spot in dragged)
    small, nothing = scene_of(replace(WINDOW, app="thunar", box=Box(x_px=80, y_px=40, width_px=150, height_px=60)))
    tasks.drag_file(nothing)
    assert small.rows == []


@pytest.mark.parametrize("panel", ["top", "bottom"])
def test_idle_clicks_press_no_button_of_a_window_and_hold_nothing(panel: str) -> None:
    titles, insides, elsewhere = 0, 0, 0
    for seed in range(40):
        notebook, scene = scene_of(WINDOW, panel=panel, seed=seed)
        tasks.click_idly(scene)
        pressed = [place for place, row in enumerate(notebook.rows) if row == ("button", 0, True)]
        assert 1 <= len(pressed) <= 3 and notebook.rows.count(("button", 0, False)) == len(pressed)
        for place in pressed:
            _, x, y = next(row for row in reversed(notebook.rows[:place]) if row[0] == "move")
            assert 0 <= x < SIZE_PX[0] and 0 <= y < SIZE_PX[1]
            title = WINDOW.box.contains(x, y) and y < WINDOW.box.y_px + 2 * goals.TITLE_DY_PX
            assert not title or WINDOW.box.x_px + 30 < x < WINDOW.box.right_px - goals.MINIMISE_DX_PX - 10
            titles, insides = titles + title, insides + (WINDOW.box.contains(x, y) and not title)
            elsewhere += not WINDOW.box.contains(x, y)
    assert titles > 5 and insides > 15 and elsewhere > 10


def test_idle_clicks_need_no_window() -> None:
    notebook, scene = scene_of()
    tasks.click_idly(scene)
    assert ("button", 0, True) in notebook.rows
