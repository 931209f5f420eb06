"""Consequences: what the counts say of a press comes true for the things on the screen, a little later, once."""

import numpy as np
import pytest

from models import events
from models.consequences import LAG_FRAMES, Consequences
from models.events import FIRST_KEY
from models.fates import BLOCK_PX, MANY, SIDE_STEPS, STEP_PX, TOP_STEPS, Deed, Fate, Fates
from models.things import Thing, Things

WIDTH_PX, HEIGHT_PX = 192, 160
WINDOW = np.array([[20, 40], [115, 103]])
MENU = np.array([[60, 50], [107, 129]])
INSIDE_MENU = np.array([[110, 60], [157, 139]])  # another, which opened beside it
LEFT, ESCAPE, CLOSE_ALL = 0, FIRST_KEY, FIRST_KEY + 1
CLOSE, HIDE, TITLE = (0, 0), (2, 0), (SIDE_STEPS, 0)  # steps from the window's corner
LAUNCHER, TASK = (0, 0), (4, 0)  # blocks of the screen

DEEDS = [
    (Deed(Fate.WINDOW_GOES, LEFT, 0, *CLOSE), 9, 8),
    (Deed(Fate.WINDOW_GOES, LEFT, 0, *HIDE), 9, 9),
    (Deed(Fate.WINDOW_HIDES, LEFT, 0, *HIDE), 9, 9),
    (Deed(Fate.WINDOW_GOES, LEFT, 0, SIDE_STEPS, TOP_STEPS), MANY, 0),
    (Deed(Fate.WINDOW_MOVES, LEFT, 0, *TITLE), 9, 9),
    (Deed(Fate.WINDOW_GOES, CLOSE_ALL, 0), 9, 9),
    (Deed(Fate.MENUS_GO, ESCAPE, 0), 9, 9),
    (Deed(Fate.TOPMOST_GOES, LEFT, 0, *LAUNCHER), MANY, 0),
    (Deed(Fate.HIDDEN_RETURNS, LEFT, 0, *TASK), 9, 9),
]
FATES = Fates(
    size_px=np.stack([box[1] - box[0] + 1 for box in (WINDOW, MENU)]),
    menus=np.array([0, 1]),
    deed=np.array([deed for deed, _, _ in DEEDS], np.int64),
    times=np.array([times for _, times, _ in DEEDS]),
    happened=np.array([happened for _, _, happened in DEEDS]),
)


class Desk:
    """A screen on which things open and go, as the engine has it."""

    def __init__(self) -> None:
        self.things = Things()
        self.consequences = Consequences(FATES, self.things)
        self.bare_u8 = np.random.default_rng(0).integers(0, 9, (HEIGHT_PX, WIDTH_PX, 3), np.uint8)
        self.frame_u8 = self.bare_u8
        self.frame = 0

    def open(self, box: np.ndarray, shade: int) -> np.ndarray:
        before, after = self.frame_u8, self.frame_u8.copy()
        (left, top), (right, bottom) = box
        after[top : bottom + 1, left : right + 1] = shade
        self.things.note(box, before, after, self.frame)
        self.frame_u8 = after
        return after

    def lying(self) -> list[Thing]:
        """What is still shown, the newest first."""
        return [thing for thing in self.things.newest if thing.there(self.frame_u8)]

    def press(self, kind: int, place: tuple[int, int] = (0, 0)) -> None:
        row = [0] * events.ROW_VALUES
        row[events.FRAME], row[events.KIND] = self.frame, kind
        row[events.X], row[events.Y] = place
        self.consequences.take(row, self.frame_u8)

    def later(self, frames: int = LAG_FRAMES) -> bool:
        """Whether something came of the presses in the next frames."""
        for _ in range(frames):
            self.frame += 1
            frame_u8 = self.consequences.due(self.frame, self.frame_u8)
            if frame_u8 is not None:
                self.frame_u8 = frame_u8
                return True
        return False


def _on_window(steps: tuple[int, int], window: np.ndarray = WINDOW) -> tuple[int, int]:
    """A pixel so many steps from a window's right and upper edge, or farther than all."""
    x_px = window[0, 0] + 5 if steps[0] == SIDE_STEPS else window[1, 0] - steps[0] * STEP_PX - 4
    return int(x_px), int(window[0, 1]) + steps[1] * STEP_PX + 4


def _block(place: tuple[int, int]) -> tuple[int, int]:
    return place[0] * BLOCK_PX + 3, place[1] * BLOCK_PX + 3


WIDE = np.array([[20, 40], [20 + SIDE_STEPS * STEP_PX + 30, 103]])  # whose title lies far from its right edge


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_window_goes_at_its_time_and_lays_bare_what_was_under_it(desk: Desk) -> None:
    desk.open(WINDOW, 200)
    desk.press(LEFT, _on_window(CLOSE))
    assert not desk.later(LAG_FRAMES - 1)
    assert desk.later(1) and (desk.frame_u8 == desk.bare_u8).all()
    assert not desk.later(50), "it goes once"
    assert not desk.lying()


def test_the_topmost_window_goes_by_a_key(desk: Desk) -> None:
    lower = desk.open(WINDOW, 200)
    desk.open(WINDOW + 15, 100)
    desk.press(CLOSE_ALL)
    assert desk.later() and (desk.frame_u8 == lower).all()


def test_what_is_no_longer_there_does_not_go(desk: Desk) -> None:
    desk.open(WINDOW, 200)
    desk.press(LEFT, _on_window(CLOSE))
    desk.frame_u8 = desk.bare_u8
    assert not desk.later(9)


def test_all_menus_go_with_what_came_after_the_first(desk: Desk) -> None:
    before = desk.open(WINDOW, 200)
    desk.open(MENU, 30)
    desk.open(INSIDE_MENU + np.array([[0, 0], [7, 5]]), 60)  # of an unknown size
    desk.press(ESCAPE)
    assert desk.later() and (desk.frame_u8 == before).all()
    assert len(desk.lying()) == 1


def test_while_menus_are_open_a_press_is_not_for_the_window(desk: Desk) -> None:
    desk.open(WINDOW, 200)
    desk.open(MENU, 30)
    desk.press(LEFT, _on_window(CLOSE))
    assert not desk.later(9)


def test_a_hidden_window_returns_with_what_was_written_in_it_and_goes_again(desk: Desk) -> None:
    desk.open(WINDOW, 200)
    written = desk.frame_u8 = desk.frame_u8.copy()
    written[60:70, 40:50] = 77
    desk.press(LEFT, _on_window(HIDE))
    assert desk.later() and (desk.frame_u8 == desk.bare_u8).all()
    desk.press(LEFT, _block(TASK))
    assert desk.later() and (desk.frame_u8 == written).all()
    desk.press(LEFT, _on_window(CLOSE))
    assert desk.later() and (desk.frame_u8 == desk.bare_u8).all()
    desk.press(LEFT, _block(TASK))
    assert not desk.later(9), "it was closed, not hidden"


def test_a_window_that_hid_by_itself_returns_too(desk: Desk) -> None:
    shown = desk.open(WINDOW, 200)
    desk.press(LEFT, _on_window(HIDE))
    desk.consequences.note(desk.things.note(WINDOW, desk.frame_u8, desk.bare_u8), desk.frame, desk.frame_u8)
    desk.frame_u8 = desk.bare_u8
    assert not desk.later()
    desk.press(LEFT, _block(TASK))
    assert desk.later() and (desk.frame_u8 == shown).all()


def test_a_drag_takes_the_window_by_its_title_alone(desk: Desk) -> None:
    desk.open(WIDE, 200)
    fates = Fates(**{**vars(FATES), "size_px": np.array([WIDE[1] - WIDE[0] + 1, MENU[1] - MENU[0] + 1])})
    desk.consequences = Consequences(fates, desk.things)
    for place, taken in ((_on_window(TITLE, WIDE), True), (_on_window((SIDE_STEPS, 5), WIDE), False)):
        desk.press(LEFT, place)
        assert desk.consequences.drag(desk.frame_u8, place, place) is None, "the pointer has not left"
        drag = desk.consequences.drag(desk.frame_u8, place, (place[0] + 20, place[1]))
        assert (drag is not None) == taken
        assert drag is None or (drag.thing.box == WIDE).all()


def test_what_a_press_never_had_go_is_spared(desk: Desk) -> None:
    desk.open(WINDOW, 200)
    (window,) = desk.lying()
    assert not desk.consequences.spares(window, 0), "nothing was pressed"
    desk.press(LEFT, _block(LAUNCHER))
    assert desk.consequences.spares(window, desk.frame)
    assert not desk.consequences.spares(window, desk.frame + 100), "the press is long ago"
    desk.press(LEFT, _on_window(CLOSE))
    assert not desk.consequences.spares(window, desk.frame)


def test_a_press_has_one_thing_go(desk: Desk) -> None:
    desk.open(WINDOW, 200)
    (lower,) = desk.lying()
    desk.open(WINDOW + 15, 100)
    desk.press(CLOSE_ALL)
    assert not desk.consequences.spares(lower, desk.frame)
    assert desk.later() and desk.consequences.spares(lower, desk.frame)
    desk.press(CLOSE_ALL)
    assert not desk.consequences.spares(lower, desk.frame)


def test_another_press_and_what_comes_from_elsewhere_forget_what_was_due(desk: Desk) -> None:
    desk.open(WINDOW, 200)
    desk.press(LEFT, _on_window(CLOSE))
    desk.consequences.forget()
    assert not desk.later(9)
    desk.press(LEFT, _on_window(CLOSE))
    desk.press(LEFT, _on_window((5, 3)))
    assert not desk.later(9)
