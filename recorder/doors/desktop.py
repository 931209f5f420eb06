"""The door to Windows and macOS: screen by mss, pointer and input by pynput.

Not run on these platforms by its authors: it is written against the contracts of `doors`, and its tests run the
libraries' fakes. Event times are when they come to this program; what the pointer looks like is not told.
"""

import sys
import time
from collections import deque
from collections.abc import Callable
from math import floor
from typing import Any

import mss
import numpy as np
from mss.exception import ScreenShotError
from numpy.typing import NDArray
from PIL import Image
from pynput import keyboard, mouse  # pyright: ignore[reportMissingModuleSource]  (of other platforms)

from recorder.actions import BUTTONS, KEY_BY_EVDEV, Event, EventKind
from recorder.box import Box
from recorder.doors import DisplayGone, Input, Pointer, Screen, Window, Windows
from recorder.doors.keycodes import key_of_mac, key_of_scan_code
from recorder.doors.shot import rgb_of
from recorder.pointer import PointerShape, PointerState

_BUTTON_NAMES = {"left": "left", "middle": "middle", "right": "right", "x1": "back", "x2": "forward"}
_EXTENDED = 1  # flag of a scan code that is preceded by 0xE0
_UNICODE_SYMBOLS = 0x01000000  # what X11 adds to a character that is not in Latin-1
_LATIN_1 = 0x100
_RELEASES = (0x0101, 0x0105)  # WM_KEYUP, WM_SYSKEYUP
UNKNOWN_SHAPE = PointerShape(
    rgba=np.where(np.tri(12, 8, dtype=bool)[..., None], np.uint8(255), np.uint8(0)).repeat(4, axis=-1),
    hot_x_px=0,
    hot_y_px=0,
    name="unknown",
)


class DesktopScreen(Screen):
    """All monitors, in the pixels that pointers are counted in (on Retina screens fewer than are shown)."""

    def __init__(self) -> None:
        try:
            self._mss = mss.MSS()
            self._monitor = self._mss.monitors[0]
        except (ScreenShotError, LookupError) as error:
            raise ValueError(f"the screen can't be seen ({error}); allow this program to record it") from error

    @property
    def size_px(self) -> tuple[int, int]:
        return self._monitor["width"], self._monitor["height"]

    @property
    def corner_px(self) -> tuple[int, int]:
        """Where the screen's upper left corner is in the coordinates of pointers."""
        return self._monitor["left"], self._monitor["top"]

    def grab(self) -> NDArray[np.uint8]:
        try:
            shot = self._mss.grab(self._monitor)
        except (ScreenShotError, OSError) as error:
            raise DisplayGone("the screen can't be seen any more") from error
        rgb = rgb_of(shot)
        if (shot.width, shot.height) == self.size_px:
            return rgb
        return np.array(Image.fromarray(rgb).resize(self.size_px, Image.Resampling.BOX))

    def close(self) -> None:
        self._mss.close()


class DesktopPointer(Pointer):
    """Where the pointer is; its image is a plain triangle named 'unknown'."""

    def __init__(self, corner_px: tuple[int, int]) -> None:
        self._mouse, self._corner_px = mouse.Controller(), corner_px

    def read(self) -> PointerState:
        x_px, y_px = _from_corner(self._mouse.position, self._corner_px)
        return PointerState(x_px=x_px, y_px=y_px, shape=UNKNOWN_SHAPE)

    def close(self) -> None: ...


class DesktopInput(Input):
    """What pynput's listeners hear. On Windows keys have no symbols, for scan codes come before their translation."""

    def __init__(self, corner_px: tuple[int, int], platform: str = sys.platform) -> None:
        self._corner_px, self._at_px = corner_px, (0, 0)
        self._queue: deque[Event] = deque()
        self._held: set[int] = set()
        self._listeners = [
            mouse.Listener(on_move=self._moved, on_click=self._clicked, on_scroll=self._scrolled),
            self._keyboard_listener(platform),
        ]
        for listener in self._listeners:
            listener.start()

    def drain(self) -> list[Event]:
        return [self._queue.popleft() for _ in range(len(self._queue))]

    def close(self) -> None:
        for listener in self._listeners:
            listener.stop()

    def _keyboard_listener(self, platform: str) -> Any:
        if platform == "win32":
            return keyboard.Listener(win32_event_filter=self._scanned)
        return keyboard.Listener(on_press=self._typed(True), on_release=self._typed(False))

    def _moved(self, x: float, y: float, *_: object) -> None:
        self._at_px = _from_corner((x, y), self._corner_px)
        self._tell(EventKind.MOTION)

    def _clicked(self, x: float, y: float, button: Any, pressed: bool, *_: object) -> None:
        name = _BUTTON_NAMES.get(button.name)
        self._at_px = _from_corner((x, y), self._corner_px)
        if name is not None:
            self._tell(EventKind.BUTTON_DOWN if pressed else EventKind.BUTTON_UP, code=BUTTONS.index(name))

    def _scrolled(self, x: float, y: float, dx: float, dy: float, *_: object) -> None:
        self._at_px = _from_corner((x, y), self._corner_px)
        self._tell(EventKind.SCROLL, dx=int(dx), dy=int(dy))

    def _scanned(self, message: int, data: Any) -> bool:
        """Windows' own account of a key; true, so that the key goes its way."""
        self._key(key_of_scan_code(data.scanCode, bool(data.flags & _EXTENDED)), message not in _RELEASES, 0)
        return True

    def _typed(self, down: bool) -> Callable[..., None]:
        def typed(key: Any, *_: object) -> None:
            code = getattr(key, "value", key)  # special keys are an enumeration of codes
            if code is not None:
                self._key(key_of_mac(code.vk), down, symbol_of(getattr(code, "char", None)))

        return typed

    def _key(self, evdev: int | None, down: bool, symbol: int) -> None:
        code = None if evdev is None else KEY_BY_EVDEV.get(evdev)
        if code is None or (down and code in self._held):  # an unknown key, or auto-repeat
            return
        (self._held.add if down else self._held.discard)(code)
        self._tell(EventKind.KEY_DOWN if down else EventKind.KEY_UP, code=code, symbol=symbol)

    def _tell(self, kind: EventKind, **more: int) -> None:
        x_px, y_px = self._at_px
        self._queue.append(Event(t_ns=time.monotonic_ns(), kind=kind, x_px=x_px, y_px=y_px, **more))


def symbol_of(character: str | None) -> int:
    """The X11 keysym of a character, 0 for none."""
    if not character or len(character) != 1:
        return 0
    number = ord(character)
    return number if number < _LATIN_1 else _UNICODE_SYMBOLS + number


def _from_corner(place: tuple[float, float], corner_px: tuple[int, int]) -> tuple[int, int]:
    """The pixel of a place that may lie between pixels, counted from the screen's corner."""
    return floor(place[0]) - corner_px[0], floor(place[1]) - corner_px[1]


class UnseenWindows(Windows):
    """The windows of a platform that has no door to them yet: asking for them is refused."""

    def windows(self) -> list[Window]:
        raise ValueError(
            "the windows of this platform are not seen; use --region and --mask in place of --hide, --only and --window"
        )

    def place(self, number: int) -> Box | None:
        raise LookupError(number)

    def popups(self) -> list[Box]:
        return []

    def close(self) -> None: ...
