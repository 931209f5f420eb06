"""The real window of `play.py` on a display of its own: inputs in, pictures and the count of its frames out."""

import math
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import mss
import numpy as np
from numpy.typing import NDArray
from Xlib import X

from models.checkpoint import load_config
from recorder.actions import KEY_INDEX
from recorder.box import Box
from recorder.clock import Clock
from recorder.doors import Injector
from recorder.doors.shot import rgb_of
from recorder.doors.x11 import X11Injector, open_display, stop_auto_repeat
from simulator import shipped
from simulator.world import TILE_PX
from tests.xvfb import xvfb

ROOT = Path(__file__).parents[2]
SCALE = 2
_ROOM = 0.84  # of the display, for the picture: a little less than a new window of play.py takes
_BAR_PX = 176  # above and below the picture, where the overlay covers nothing of it
_FIRST_LINE = {
    "left": 8,
    "top": 8,
    "width": 400,
    "height": 17,
}  # of the overlay, which tells how many frames there were
_GREETING_FRAMES = 75  # for so long something else stands there
_PATIENCE_S = 120.0  # for a model to load and for a frame to come
_LOOK_S = 0.004


class PlayedWindow:
    """`frames` counts what the model has made since F1 was pressed, as far as `look` was called often enough.

    `picture_box` is where the picture lies on the display. Raises ValueError where the window ends or stands still.
    """

    def __init__(self, display: str, player: subprocess.Popen[str], size_px: tuple[int, int], fps: float) -> None:
        self.size_px, self.frames = size_px, 0
        self._display, self._player = display, player
        self._mss = mss.MSS(display=display)
        self._injector = X11Injector(display)
        everything = self._mss.monitors[0]
        width, height = size_px[0] * SCALE, size_px[1] * SCALE
        self.picture_box = Box(
            x_px=(everything["width"] - width) // 2,
            y_px=(everything["height"] - height) // 2,
            width_px=width,
            height_px=height,
        )
        self.injector: Injector = _InPicture(self._injector, self.picture_box)
        self.clock = FrameClock(self, fps)
        self._line: NDArray[np.uint8] | None = None
        self._framed_s = time.monotonic()

    def look(self) -> None:
        """Count a frame where there is a new one: the first line of the overlay then says another number."""
        if self._player.poll() is not None:
            raise ValueError(f"play.py has ended: {_said(self._player)}")
        line = self._grab(_FIRST_LINE)
        if self._line is None or not np.array_equal(line, self._line):
            self._line, self._framed_s = line, time.monotonic()
            self.frames += 1
        elif time.monotonic() - self._framed_s > _PATIENCE_S:
            raise ValueError(f"the window has shown no new frame for {_PATIENCE_S:g} s; is the machine overloaded?")

    def wait_for_frame(self) -> None:
        """Until the model has made one more."""
        seen = self.frames
        while self.frames == seen:
            time.sleep(_LOOK_S)
            self.look()

    def since_frame_s(self) -> float:
        """How long ago the last one was seen."""
        return time.monotonic() - self._framed_s

    def picture_u8(self) -> NDArray[np.uint8]:
        """(H, W, 3) at the model's own size, with the pointer."""
        box = self.picture_box
        shown = self._grab({"left": box.x_px, "top": box.y_px, "width": box.width_px, "height": box.height_px})
        return shown[::SCALE, ::SCALE]

    def screen_u8(self) -> NDArray[np.uint8]:
        """(H, W, 3): all of the display."""
        return self._grab(self._mss.monitors[0])

    def begin(self) -> None:
        """Give the window the display and the keys, turn the overlay on, and let the greeting pass."""
        with closing(open_display(self._display)) as display:
            window = _find(display, self._player)
            geometry = display.screen().root.get_geometry()
            window.configure(x=0, y=0, width=geometry.width, height=geometry.height)
            window.set_input_focus(X.RevertToPointerRoot, X.CurrentTime)
            display.sync()
        self.injector.move(self.size_px[0] // 2, self.size_px[1] // 2)
        self._wait_for_picture()
        self._press("F1")
        for _ in range(_GREETING_FRAMES):
            self.wait_for_frame()

    def leave(self) -> str:
        """End the program by its own keys; what it said at its end."""
        self._press("ControlLeft", "AltLeft", "KeyQ")
        try:
            return self._player.communicate(timeout=_PATIENCE_S)[0].strip()
        except subprocess.TimeoutExpired:
            return ""

    def close(self) -> None:
        self._injector.close()
        self._mss.close()

    def _press(self, *names: str) -> None:
        """Keys that are the program's own, on the real clock."""
        codes = [KEY_INDEX[name] for name in names]
        for code, down in [*((code, True) for code in codes), *((code, False) for code in reversed(codes))]:
            self._injector.key(code, down)
            time.sleep(0.05)

    def _wait_for_picture(self) -> None:
        """Until a desktop is shown: before, the window has one colour."""
        deadline_s = time.monotonic() + _PATIENCE_S
        while not np.ptp(self.picture_u8(), axis=(0, 1)).any():
            if self._player.poll() is not None or time.monotonic() > deadline_s:
                raise ValueError(f"the window shows no desktop: {_said(self._player)}")
            time.sleep(0.1)

    def _grab(self, area: dict[str, int]) -> NDArray[np.uint8]:
        return rgb_of(self._mss.grab(area))


class FrameClock(Clock):
    """Time as the model's frames tell it: what takes it two frames lasts two frames, however slow the machine is.

    Between two frames it goes on as time does, and stops where the next one should have come.
    """

    def __init__(self, window: PlayedWindow, fps: float) -> None:
        self._window, self._period_ns = window, round(1e9 / fps)

    def now_ns(self) -> int:
        since_ns = min(round(self._window.since_frame_s() * 1e9), self._period_ns)
        return self._window.frames * self._period_ns + since_ns

    def sleep_until_ns(self, deadline_ns: int) -> None:
        self._window.look()
        while self.now_ns() < deadline_ns:
            time.sleep(_LOOK_S)
            self._window.look()


class _InPicture(Injector):
    """Takes places in the picture's own pixels."""

    def __init__(self, injector: Injector, picture: Box) -> None:
        self._injector, self._picture = injector, picture

    def move(self, x_px: int, y_px: int) -> None:
        self._injector.move(
            self._picture.x_px + x_px * SCALE + SCALE // 2, self._picture.y_px + y_px * SCALE + SCALE // 2
        )

    def button(self, code: int, down: bool) -> None:
        self._injector.button(code, down)

    def scroll(self, dx: int, dy: int) -> None:
        self._injector.scroll(dx, dy)

    def key(self, code: int, down: bool) -> None:
        self._injector.key(code, down)


@contextmanager
def played(checkpoint: Path, seed: int) -> Iterator[PlayedWindow]:
    """The window of a checkpoint, once it shows a desktop, in the look in which what ships begins.

    Raises ValueError, with the remedy, for a checkpoint that can't be played and where Xvfb is missing.
    """
    config = load_config(checkpoint)
    size_px = config["world"]["columns"] * TILE_PX, config["world"]["rows"] * TILE_PX
    display_px = (
        math.ceil(size_px[0] * SCALE / _ROOM),
        math.ceil(max(size_px[1] * SCALE / _ROOM, size_px[1] * SCALE + 2 * _BAR_PX)),
    )
    with xvfb(display_px) as display:
        stop_auto_repeat(display)
        command = [sys.executable, "play.py", "--checkpoint", str(checkpoint.resolve()), "--seed", str(seed)]
        player = subprocess.Popen(
            [*command, "--prompt", shipped.PROMPT],
            cwd=ROOT,
            env=_environment(display),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            with closing(PlayedWindow(display, player, size_px, config["fps"])) as window:
                window.begin()
                yield window
        finally:
            player.kill()
            player.communicate()


def _find(display: Any, player: subprocess.Popen[str]) -> Any:
    """The first window, for nothing else is on this display; ValueError where none comes."""
    deadline_s = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline_s and player.poll() is None:
        for window in display.screen().root.query_tree().children:
            if window.get_attributes().map_state == X.IsViewable:
                return window
        time.sleep(0.2)
    raise ValueError(f"play.py opened no window: {_said(player)}")


def _said(player: subprocess.Popen[str]) -> str:
    """The last line that it said of itself."""
    player.kill()
    lines = "\n".join(player.communicate()).strip().splitlines()
    return lines[-1] if lines else "it said nothing"


def _environment(display: str) -> dict[str, str]:
    inherited = {
        name: value for name, value in os.environ.items() if name not in ("WAYLAND_DISPLAY", "SDL_VIDEODRIVER")
    }
    return {**inherited, "DISPLAY": display}
