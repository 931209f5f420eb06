"""The toy desktop's state, and what input does to it: at once, and always the same."""

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

from recorder.actions import BUTTONS, KEY_INDEX, Event, EventKind
from recorder.box import Box
from recorder.doors import Window
from recorder.explorer.appearance import HELD_OUT, Appearance
from recorder.explorer.apps import APP_CLASS
from recorder.toy import layout

APP = "editor"  # what the window passes for among the applications of `explore`
THEMES, WALLPAPERS = ("light", "dark"), ("blue", "green", "teal")
LEFT = BUTTONS.index("left")
PRINTABLE = range(0x20, 0x7F)  # X11 keysyms of printable ASCII are its codes


class Desktop:
    """A window that may be open, with a text and a button, and a menu that chooses the colour of a flag.

    `appearance` has a theme of THEMES and a wallpaper of WALLPAPERS; `corner_px` is where the window is, or was last.
    """

    def __init__(self, appearance: Appearance, corner_px: tuple[int, int], flag: str) -> None:
        self.appearance, self.corner_px, self.flag = appearance, corner_px, flag
        self.open = self.menu = self.on = False
        self.text = ""
        self.pointer_px = (0, 0)
        self._grip_px: tuple[int, int] | None = None
        self._does: dict[EventKind, Callable[[Event], None]] = {
            EventKind.MOTION: self._move,
            EventKind.BUTTON_DOWN: self._press,
            EventKind.BUTTON_UP: self._release,
            EventKind.KEY_DOWN: self._key,
        }

    @classmethod
    def of(cls, seed: int) -> "Desktop":
        """What the session of a seed begins with; the window is closed."""
        random = Random(f"toy {seed}")
        appearance = Appearance(theme=random.choice(THEMES), wallpaper=random.choice(WALLPAPERS))
        corner_px = layout.held_inside(random.randrange(layout.SIZE_PX[0]), random.randrange(layout.SIZE_PX[1]))
        return cls(appearance, corner_px, random.choice(sorted(layout.FLAGS)))

    @property
    def windows(self) -> list[Window]:
        """The window, where it is open."""
        if not self.open:
            return []
        box = layout.window(self.corner_px)
        return [
            Window(
                number=1,
                app=APP_CLASS[APP],
                box=box,
                dialog=False,
                hidden=False,
                maximised=False,
                active=True,
                title=layout.TITLE,
            )
        ]

    @property
    def menus(self) -> list[Box]:
        """The menu, where it is open."""
        return [layout.MENU] if self.menu else []

    @property
    def row(self) -> int | None:
        """The number of the menu's row under the pointer."""
        rows = range(len(layout.FLAGS)) if self.menu else ()
        return next((number for number in rows if layout.menu_row(number).contains(*self.pointer_px)), None)

    def points_at(self, box: Box) -> bool:
        """Whether the pointer is on a part of the panel or the window that nothing covers."""
        return box.contains(*self.pointer_px) and not (self.menu and layout.MENU.contains(*self.pointer_px))

    def feed(self, event: Event) -> None:
        """Do what an input does; events come in time order."""
        if event.kind in self._does:
            self._does[event.kind](event)

    def change(self, attribute: str, value: Any) -> None:
        """Do what a text asked for: another theme or wallpaper, or the window open."""
        if attribute == "open":
            self.open = True
        else:
            self.appearance = replace(self.appearance, **{attribute: value})

    def changes(self) -> list[tuple[str, Any]]:
        """What a text may ask for now; looks that are held out from training stay so, and others others."""
        looks = [("theme", theme) for theme in THEMES] + [("wallpaper", wallpaper) for wallpaper in WALLPAPERS]
        after = {look: replace(self.appearance, **dict([look])) for look in looks}
        wanted = [
            look
            for look, then in after.items()
            if then != self.appearance and ((then.theme, then.wallpaper) in HELD_OUT) == self.appearance.held_out
        ]
        return wanted if self.open else [*wanted, ("open", APP)]

    def _move(self, event: Event) -> None:
        self.pointer_px = (event.x_px, event.y_px)
        if self._grip_px is not None:
            self.corner_px = layout.held_inside(event.x_px - self._grip_px[0], event.y_px - self._grip_px[1])

    def _press(self, event: Event) -> None:
        self._move(event)
        if event.code != LEFT:
            return
        if self.menu:
            self.flag = self.flag if self.row is None else list(layout.FLAGS)[self.row]
            self.menu = False
        elif self.points_at(layout.MENU_BUTTON):
            self.menu = True
        elif self.points_at(layout.LAUNCHER):
            self.open = not self.open
        elif self.open:
            self._press_window()

    def _press_window(self) -> None:
        if self.points_at(layout.closer(self.corner_px)):
            self.open = False
        elif self.points_at(layout.title_bar(self.corner_px)):
            self._grip_px = (self.pointer_px[0] - self.corner_px[0], self.pointer_px[1] - self.corner_px[1])
        elif self.points_at(layout.button(self.corner_px)):
            self.on = not self.on

    def _release(self, event: Event) -> None:
        self._move(event)
        if event.code == LEFT:
            self._grip_px = None

    def _key(self, event: Event) -> None:
        if event.code == KEY_INDEX["Escape"]:
            self.menu = False
        elif not self.open:
            return
        elif event.code == KEY_INDEX["Backspace"]:
            self.text = self.text[:-1]
        elif event.code == KEY_INDEX["Enter"]:
            self.text = ""
        elif event.symbol in PRINTABLE and len(self.text) < layout.FIELD_CHARACTERS:
            self.text += chr(event.symbol)
