"""Tiny held-out sessions whose screens follow rules, and worlds of which it is known how good they are."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recorder.actions import KEY_INDEX, Action, Event, EventKind
from recorder.dataset import session_name
from recorder.pointer import PointerState
from recorder.session import Session
from recorder.writer import SessionWriter
from simulator.changes import changed_tiles
from simulator.fake_world import ARROW, BEAM
from simulator.world import TILE_PX, Step

SIZE_PX = (96, 64)
FPS = 15.0
FRAMES = 140
_PERIOD_NS = round(1e9 / FPS)
_CYCLE = 40
OPENED, CLOSED = 11, 31
PROMPTS = ("a light window", "a dark window", "the wallpaper")
_ROW_OF_SESSIONS = 8


def write_held_out(
    folder: Path, *, sessions: int = 2, frames: int = FRAMES, size_px: tuple[int, int] = SIZE_PX, fps: float = FPS
) -> Path:
    """A folder of test sessions: every 40 frames a click opens a large window, light and dark in turn, two characters
    are typed in it, another click closes it. The pointer's place tells session and frame apart. The prompts say what is
    shown, and that closing is minimising: a window comes back 60 frames later, without the characters.
    """
    for session in range(sessions):
        path = folder / session_name(10 * session + 9)
        with SessionWriter(path, size_px=size_px, fps=fps) as writer:
            frame_u8 = _wallpaper(size_px)
            for frame in range(frames):
                t_ns = (frame + 1) * _PERIOD_NS
                x_px, y_px = frame % size_px[0], _ROW_OF_SESSIONS * session + frame // size_px[0]
                at = {"t_ns": t_ns - 1, "x_px": x_px, "y_px": y_px}
                writer.add_events([Event(kind=EventKind.MOTION, **at), *_events(frame % _CYCLE, at)])
                if frame % _CYCLE in (OPENED, CLOSED):
                    writer.add_prompt(_words(frame), json.dumps({"windows": _windows(frame, size_px)}))
                frame_u8 = _next_screen(frame_u8, frame)
                shape = BEAM if 10 <= frame % _CYCLE < 30 else ARROW
                writer.add_frame(frame_u8, t_ns, PointerState(x_px=x_px, y_px=y_px, shape=shape))
    return folder


def _events(moment: int, at: dict[str, int]) -> list[Event]:
    if moment in (10, 30):
        return [Event(kind=EventKind.BUTTON_DOWN, **at), Event(kind=EventKind.BUTTON_UP, **at)]
    if moment in (15, 20):
        key = KEY_INDEX["KeyA"]
        return [Event(kind=kind, code=key, **at) for kind in (EventKind.KEY_DOWN, EventKind.KEY_UP)]
    return []


def _words(frame: int) -> str:
    """What the screen shows from a frame on at which a window opens or closes: one of PROMPTS."""
    cycle, moment = divmod(frame, _CYCLE)
    return PROMPTS[2] if moment == CLOSED else PROMPTS[cycle % 2]


def _windows(frame: int, size_px: tuple[int, int]) -> list[dict[str, object]]:
    """What a session's attributes say of the light and the dark window."""
    cycle, moment = divmod(frame, _CYCLE)
    box = [TILE_PX, TILE_PX, size_px[0] - TILE_PX, size_px[1] - TILE_PX]
    return [
        {"app": app, "box": box, "hidden": moment == CLOSED or cycle % 2 != which}
        for which, app in enumerate(("light", "dark"))
        if which <= cycle
    ]


def _wallpaper(size_px: tuple[int, int]) -> NDArray[np.uint8]:
    width, height = size_px
    return np.random.default_rng(0).integers(60, 90, (height, width, 3), dtype=np.uint8)


def _next_screen(frame_u8: NDArray[np.uint8], frame: int) -> NDArray[np.uint8]:
    """A window a frame after its click, a character a frame after its key."""
    frame_u8 = frame_u8.copy()
    height, width = frame_u8.shape[:2]
    cycle, moment = divmod(frame, _CYCLE)
    if moment == OPENED:
        frame_u8[TILE_PX:, TILE_PX:] = (240, 30)[cycle % 2]
    elif moment in (16, 21):
        left = 2 * TILE_PX + (moment == 21) * TILE_PX
        frame_u8[2 * TILE_PX + 4 : 2 * TILE_PX + 12, left + 4 : left + 9] = 130
    elif moment == CLOSED:
        frame_u8[:] = _wallpaper((width, height))
    return frame_u8


class Scripted:
    """A world that knows the sessions by heart and shows the frame `late` frames before the present one.

    With `noise` it shows random pixels on random tiles instead.
    """

    size_px, fps = SIZE_PX, FPS

    def __init__(self, paths: Sequence[Path], *, late: int = 0, noise: int | None = None) -> None:
        self._late = late
        self._noise = None if noise is None else np.random.default_rng(noise)
        self._films: list[NDArray[np.uint8]] = []
        self._shapes: list[list[str]] = []
        for path in paths:
            with Session(path) as session:
                self._films.append(session.frames[:])
                names = [shape.name for shape in session.shapes()]
                self._shapes.append([names[index] for index in session.pointer_shape])
        self._frame_u8 = self._films[0][0]

    def reset(self, *, seed: int, prompt: str = "", frame_u8: NDArray[np.uint8] | None = None) -> Step:
        del prompt
        frame_u8 = self._films[0][0] if frame_u8 is None else frame_u8
        if self._noise is not None:
            self._noise = np.random.default_rng(seed)
        self._frame_u8 = frame_u8
        return self._shown(frame_u8, 1.0, "")

    def set_prompt(self, prompt: str) -> None:
        """Nothing follows from it."""

    def close(self) -> None:
        """Nothing is held."""

    def step(self, action: Action) -> Step:
        if self._noise is not None:
            return self._random()
        session, row = divmod(action.y_px, _ROW_OF_SESSIONS)
        frame = row * self.size_px[0] + action.x_px - self._late
        session %= len(self._films)  # where nobody recorded the pointer
        film = self._films[session]
        change = bool((film[frame] != film[frame - 1]).any())
        return self._shown(film[frame], float(change), self._shapes[session][frame])

    def tell(self, action: Action, truth_u8: NDArray[np.uint8]) -> None:
        self.observe(action, truth_u8)

    def observe(self, action: Action, truth_u8: NDArray[np.uint8]) -> Step:
        step = self.step(action)
        self._frame_u8 = truth_u8
        return step

    def _shown(self, frame_u8: NDArray[np.uint8], change: float, name: str) -> Step:
        dirty = changed_tiles(self._frame_u8, frame_u8)
        self._frame_u8 = frame_u8
        return Step(
            frame_u8=frame_u8.copy(),
            dirty=dirty,
            dirty_probability=dirty.astype(np.float32),
            change_probability=change,
            shape={ARROW.name: ARROW, BEAM.name: BEAM}.get(name),
        )

    def _random(self) -> Step:
        assert self._noise is not None
        frame_u8 = self._noise.integers(0, 256, self._frame_u8.shape, dtype=np.uint8)
        step = self._shown(frame_u8, float(self._noise.random()), "")
        probability = self._noise.random(step.dirty.shape, dtype=np.float32)
        return Step(
            frame_u8=step.frame_u8,
            dirty=step.dirty,
            dirty_probability=probability,
            change_probability=step.change_probability,
            shape=None,
        )


def read_tiles(frame_u8: NDArray[np.uint8]) -> str:
    """A text reader for the tests: a line a row of tiles, a letter a tile by its brightness."""
    rows = frame_u8.reshape(frame_u8.shape[0] // TILE_PX, TILE_PX, -1, TILE_PX, 3).mean(axis=(1, 3, 4))
    return "\n".join("".join(chr(ord("a") + int(value) // 10) for value in row) for row in rows)
