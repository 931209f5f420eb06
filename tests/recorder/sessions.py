"""Small session files for the tests."""

import subprocess
import sys
from pathlib import Path

import numpy as np

from recorder.actions import Event, EventKind
from recorder.pointer import PointerShape, PointerState
from recorder.writer import SessionWriter

SIZE_PX = (12, 8)
PERIOD_NS = 100_000_000
ARROW = PointerShape(rgba=np.full((3, 2, 4), 200, np.uint8), hot_x_px=1, hot_y_px=0, name="arrow")


def write_session(path: Path, frames: int = 40, *, finish: bool = True) -> Path:
    """A session at 10 frames a second: frame i is filled with i, key 0 is down from frame 5 to 20, a click in frame 10.

    Without `finish` it stays a partial file; the path of what was written is returned.
    """
    writer = SessionWriter(path, size_px=SIZE_PX, fps=10)
    writer.__enter__()
    writer.add_prompt("first")
    events = {
        5: [(EventKind.KEY_DOWN, 0)],
        10: [(EventKind.BUTTON_DOWN, 2), (EventKind.BUTTON_UP, 2)],
        20: [(EventKind.KEY_UP, 0)],
    }
    for index in range(frames):
        t_ns = (index + 1) * PERIOD_NS
        writer.add_events(
            [Event(t_ns=t_ns - 5, kind=kind, code=code, x_px=index) for kind, code in events.get(index, ())]
        )
        if index == 15:
            writer.add_prompt("second")
        writer.add_frame(frame(index), t_ns, PointerState(x_px=index, y_px=2, shape=ARROW))
    if finish:
        writer.__exit__(None, None, None)
        return path
    cut_off = KeyboardInterrupt()
    writer.__exit__(type(cut_off), cut_off, None)
    return path.with_name(path.name + ".partial")


def frame(index: int) -> np.ndarray:
    """The frame that `write_session` writes at this index."""
    return np.full((SIZE_PX[1], SIZE_PX[0], 3), index % 256, np.uint8)


def recorder(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run `python -m recorder` as a user would."""
    command = [sys.executable, "-m", "recorder", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)
