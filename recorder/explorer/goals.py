"""What the explorer does: small goals with a cause for every effect, chosen by what is on the screen."""

from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Protocol

from recorder.box import Box
from recorder.doors import Window
from recorder.explorer.apps import APP_CLASS
from recorder.explorer.dotfiles import PANEL_HEIGHT_PX
from recorder.explorer.eye import Eye
from recorder.explorer.forbidden import FORBIDDEN
from recorder.explorer.hand import RIGHT, Hand
from recorder.explorer.layout import Layout

MAX_WINDOWS = 3
MENUBAR_DY_PX = 39
MENUBAR_X_PX = (21, 57, 100, 143)
TITLE_DY_PX = 14
CLOSE_DX_PX, MAXIMISE_DX_PX, MINIMISE_DX_PX = 15, 38, 61
FILE_COLUMNS_PX, FILE_ROWS_PX = (157, 235, 313), (80, 138)  # of the first icons, from the window's corner
ROW_Y_PX = (12, 36, 60, 64)  # in the panel's menu, at every font size
COMMANDS = ("ls", "date -u +%Z", "ls Documents", "cat notes.txt", "cat todo.txt", "echo hello", "clear", "cd Documents",
            "cd", "whoami", "seq 5", "cat Documents/plan.txt")  # fmt: skip
TEXT = (
    "the sea is blue and hill green we walk Anna reads a book quick brown fox jumps over lazy dog pack my box "
    "with five dozen jugs"
)
WORDS = TEXT.split()

Goal = Callable[["Scene"], None]
Choices = Callable[["Scene"], dict[Goal, float]]


class Wishes(Protocol):
    """What a text can cause, by other means than the hand."""

    def change_look(self, hand: Hand, random: Random) -> None: ...

    def open_app(self, hand: Hand, name: str) -> None: ...


class Scene:
    """What a goal works with: the hand, what the eye sees now, where things are, and the choices' randomness.

    `done` counts the goals that this session pursued, `seed` is the session's.
    """

    def __init__(
        self,
        hand: Hand,
        eye: Eye,
        random: Random,
        layout: Layout,
        wishes: Wishes | None = None,
        done: Counter[Goal] | None = None,
        seed: int = 0,
    ) -> None:
        self.hand, self.eye, self.random, self.layout, self.wishes = hand, eye, random, layout, wishes
        self.done: Counter[Goal] = Counter() if done is None else done
        self.seed = seed
        self.width_px, self.height_px = layout.size_px
        self.windows = eye.windows()

    @property
    def shown(self) -> list[Window]:
        return [window for window in self.windows if not window.hidden]

    @property
    def top(self) -> Window:
        return self.shown[-1]

    def apps(self) -> set[str]:
        return {window.app for window in self.windows}

    def point(self, box: Box, margin_px: int = 6) -> tuple[float, float]:
        """A random point inside."""
        return (
            self.random.uniform(box.x_px + margin_px, max(box.x_px + margin_px, box.right_px - margin_px)),
            self.random.uniform(box.y_px + margin_px, max(box.y_px + margin_px, box.bottom_px - margin_px)),
        )

    def bare_desktop(self) -> tuple[float, float] | None:
        """A point that no window covers, if a few tries find one."""
        for _ in range(12):
            x, y = self.point(self.layout.below_icons)
            if not any(window.box.contains(x, y) for window in self.shown):
                return x, y
        return None


def open_from_panel(scene: Scene) -> None:
    launcher_px = scene.layout.launcher_px
    closed = [name for name in launcher_px if APP_CLASS[name] not in scene.apps()]
    name = scene.random.choice(closed if closed and scene.random.random() < 0.85 else sorted(launcher_px))
    scene.hand.click_at(*launcher_px[name])
    scene.hand.wait(scene.random.uniform(0.7, 1.2))


def open_from_menu(scene: Scene) -> None:
    hand, random = scene.hand, scene.random
    hand.click_at(*scene.layout.menu_button_px)
    hand.hesitate(0.4, 0.8)
    menus = scene.eye.menus()
    if not menus:
        return
    row = random.choice((0, 1, 3))
    menu = menus[0]
    hand.move(menu.x_px + random.uniform(15, 80), menu.y_px + ROW_Y_PX[row])
    hand.hesitate(0.2, 0.5)
    if row == 3:
        hand.hesitate(0.3, 0.5)
        below = scene.eye.menus()
        if len(below) > 1:
            hand.move(below[-1].x_px + random.uniform(12, 60), hand.y_px)
            hand.move(*scene.point(below[-1]))
            hand.hesitate(0.2, 0.4)
    if random.random() < 0.6:
        hand.click()
        hand.wait(random.uniform(0.7, 1.2))
    else:
        dismiss(scene)


def dismiss(scene: Scene) -> None:
    """Close open menus, by Escape or by a click beside them."""
    hand = scene.hand
    for _ in range(3):
        menus = scene.eye.menus()
        if not menus:
            return
        spot = scene.bare_desktop()
        if spot and scene.random.random() < 0.4 and not any(menu.contains(*spot) for menu in menus):
            hand.click_at(*spot)
        else:
            hand.chord("Escape")
        hand.hesitate(0.25, 0.5)


def walk_menu(scene: Scene) -> None:
    """Move over the rows of the newest menu, then leave it."""
    for _ in range(scene.random.randint(1, 4)):
        menus = scene.eye.menus()
        if not menus:
            return
        scene.hand.move(*scene.point(menus[-1], 8))
        scene.hand.hesitate(0.15, 0.5)
    dismiss(scene)


def context_menu(scene: Scene) -> None:
    spot = scene.bare_desktop()
    if scene.shown and scene.top.app == "thunar" and scene.random.random() < 0.5:
        box = scene.top.box
        spot = box.x_px + 130 + scene.random.uniform(0, 200), box.y_px + 60 + scene.random.uniform(0, 150)
    if spot is None:
        return
    scene.hand.click_at(*spot, button=RIGHT)
    scene.hand.hesitate(0.4, 0.7)
    walk_menu(scene)


def menu_bar(scene: Scene) -> None:
    box, hand = scene.top.box, scene.hand
    hand.click_at(box.x_px + scene.random.choice(MENUBAR_X_PX), box.y_px + MENUBAR_DY_PX)
    hand.hesitate(0.3, 0.6)
    if scene.random.random() < 0.4:
        hand.move(box.x_px + scene.random.choice(MENUBAR_X_PX), box.y_px + MENUBAR_DY_PX)
        hand.hesitate(0.3, 0.6)
    walk_menu(scene)


def close_window(scene: Scene) -> None:
    box, hand = scene.top.box, scene.hand
    if scene.random.random() < 0.75:
        hand.click_at(box.right_px - CLOSE_DX_PX, box.y_px + TITLE_DY_PX)
    else:
        hand.chord("AltLeft", "F4")
    hand.wait(scene.random.uniform(0.5, 0.9))
    _answer_dialog(scene)


def _answer_dialog(scene: Scene) -> None:
    for window in scene.eye.windows():
        if window.dialog and window.active:
            scene.hand.hesitate(0.3, 0.8)
            if window.app == "mousepad" and scene.random.random() < 0.85:
                box = window.box
                scene.hand.click_at(box.x_px + box.width_px * 0.5, box.bottom_px - 22)
            else:
                scene.hand.chord("Escape")
            scene.hand.hesitate(0.4, 0.7)


def move_window(scene: Scene) -> None:
    box, random = scene.top.box, scene.random
    grip = box.x_px + random.uniform(30, box.width_px - 100), box.y_px + TITLE_DY_PX
    dx = random.uniform(-box.x_px, scene.width_px - box.right_px) * 0.9
    dy = random.uniform(scene.layout.top_px - box.y_px, max(0, scene.layout.bottom_px - box.bottom_px)) * 0.9
    scene.hand.drag(grip, (grip[0] + dx, grip[1] + dy))


def resize_window(scene: Scene) -> None:
    box, random = scene.top.box, scene.random
    corner = box.right_px - 2, box.bottom_px - 2
    if corner[0] < scene.width_px and corner[1] < scene.height_px:
        scene.hand.drag(corner, (corner[0] + random.uniform(-50, 40), corner[1] + random.uniform(-40, 30)))


def maximise(scene: Scene) -> None:
    box = scene.top.box
    scene.hand.click_at(box.right_px - MAXIMISE_DX_PX, box.y_px + TITLE_DY_PX)
    scene.hand.hesitate(0.5, 1.0)


def minimise(scene: Scene) -> None:
    box = scene.top.box
    scene.hand.click_at(box.right_px - MINIMISE_DX_PX, box.y_px + TITLE_DY_PX)
    scene.hand.hesitate(0.5, 1.0)


def use_tasklist(scene: Scene) -> None:
    left_px = scene.layout.tasklist_x_px
    share = (scene.width_px - left_px) / max(2, len(scene.windows))
    place = scene.random.randrange(len(scene.windows))
    x_px = left_px + share * place + scene.random.uniform(10, share - 20)
    scene.hand.click_at(x_px, scene.layout.panel_middle_px)
    scene.hand.hesitate(0.4, 0.8)


def raise_window(scene: Scene) -> None:
    below = scene.random.choice(scene.shown[:-1] or scene.shown)
    for _ in range(12):
        x, y = scene.point(below.box)
        if not any(above.box.contains(x, y) for above in scene.shown[scene.shown.index(below) + 1 :]):
            scene.hand.click_at(x, below.box.y_px + TITLE_DY_PX if scene.random.random() < 0.5 else y)
            scene.hand.hesitate(0.3, 0.6)
            return


def run_commands(scene: Scene) -> None:
    for _ in range(scene.random.randint(1, 3)):
        text = scene.random.choice(COMMANDS)
        if scene.random.random() < 0.3:
            text = "echo " + " ".join(scene.random.choices(WORDS, k=2))
        enter_command(scene, text)


def enter_command(scene: Scene, line: str) -> None:
    """Have the terminal do a line; never a forbidden one."""
    assert not FORBIDDEN.found_in(line), line
    type_with_mistakes(scene, line)
    scene.hand.hesitate()
    scene.hand.chord("Enter")
    scene.hand.hesitate(0.3, 0.7)


def write_text(scene: Scene) -> None:
    words = scene.random.choices(WORDS, k=scene.random.randint(2, 6))
    type_with_mistakes(scene, " ".join(words) + scene.random.choice((" ", ".\n", "\n", ", ")))
    if scene.random.random() < 0.25:
        scene.hand.chord("ControlLeft", "KeyA")
        scene.hand.hesitate(0.3, 0.6)
        scene.hand.chord(scene.random.choice(("Delete", "ArrowRight", "ArrowLeft")))
    for _ in range(scene.random.choice((0, 0, 3, 6))):
        scene.hand.chord("Backspace")
        scene.hand.hesitate(0.05, 0.15)


def type_with_mistakes(scene: Scene, text: str) -> None:
    if scene.random.random() < 0.15:
        place = scene.random.randrange(len(text))
        scene.hand.type(text[:place] + scene.random.choice("asdfjkl"))
        scene.hand.hesitate(0.2, 0.5)
        scene.hand.chord("Backspace")
        text = text[place:]
    scene.hand.type(text)


def browse_files(scene: Scene) -> None:
    box, random, hand = scene.top.box, scene.random, scene.hand
    spot = box.x_px + random.choice(FILE_COLUMNS_PX), box.y_px + random.choice(FILE_ROWS_PX)
    if not box.contains(*spot):
        return
    hand.click_at(*spot)
    hand.hesitate(0.3, 0.6)
    if random.random() < 0.5:
        hand.double_click()
        hand.wait(random.uniform(0.6, 1.2))
    if random.random() < 0.6:
        if random.random() < 0.5:
            hand.chord("AltLeft", "ArrowLeft")
        else:
            hand.click_at(box.x_px + 50, box.y_px + 88)
        hand.hesitate(0.4, 0.8)


def wander(scene: Scene) -> None:
    """Move without purpose, over whatever reacts to the pointer."""
    for _ in range(scene.random.randint(1, 4)):
        spot = scene.random.uniform(2, scene.width_px - 3), scene.random.uniform(2, scene.height_px - 3)
        if scene.random.random() < 0.35:
            in_panel_px = scene.random.uniform(2, scene.width_px - 3), scene.random.uniform(2, PANEL_HEIGHT_PX - 2)
            spot = in_panel_px[0], scene.layout.panel_top_px + in_panel_px[1]
        elif scene.shown and scene.random.random() < 0.6:
            box = scene.top.box
            spot = scene.random.uniform(box.x_px, box.right_px), box.y_px + scene.random.uniform(2, 50)
        scene.hand.move(*spot)
        scene.hand.hesitate()


def click_desktop(scene: Scene) -> None:
    spot = scene.bare_desktop()
    icon_px = scene.layout.home_icon_px
    if scene.random.random() < 0.5 and not any(window.box.contains(*icon_px) for window in scene.shown):
        spot = (icon_px[0] + scene.random.uniform(-14, 14), icon_px[1] + scene.random.uniform(-12, 12))
    if spot:
        scene.hand.click_at(*spot)
        scene.hand.hesitate(0.2, 0.5)


def idle(scene: Scene) -> None:
    scene.hand.wait(scene.random.uniform(0.5, 2.5))


def choices(scene: Scene) -> dict[Goal, float]:
    """Goals that make sense now, with their weights."""
    goals: dict[Goal, float] = {wander: 0.8, idle: 0.4, click_desktop: 0.4, context_menu: 0.6}
    if len(scene.windows) < MAX_WINDOWS:
        goals |= {open_from_panel: 1.4, open_from_menu: 1.4}
    if scene.windows:
        goals |= {use_tasklist: 0.7}
    if not scene.shown:
        return goals
    goals |= {close_window: 0.5 + 0.5 * len(scene.windows), move_window: 1.2, resize_window: 0.4, maximise: 0.5,
              minimise: 0.5}  # fmt: skip
    if len(scene.shown) > 1:
        goals |= {raise_window: 1.0}
    if scene.top.maximised:
        goals |= {maximise: 3.0}
        goals.pop(move_window)
        goals.pop(resize_window)
    if scene.top.active:
        by_app: dict[str, dict[Goal, float]] = {
            "mousepad": {write_text: 4.5, menu_bar: 0.8},
            "thunar": {browse_files: 2.0, menu_bar: 0.8},
        }
        goals |= by_app.get(scene.top.app, {run_commands: 4.5})
    return goals


def pursue(scene: Scene, choices: Choices) -> None:
    """Choose one goal and do it, after clearing what stands in the way."""
    if scene.eye.menus():
        dismiss(scene)
    elif any(window.dialog for window in scene.windows):
        _answer_dialog(scene)
    else:
        goals = choices(scene)
        goal = scene.random.choices(list(goals), weights=list(goals.values()))[0]
        scene.done[goal] += 1
        goal(scene)
    scene.hand.hesitate(0.1, 0.5)
