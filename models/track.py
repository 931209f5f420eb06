"""A session as the models see it: distinct tiles, who shows which when, and what the user did.

Three frames of four change nothing and a changed frame changes few tiles, so a session of five minutes, 2.6 GB of
pixels, is a few thousand distinct tiles and an index. Made once from the session file and kept beside it in a cache.
"""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from models.events import FRAME, event_table
from models.tiles import grid_shape, to_tiles
from recorder.session import Session

READ_FRAMES = 64
VERSION = 5


@dataclass(frozen=True, kw_only=True, eq=False)
class Track:
    """One session. T frames, R frames that changed something (the first counts), N tiles a frame, E events.

    `tiles_u8` (U, 768) distinct tiles; `change_frame` (R,) ascending; `grids` (R, N) index into `tiles_u8`, valid
    from that frame on; `events` (E, 5) int64 as `models.events` lays them out; `pointer_px` (T, 2) as the actions say;
    `held` (T,) bit mask of buttons and modifiers; `shape` (T,) index into `shape_names` or -1; `wish` (T,) index into
    `wishes`, the texts that have something done by other means than inputs, or -1.
    """

    tiles_u8: NDArray[np.uint8]
    change_frame: NDArray[np.int64]
    grids: NDArray[np.int32]
    events: NDArray[np.int64]
    pointer_px: NDArray[np.int32]
    held: NDArray[np.int64]
    shape: NDArray[np.int16]
    shape_names: NDArray[Any]
    wish: NDArray[np.int16]
    wishes: NDArray[Any]
    grid_shape: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.pointer_px)

    @property
    def begun(self) -> NDArray[np.bool_]:
        """(T,): from the first input or wish on; before that the desktop may still be painted."""
        first = self.events[0, FRAME] if len(self.events) else len(self)
        asked = np.flatnonzero(self.wish >= 0)
        return np.arange(len(self)) >= min([int(first), *asked[:1].tolist()])

    def dirty(self) -> NDArray[np.bool_]:
        """(R, N): the tiles that changed at each change frame; the first row is all True."""
        first = np.ones((1, self.grids.shape[1]), bool)
        return np.concatenate([first, self.grids[1:] != self.grids[:-1]])


def load_track(path: Path, cache: Path) -> Track:
    """The track of a session, from the cache where it is newer than the session file."""
    kept = cache / f"{path.stem}.track{VERSION}.npz"
    if kept.exists() and kept.stat().st_mtime >= path.stat().st_mtime:
        with np.load(kept) as arrays:
            return Track(**{field.name: arrays[field.name] for field in fields(Track)})
    with Session(path) as session:
        track = _make(session)
    cache.mkdir(parents=True, exist_ok=True)
    beside = kept.with_suffix(f".{uuid4().hex}.npz")  # as another process may be at the same
    np.savez(beside, **{field.name: getattr(track, field.name) for field in fields(Track)})
    beside.replace(kept)
    return track


def load_tracks(paths: list[Path], cache: Path) -> list[Track]:
    """The tracks of several sessions."""
    return [load_track(path, cache) for path in tqdm(paths, desc="tracks", unit="session", leave=False)]


def _make(session: Session) -> Track:
    distinct: dict[bytes, int] = {}
    change_frame: list[int] = []
    grids: list[NDArray[np.int32]] = []
    last = np.empty(0, np.uint8)
    for start in range(0, len(session), READ_FRAMES):
        for offset, frame in enumerate(session.frames[start : start + READ_FRAMES]):
            if last.size and np.array_equal(frame, last):
                continue
            tiles = to_tiles(frame)
            grid = grids[-1].copy() if grids else np.empty(len(tiles), np.int32)
            changed = (tiles != to_tiles(last)).any(axis=1) if last.size else np.ones(len(tiles), bool)
            for index in np.flatnonzero(changed):
                grid[index] = distinct.setdefault(tiles[index].tobytes(), len(distinct))
            change_frame.append(start + offset)
            grids.append(grid)
            last = frame
    actions = session.actions()
    events, held = event_table(actions)
    wish, wishes = _wishes(session)
    return Track(
        tiles_u8=np.frombuffer(bytearray(b"".join(distinct)), np.uint8).reshape(len(distinct), -1),
        change_frame=np.array(change_frame, np.int64),
        grids=np.stack(grids),
        events=events,
        pointer_px=np.array([(action.x_px, action.y_px) for action in actions], np.int32),
        held=held,
        shape=session.pointer_shape.astype(np.int16),
        shape_names=np.array([shape.name for shape in session.shapes()]),
        wish=wish,
        wishes=wishes,
        grid_shape=np.array(grid_shape(session.size_px)),
    )


def _wishes(session: Session) -> tuple[NDArray[np.int16], NDArray[Any]]:
    """Of each frame the place of its wish, and the wishes."""
    wish, wishes = np.full(len(session), -1, np.int16), session.wishes()
    for number, (start, end, _) in enumerate(wishes):
        wish[start:end] = number
    return wish, np.array([text for *_, text in wishes], np.str_)
