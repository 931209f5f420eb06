"""What the toy desktop's user wants: one small goal after the other, drawn by weight from those that make sense."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from recorder.box import Box
from recorder.explorer.hand import Hand
from recorder.toy import layout
from recorder.toy.desktop import Desktop
from recorder.toy.script import Scribe, Stage

ASKED_S, SEEN_S = 0.3, 1.2  # how long a wish stands before it is done, and afterwards
WORDS = ("hello", "note", "buy milk", "call 42", "to do:", "7+5=12", "why not?", "desk", "quick fox", "jazz", "vex")
CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789 .,-!?+=/:'"


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Who acts on what; texts cause changes too where it is `live`."""

    hand: Hand
    scribe: Scribe
    random: Random
    live: bool

    @property
    def desktop(self) -> Desktop:
        return self.scribe.desktop

    def inside(self, box: Box) -> tuple[int, int]:
        """A place in a box, not at its edge."""
        return (
            self.random.randint(box.x_px + 2, box.right_px - 3),
            self.random.randint(box.y_px + 2, box.bottom_px - 3),
        )


Goal = Callable[[Scene], None]
Choices = Callable[[Scene], dict[Goal, float]]


def pursue(scene: Scene, choices: Choices) -> None:
    """Draw a goal and follow it to its end."""
    goals = choices(scene)
    scene.random.choices(list(goals), weights=list(goals.values()))[0](scene)
    scene.hand.hesitate()


def weights(scene: Scene) -> dict[Goal, float]:
    """The goals that make sense now, and how often they are drawn."""
    always: dict[Goal, float] = {choose: 2, wander: 1, idle: 0.5, ask: 0.7 if scene.live else 0}
    if not scene.desktop.open:
        return always | {launch: 6}
    return always | {drag: 3, press: 4, write: 3, erase: 1 if scene.desktop.text else 0, close: 1}


def launch(scene: Scene) -> None:
    """Press the panel's button for the window, which opens it, or closes it."""
    scene.hand.click_at(*scene.inside(layout.LAUNCHER))


def close(scene: Scene) -> None:
    """By the cross, or by the panel."""
    if scene.random.random() < 0.3:
        return launch(scene)
    scene.hand.click_at(*scene.inside(layout.closer(scene.desktop.corner_px)))


def drag(scene: Scene) -> None:
    """The window by its title bar to another place."""
    start = scene.inside(layout.title_bar(scene.desktop.corner_px))
    end = scene.random.randrange(layout.SIZE_PX[0]), scene.random.randrange(layout.PANEL.bottom_px, layout.SIZE_PX[1])
    scene.hand.drag(start, end)


def press(scene: Scene) -> None:
    """The window's button, once or a few times."""
    for _ in range(scene.random.randint(1, 3)):
        scene.hand.click_at(*scene.inside(layout.button(scene.desktop.corner_px)))
        scene.hand.hesitate()


def write(scene: Scene) -> None:
    """A word or any characters; what does not fit is erased first."""
    random = scene.random
    text = random.choice(WORDS) if random.random() < 0.6 else "".join(random.choices(CHARACTERS, k=5))
    if len(scene.desktop.text) + len(text) > layout.FIELD_CHARACTERS:
        scene.hand.chord("Enter")
    if random.random() < 0.5:
        scene.hand.click_at(*scene.inside(layout.field(scene.desktop.corner_px)))
    scene.hand.type(text)


def erase(scene: Scene) -> None:
    """Some of the last characters."""
    for _ in range(scene.random.randint(1, len(scene.desktop.text))):
        scene.hand.chord("Backspace")


def choose(scene: Scene) -> None:
    """Open the menu, look over some rows, and take one or none."""
    hand, random = scene.hand, scene.random
    hand.click_at(*scene.inside(layout.MENU_BUTTON))
    for _ in range(random.randint(1, 2)):
        hand.hesitate()
        hand.move(*scene.inside(layout.menu_row(random.randrange(len(layout.FLAGS)))), slowness=1.5)
    if random.random() < 0.2:
        return hand.chord("Escape")
    hand.hesitate()
    hand.click()


def wander(scene: Scene) -> None:
    """Over whatever is there."""
    for _ in range(scene.random.randint(1, 3)):
        scene.hand.move(*scene.inside(layout.SCREEN))
        scene.hand.hesitate()


def idle(scene: Scene) -> None:
    """Nothing, for a while."""
    scene.hand.hesitate(0.5, 2.0)


def ask(scene: Scene) -> None:
    """In words, for what then happens by itself."""
    attribute, value = scene.random.choice(scene.desktop.changes())
    for stage, seconds in ((Stage.ASKED, ASKED_S), (Stage.DONE, SEEN_S), (Stage.OVER, 0)):
        scene.scribe.wish(stage, attribute, value)
        scene.hand.wait(seconds)
