"""A desktop of rectangles that does all that it should, or fails in a way that a test wants: a window to test by."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from recorder.actions import BUTTONS, KEYS
from recorder.box import Box
from recorder.clock import FakeClock
from recorder.doors import Injector
from recorder.explorer.appearance import WALLPAPERS, Appearance
from recorder.explorer.goals import CLOSE_DX_PX, MINIMISE_DX_PX, TITLE_DY_PX
from recorder.explorer.layout import Layout
from tests.by_hand.schedule import APPS

SIZE_PX = (512, 384)
FRAME_NS = 66_666_667
_PLACES = {
    "terminal": Box(x_px=112, y_px=104, width_px=288, height_px=205),
    "files": Box(x_px=76, y_px=82, width_px=360, height_px=245),
    "editor": Box(x_px=96, y_px=89, width_px=320, height_px=234),
    "calculator": Box(x_px=90, y_px=70, width_px=330, height_px=270),
}
_DIALOG_PX = (200, 120)
_ROW_PX, _BUTTON_PX = 24, 10


@dataclass(frozen=True, kw_only=True)
class Pane:
    """A window: its place, how many letters it has and whether it is shown."""

    app: str
    box: Box
    letters: int = 0
    hidden: bool = False


class FakeDesk(Injector):
    """Has the members of `PlayedWindow` that a person uses; each wait for a frame brings the next.

    `fails` has names of what goes wrong: "dead" (no input does anything), "copies" (a drag leaves a window behind too),
    "click closes", "restless" (a pixel changes in each frame), "spills" (what is typed is shown beside the window too).
    """

    def __init__(self, *fails: str) -> None:
        self.size_px, self.frames, self.injector, self.clock = SIZE_PX, 0, self, _Clock(self)
        self._fails = frozenset(fails)
        self._layout = Layout(size_px=SIZE_PX, appearance=Appearance(wallpaper="blue"), launchers=APPS)
        self._pointer, self._held, self._line = (0, 0), set[str](), None
        self._drag: tuple[int, int] | None = None
        self._state: object = None
        self._reset("light theme, blue wallpaper")

    def _reset(self, prompt: str) -> None:
        self.prompt = prompt
        self._look = {"wallpaper": "blue", "theme": "light"}
        self._wish(prompt)
        self.panes: list[Pane] = []
        self._copies: list[Pane] = []
        self._menu: Box | None = None
        self._dialog: Box | None = None
        self._clicks_ns: list[int] = []

    # As PlayedWindow -----------------------------------------------------------------------------------------------

    def look(self) -> None:
        pass

    def wait_for_frame(self) -> None:
        self.frames += 1
        self.clock.advance(FRAME_NS)

    def picture_u8(self) -> NDArray[np.uint8]:
        """Painted anew where something is other than when it was painted last."""
        state = (*self.panes, *self._copies, *self._look.values(), self._menu, self._dialog)
        state += (self._pointer,) if self._menu else ()
        if state != self._state:
            self._state, self._painted_u8 = state, self._paint_all()
        if "restless" in self._fails:
            self._painted_u8 = self._painted_u8.copy()
            self._painted_u8[-1, -1] = self.frames % 256
        return self._painted_u8

    def _paint_all(self) -> NDArray[np.uint8]:
        canvas = np.empty((SIZE_PX[1], SIZE_PX[0], 3), np.uint8)
        canvas[:] = np.multiply(WALLPAPERS[self._look["wallpaper"]], 255)
        canvas[: self._layout.top_px] = 240 if self._look["theme"] == "light" else 40
        for x_px, y_px in (*self._layout.launcher_px.values(), self._layout.home_icon_px):
            canvas[y_px - 8 : y_px + 8, x_px - 8 : x_px + 8] = 120
        for pane in [*self._copies, *(pane for pane in self.panes if not pane.hidden)]:
            self._paint(canvas, pane)
        for box in (self._menu, self._dialog):
            if box:
                canvas[box.slices] = (235, 240, 245)
        if self._menu and self._menu.contains(*self._pointer):
            row = (self._pointer[1] - self._menu.y_px) // _ROW_PX
            top_px = self._menu.y_px + row * _ROW_PX
            canvas[top_px : top_px + _ROW_PX, self._menu.slices[1]] = (30, 90, 200)
        return canvas

    def _paint(self, canvas: NDArray[np.uint8], pane: Pane) -> None:
        box, grey = pane.box, {"terminal": 30, "files": 220, "editor": 250, "calculator": 180}[pane.app]
        canvas[box.slices] = 60  # the frame
        inside = slice(box.y_px + 2, box.bottom_px - 2), slice(box.x_px + 2, box.right_px - 2)
        canvas[inside] = grey
        canvas[inside][: 2 * TITLE_DY_PX] = 200
        canvas[box.y_px + 40 : box.y_px + 50, box.x_px + 6 : box.x_px + 6 + 5 * pane.letters] = 128
        if "spills" in self._fails and pane.letters:
            canvas[box.bottom_px + 2, box.slices[1]] = 128

    # The hand ------------------------------------------------------------------------------------------------------

    def move(self, x_px: int, y_px: int) -> None:
        if self._drag and self.panes and "dead" not in self._fails:
            box = self.panes[-1].box
            way = x_px - self._drag[0], y_px - self._drag[1]
            self.panes[-1] = replace(self.panes[-1], box=replace(box, x_px=box.x_px + way[0], y_px=box.y_px + way[1]))
            self._drag = x_px, y_px
        self._pointer = x_px, y_px

    def button(self, code: int, down: bool) -> None:
        if not down:
            self._drag = None
        elif "dead" not in self._fails:
            self._press(BUTTONS[code])

    def _press(self, button: str) -> None:
        if button == "right":
            x_px, y_px = min(self._pointer[0], SIZE_PX[0] - 120), min(self._pointer[1], SIZE_PX[1] - 5 * _ROW_PX)
            self._menu = Box(x_px=x_px, y_px=y_px, width_px=120, height_px=5 * _ROW_PX)
        elif self._at(*self._layout.menu_button_px):
            self._menu = Box(x_px=0, y_px=self._layout.top_px, width_px=120, height_px=4 * _ROW_PX)
        elif self._dialog:
            if self._at(self._dialog.x_px + self._dialog.width_px // 2, self._dialog.bottom_px - 22):
                self._dialog = None
                self.panes.pop()
        elif self._pointer[1] < self._layout.top_px:
            self._press_panel()
        elif self.panes and self.panes[-1].box.contains(*self._pointer):
            self._press_pane(self.panes[-1].box)
        elif self._at(*self._layout.home_icon_px):
            self._clicks_ns.append(self.clock.now_ns())
            if len(self._clicks_ns) > 1 and self._clicks_ns[-1] - self._clicks_ns[-2] < 400_000_000:
                self._open("files")

    def _press_panel(self) -> None:
        for app, place in self._layout.launcher_px.items():
            if self._at(*place):
                self._open(app)
        if self._pointer[0] > self._layout.tasklist_x_px:
            self.panes = [replace(pane, hidden=False) for pane in self.panes]

    def _press_pane(self, box: Box) -> None:
        title_px = box.y_px + TITLE_DY_PX
        if self._at(box.right_px - CLOSE_DX_PX, title_px):
            self._close()
        elif self._at(box.right_px - MINIMISE_DX_PX, title_px):
            self.panes[-1] = replace(self.panes[-1], hidden=True)
        elif self._pointer[1] < box.y_px + 2 * TITLE_DY_PX:
            self._drag = self._pointer
            self._copies += [self.panes[-1]] if "copies" in self._fails else []
        elif "click closes" in self._fails:
            self.panes.pop()

    def scroll(self, dx: int, dy: int) -> None:
        pass

    def key(self, code: int, down: bool) -> None:
        name = KEYS[code].name
        (self._held.add if down else self._held.discard)(name)
        if down and "dead" not in self._fails:
            self._type(name)

    def _type(self, name: str) -> None:
        if name == "F9":
            self._line = ""
        elif self._line is not None:
            self._write(name)
        elif name == "F5":
            self._reset(self.prompt)
        elif name == "Escape":
            self._menu = None
        elif name == "F4" and "AltLeft" in self._held:
            self._close()
        elif self.panes and name not in ("AltLeft", "ShiftLeft"):
            self.panes[-1] = replace(self.panes[-1], letters=self.panes[-1].letters + 1)

    def _write(self, name: str) -> None:
        assert self._line is not None
        if name == "Enter":
            self.prompt, self._line = self._line, None
            self._wish(self.prompt)
        else:
            self._line += {"Space": " ", "Comma": ","}.get(name, name.removeprefix("Key").lower())

    def _wish(self, prompt: str) -> None:
        for attribute, values in (("wallpaper", WALLPAPERS), ("theme", ("light", "dark"))):
            self._look[attribute] = next((value for value in values if value in prompt.split()), self._look[attribute])
        if any(word in prompt for word in ("open the", "start the", "launch the")):
            self._open("calculator")

    def _open(self, app: str) -> None:
        self.panes.append(Pane(app=app, box=_PLACES[app]))

    def _close(self) -> None:
        """An editor with letters asks first."""
        if not self.panes:
            return
        pane = self.panes[-1]
        if pane.app == "editor" and pane.letters and not self._dialog:
            x_px, y_px = (pane.box.x_px + 60, pane.box.y_px + 60)
            self._dialog = Box(x_px=x_px, y_px=y_px, width_px=_DIALOG_PX[0], height_px=_DIALOG_PX[1])
        elif not self._dialog:
            self.panes.pop()

    def _at(self, x_px: int, y_px: int) -> bool:
        return max(abs(self._pointer[0] - x_px), abs(self._pointer[1] - y_px)) <= _BUTTON_PX


class _Clock(FakeClock):
    """Sleeping makes frames."""

    def __init__(self, desk: FakeDesk) -> None:
        super().__init__()
        self._desk = desk

    def sleep_until_ns(self, deadline_ns: int) -> None:
        while self.now_ns() < deadline_ns:
            self._desk.wait_for_frame()
