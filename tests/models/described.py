"""Sessions of a toy desktop that tell what they show: a wallpaper, a light or dark panel, and perhaps a terminal."""

from itertools import cycle, islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recorder.explorer.appearance import WALLPAPERS
from recorder.pointer import PointerState
from recorder.prompt import Prompt
from recorder.writer import SessionWriter
from tests.models.toy import ARROW, FPS, PERIOD_NS, SIZE_PX

STRETCH_FRAMES = 20
TERMINAL_BOX = [32, 48, 64, 48]


def described(theme: str, wallpaper: str, terminal: bool) -> dict[str, Any]:
    """The attributes of a screen, as the explorer writes them."""
    names = ["terminal"] if terminal else []
    window = {"app": "terminal", "title": "Terminal", "box": TERMINAL_BOX, "dialog": False, "hidden": False}
    return {
        "theme": theme, "wallpaper": wallpaper, "wallpaper_kind": "plain", "panel": "top", "font_pt": 8,
        "open": names, "focused": "terminal" if terminal else None, "minimised": [], "maximised": [],
        "menu": False, "menus": [],
        "windows": [{**window, "maximised": False, "focused": True}] if terminal else [],
    }  # fmt: skip


def screen(theme: str, wallpaper: str, terminal: bool) -> NDArray[np.uint8]:
    """(128, 128, 3): what such a screen looks like."""
    frame_u8 = np.empty((SIZE_PX[1], SIZE_PX[0], 3), np.uint8)
    frame_u8[:] = [round(255 * share) for share in WALLPAPERS[wallpaper]]
    frame_u8[:16] = {"light": 230, "dark": 30}[theme]
    if terminal:
        left, top, width, height = TERMINAL_BOX
        frame_u8[top : top + height, left : left + width] = 20
        frame_u8[top : top + 8, left : left + width] = 200
    return frame_u8


def write_described_session(path: Path, *, looks: list[tuple[str, str]], stretches: int = 8) -> None:
    """Each look without and with a terminal in turn, for STRETCH_FRAMES each."""
    shown = [(*look, terminal) for look in looks for terminal in (False, True)]
    with SessionWriter(path, size_px=SIZE_PX, fps=FPS, attributes={"source": "toy"}) as writer:
        for number, what in enumerate(islice(cycle(shown), stretches)):
            words = f"{what[0]} theme, {what[1]} wallpaper, {'terminal open' if what[2] else 'nothing open'}"
            writer.add_prompt(*Prompt.of(words, described(*what)))
            for frame in range(number * STRETCH_FRAMES, (number + 1) * STRETCH_FRAMES):
                writer.add_frame(screen(*what), frame * PERIOD_NS, PointerState(x_px=frame % 100, y_px=5, shape=ARROW))
