"""A small session of the fake world's size, to play by."""

from pathlib import Path

import numpy as np

from recorder.actions import Event, EventKind
from recorder.pointer import PointerState
from recorder.session import Session
from recorder.writer import SessionWriter
from simulator.fake_world import ARROW, FakeWorld

FPS = 15.0
PERIOD_NS = round(1e9 / FPS)


def write_track(path: Path, *, frames: int = 12, size_px: tuple[int, int] = (128, 96), fps: float = FPS) -> Path:
    """A pointer that goes right and presses a button in each third frame, over a still grey screen."""
    frame_u8 = np.full((size_px[1], size_px[0], 3), 128, np.uint8)
    with SessionWriter(path, size_px=size_px, fps=fps) as writer:
        writer.add_prompt("grey")
        for index in range(frames):
            at = {"x_px": 8 * index, "y_px": 30}
            kind = (
                EventKind.BUTTON_DOWN if index % 3 == 1 else EventKind.BUTTON_UP if index % 3 == 2 else EventKind.MOTION
            )
            writer.add_events([Event(t_ns=index * PERIOD_NS - 5, kind=kind, **at)])
            writer.add_frame(frame_u8, index * PERIOD_NS, PointerState(shape=ARROW, **at))
    return path


def world_frames(path: Path) -> np.ndarray:
    """What the fake world shows on that track, (T, H, W, 3)."""
    with Session(path) as track:
        world = FakeWorld(track.size_px)
        first = world.reset(seed=0, frame_u8=track.frames[0])
        return np.stack([first.frame_u8, *(world.step(action).frame_u8 for action in track.actions()[1:])])
