"""Tasks in; the hand does them, the eye waits until the picture stands still, and a row tells what came of it."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random

import numpy as np

from recorder.box import Box
from recorder.explorer.appearance import THEMES, WALLPAPERS, Appearance
from recorder.explorer.apps import APP_CLASS
from recorder.explorer.goals import CLOSE_DX_PX, MINIMISE_DX_PX, TITLE_DY_PX
from recorder.explorer.hand import RIGHT, Hand
from recorder.explorer.layout import Layout
from recorder.explorer.slow import MAX_ROWS, ROW_PX
from recorder.explorer.wish import wish_of
from tests.by_hand import verdicts
from tests.by_hand.schedule import APPS, Task
from tests.by_hand.sight import Change, Look, panel_edge
from tests.by_hand.stepped import SteppedDesk
from tests.by_hand.verdicts import Verdict
from tests.by_hand.window import PlayedWindow

IDLE_FRAMES = 150
_LEAST_FRAMES, _STILL_FRAMES, _MOST_FRAMES = 20, 10, 90  # of a wait for what an input causes
_WISH_FRAMES = 45  # a wish may take three seconds to come true, as in the recordings
_LINE_FRAMES = 2  # after which the prompt line is open: a letter that comes with the key that opens it is lost
_REACHED_FRAMES = 5  # what lights up under the pointer does so in a few
_MARGIN_PX = 12
_ROWS_WALKED = 5
_ANSWER_UP_PX = 22  # from a dialog's lower edge to the middle of its buttons


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A window as the script believes in it: what it is, where it was seen to open, and the screen before it."""

    app: str
    box: Box
    under: Look


@dataclass(frozen=True, kw_only=True)
class Done:
    """What came of a task; `change` is None where it could not be tried."""

    verdict: Verdict
    change: Change | None = None


class Person:
    """Works at the window as `random` decides. It knows of windows only what it saw change, so it may be mistaken."""

    def __init__(self, window: PlayedWindow | SteppedDesk, random: Random) -> None:
        self._window, self._random = window, random
        self._hand = Hand(window.injector, window.clock, random, threading.Event())
        self._hand.place(window.size_px[0] // 2, window.size_px[1] // 2)
        self._ways: dict[str, Callable[[str], Done]] = {
            "start": self._start,
            "wish": self._wish,
            "open": self._open,
            "home": self._open_home,
            "type": self._type,
            "enter": self._enter,
            "click": self._click,
            "drag": self._drag,
            "idle": self._idle,
            "panel menu": self._open_panel_menu,
            "desktop menu": self._open_desktop_menu,
            "walk": self._walk,
            "escape": self._escape,
            "minimise": self._minimise,
            "bring back": self._bring_back,
            "close": self._close_by_button,
            "alt+f4": self._close_by_keys,
        }
        self._settle()
        self._see_anew()

    def do(self, task: Task) -> Done:
        """Do it, and wait until nothing changes any more."""
        return self._ways[task.kind](task.what)

    def what_is_left(self) -> Sequence[Task]:
        """Of a round: to close what did not close."""
        return [Task("close") for _ in self._windows]

    def forget(self) -> None:
        """Believe in no window any more, whatever did not close."""
        self._windows.clear()
        self._hidden = self._menu = None

    # Beginnings ----------------------------------------------------------------------------------------------------

    def _start(self, prompt: str) -> Done:
        """A new start under another prompt."""

        def begin() -> None:
            self._enter_prompt(prompt)
            self._hand.chord("F5")

        change = self._act(begin)
        self._see_anew()
        wanted = {
            "theme": next(name for name in THEMES if name in prompt),
            "wallpaper": next(name for name in WALLPAPERS if name in prompt),
        }
        return Done(verdict=verdicts.became(change.after, self._desk, wanted), change=change)

    def _wish(self, prompt: str) -> Done:
        """A prompt during play."""
        wish = wish_of(prompt)
        if wish.attribute == "open":
            return self._have_opened(wish.value, lambda: self._enter_prompt(prompt), _WISH_FRAMES)
        change = self._act(lambda: self._enter_prompt(prompt), _WISH_FRAMES)
        verdict = verdicts.became(change.after, self._desk, {wish.attribute: wish.value}, change.before)
        if verdict.held:
            self.forget()  # what windows that did not close would give back has another look now
        return Done(verdict=verdict, change=change)

    def _enter_prompt(self, prompt: str) -> None:
        self._hand.chord("F9")
        for _ in range(_LINE_FRAMES):
            self._window.wait_for_frame()
        self._hand.type(f"{prompt}\n")

    def _see_anew(self) -> None:
        """Look where the panel is; there is no window that the person knows of."""
        picture_u8 = self._window.picture_u8()
        appearance = Appearance(wallpaper="blue", panel=panel_edge(picture_u8))
        self._layout = Layout(size_px=self._window.size_px, appearance=appearance, launchers=APPS)
        width, _ = self._window.size_px
        height = self._layout.bottom_px - self._layout.top_px
        self._desk = Box(x_px=0, y_px=self._layout.top_px, width_px=width, height_px=height)
        self._windows: list[Opened] = []
        self._hidden: Look | None = None
        self._menu: tuple[Look, Box] | None = None

    # Windows -------------------------------------------------------------------------------------------------------

    def _open(self, app: str) -> Done:
        """By its launcher in the panel."""
        self._reach(*self._layout.launcher_px[app])
        return self._have_opened(app, self._hand.click)

    def _open_home(self, _: str) -> Done:
        """By a double click on the desktop's icon."""
        x_px, y_px = self._layout.home_icon_px
        if any(_with_margin(window.box).contains(x_px, y_px) for window in self._windows):
            return _untried("a window lies over the icon")
        self._reach(x_px, y_px)
        return self._have_opened("files", self._hand.double_click)

    def _front(self) -> Opened | None:
        """The window that was opened last and is not seen to be gone, as after a click that closed it."""
        now = self._look()
        while self._windows and verdicts.closed(now, self._windows[-1].box, self._windows[-1].under).held:
            self._windows.pop()
        return self._windows[-1] if self._windows else None

    def _have_opened(self, app: str, deed: Callable[[], None], least_frames: int = _LEAST_FRAMES) -> Done:
        change = self._act(deed, least_frames)
        verdict = verdicts.opened(change)
        if verdict.held and change.largest:
            self._windows.append(Opened(app=app, box=change.largest, under=change.before))
        return Done(verdict=verdict, change=change)

    def _drag(self, _: str) -> Done:
        """By the title, aside but on the screen."""
        window = self._front()
        if window is None:
            return _untried("no window is known")
        box = window.box
        left = box.x_px + self._random.uniform(30, max(31, min(90, box.width_px - 100)))
        grip = round(left), box.y_px + TITLE_DY_PX
        way = self._way_aside(box)
        if way is None:
            return _untried("the window fills the screen")
        self._reach(*grip)
        change = self._act(lambda: self._hand.drag(grip, (grip[0] + way[0], grip[1] + way[1]), slowness=1.5))
        verdict = verdicts.dragged(change, box, way)
        if verdict.held:
            place = replace(box, x_px=box.x_px + way[0], y_px=box.y_px + way[1])
            self._windows[-1] = replace(self._windows[-1], box=place)
        return Done(verdict=verdict, change=change)

    def _way_aside(self, box: Box) -> tuple[int, int] | None:
        """The longest of a few ways that leave all of the window on the desk; None where there is none of 20 pixels."""
        room_x = self._desk.x_px - box.x_px, self._desk.right_px - box.right_px
        room_y = self._desk.y_px - box.y_px, self._desk.bottom_px - box.bottom_px
        if room_x[0] > room_x[1] or room_y[0] > room_y[1]:
            return None
        ways = [(self._random.randint(*room_x), self._random.randint(*room_y)) for _ in range(3)]
        way = max(ways, key=lambda way: abs(way[0]) + abs(way[1]))
        return way if abs(way[0]) + abs(way[1]) >= 20 else None

    def _minimise(self, _: str) -> Done:
        window = self._front()
        if window is None:
            return _untried("no window is known")
        self._reach(window.box.right_px - MINIMISE_DX_PX, window.box.y_px + TITLE_DY_PX)
        change = self._act(self._hand.click)
        verdict = verdicts.minimised(change.after, window.box, window.under)
        self._hidden = change.before if verdict.held else None
        return Done(verdict=verdict, change=change)

    def _bring_back(self, _: str) -> Done:
        """By the window's button in the task list, which is sorted by application."""
        if self._hidden is None:
            return _untried("no window was minimised")
        kept, self._hidden = self._hidden, None
        window = self._windows[-1]
        classes = sorted(APP_CLASS[known.app] for known in self._windows)
        share_px = (self._window.size_px[0] - self._layout.tasklist_x_px) / max(2, len(classes))
        place = classes.index(APP_CLASS[window.app]) + 0.5
        self._reach(round(self._layout.tasklist_x_px + share_px * place), self._layout.panel_middle_px)
        change = self._act(self._hand.click)
        return Done(verdict=verdicts.brought_back(change.after, window.box, kept), change=change)

    def _close_by_button(self, _: str) -> Done:
        window = self._front()
        if window is None:
            return _untried("no window is known")
        box = window.box
        self._reach(box.right_px - CLOSE_DX_PX, box.y_px + TITLE_DY_PX)
        return self._have_closed(self._hand.click)

    def _close_by_keys(self, _: str) -> Done:
        if self._front() is None:
            return _untried("no window is known")
        return self._have_closed(lambda: self._hand.chord("AltLeft", "F4"))

    def _have_closed(self, deed: Callable[[], None]) -> Done:
        """Close the window in front; an editor that asks whether to save is told that it need not."""
        window = self._windows[-1]
        change = self._act(deed)
        verdict = verdicts.closed(change.after, window.box, window.under)
        asked = change.largest
        if window.app == "editor" and not verdict.held and asked is not None:
            self._reach(asked.x_px + asked.width_px // 2, asked.bottom_px - _ANSWER_UP_PX)
            answered = self._act(self._hand.click)
            change = Change(before=change.before, after=answered.after, desk=self._desk)
            verdict = verdicts.closed(change.after, window.box, window.under)
            verdict = verdict._replace(why=f"{verdict.why}, after an answer to what it may have asked")
        if verdict.held:
            self._windows.pop()
        return Done(verdict=verdict, change=change)

    # Inside a window -----------------------------------------------------------------------------------------------

    def _type(self, text: str) -> Done:
        return self._use_keys(lambda: self._hand.type(text))

    def _enter(self, _: str) -> Done:
        return self._use_keys(lambda: self._hand.chord("Enter"))

    def _use_keys(self, deed: Callable[[], None]) -> Done:
        window = self._front()
        if window is None:
            return _untried("no window is known")
        change = self._act(deed)
        return Done(verdict=verdicts.typed(change, window.box), change=change)

    def _click(self, _: str) -> Done:
        """Into the window, at the right below, where no application has anything to press."""
        window = self._front()
        if window is None:
            return _untried("no window is known")
        box = window.box
        self._reach(
            box.x_px + round(box.width_px * self._random.uniform(0.88, 0.94)),
            box.y_px + round(box.height_px * self._random.uniform(0.8, 0.9)),
        )
        change = self._act(self._hand.click)
        return Done(verdict=verdicts.unmoved(change, box), change=change)

    def _idle(self, _: str) -> Done:
        first, changes = self._look(), 0
        last_u8 = first.picture_u8
        for _frame in range(IDLE_FRAMES):
            self._window.wait_for_frame()
            picture_u8 = self._window.picture_u8()
            changes += not np.array_equal(picture_u8, last_u8)
            last_u8 = picture_u8
        change = Change(before=first, after=self._look(), desk=self._desk)
        return Done(verdict=verdicts.idle(IDLE_FRAMES, changes), change=change)

    # Menus ---------------------------------------------------------------------------------------------------------

    def _open_panel_menu(self, _: str) -> Done:
        self._reach(*self._layout.menu_button_px)
        return self._have_menu(self._hand.click)

    def _open_desktop_menu(self, _: str) -> Done:
        spot = self._bare_desktop()
        if spot is None:
            return _untried("windows lie over all of the desktop")
        self._reach(*spot)
        return self._have_menu(lambda: self._hand.click(RIGHT))

    def _have_menu(self, deed: Callable[[], None]) -> Done:
        change = self._act(deed)
        verdict = verdicts.menu_opened(change)
        self._menu = (change.before, change.largest) if verdict.held and change.largest else None
        return Done(verdict=verdict, change=change)

    def _walk(self, _: str) -> Done:
        """Over the first rows of the menu, from the one that is nearest."""
        if self._menu is None:
            return _untried("no menu is known")
        box = self._menu[1]
        rows_px = [*range(box.y_px + ROW_PX // 2, box.bottom_px - ROW_PX // 4, ROW_PX)][:MAX_ROWS]
        downwards = abs(self._hand.y_px - box.y_px) <= abs(self._hand.y_px - box.bottom_px)
        x_px = box.x_px + min(box.width_px // 2, 60)
        first, changes = self._look(), []
        for y_px in (rows_px if downwards else rows_px[::-1])[:_ROWS_WALKED]:
            changes.append(self._act(lambda y_px=y_px: self._hand.move(x_px, y_px, slowness=2.0), _REACHED_FRAMES))
        change = Change(before=first, after=self._look(), desk=self._desk)
        return Done(verdict=verdicts.walked(changes[1:]), change=change)  # the first row may have been lit already

    def _escape(self, _: str) -> Done:
        """Twice where there is a menu beside the menu."""
        if self._menu is None:
            return _untried("no menu is known")
        before, self._menu = self._menu[0], None
        change = self._act(lambda: self._hand.chord("Escape"))
        if not verdicts.left(change.after, before, self._desk).held:
            again = self._act(lambda: self._hand.chord("Escape"))
            change = Change(before=change.before, after=again.after, desk=self._desk)
        return Done(verdict=verdicts.left(change.after, before, self._desk), change=change)

    def _bare_desktop(self) -> tuple[int, int] | None:
        """A place with no window that is known of, if a few tries find one."""
        free = self._layout.below_icons
        for _ in range(40):
            x_px = self._random.randint(free.x_px, free.right_px - 1)
            y_px = self._random.randint(free.y_px, free.bottom_px - 1)
            if not any(_with_margin(window.box).contains(x_px, y_px) for window in self._windows):
                return x_px, y_px
        return None

    # Looking -------------------------------------------------------------------------------------------------------

    def _act(self, deed: Callable[[], None], least_frames: int = _LEAST_FRAMES) -> Change:
        """What a deed changes."""
        before = self._look()
        deed()
        self._settle(least_frames)
        return Change(before=before, after=self._look(), desk=self._desk)

    def _reach(self, x_px: int, y_px: int) -> None:
        """Move the pointer there, and wait for what lights up under it."""
        self._hand.move(x_px, y_px)
        self._settle(_REACHED_FRAMES, _REACHED_FRAMES)

    def _settle(self, least_frames: int = _LEAST_FRAMES, still_frames: int = _STILL_FRAMES) -> None:
        """Wait so many frames at least, and until the picture has stood still for some; not for ever."""
        begun = changed = self._window.frames
        last_u8 = self._window.picture_u8()
        while self._window.frames - begun < _MOST_FRAMES:
            self._window.wait_for_frame()
            picture_u8 = self._window.picture_u8()
            if not np.array_equal(picture_u8, last_u8):
                last_u8, changed = picture_u8, self._window.frames
            still = self._window.frames - changed >= still_frames
            if still and self._window.frames - begun >= least_frames:
                return

    def _look(self) -> Look:
        return Look(picture_u8=self._window.picture_u8(), pointer_px=(self._hand.x_px, self._hand.y_px))


def _untried(why: str) -> Done:
    return Done(verdict=Verdict(None, why))


def _with_margin(box: Box) -> Box:
    return Box(
        x_px=box.x_px - _MARGIN_PX,
        y_px=box.y_px - _MARGIN_PX,
        width_px=box.width_px + 2 * _MARGIN_PX,
        height_px=box.height_px + 2 * _MARGIN_PX,
    )
