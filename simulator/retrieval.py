"""A world that learns nothing: it shows again what followed when the same was done at a place that looked the same.

An honest baseline, and the worked example of a foreign `World`: what is in this file is all that it takes to have any
model judged, `python -m simulator evaluate MODEL DATA --world simulator.retrieval:Retrieval.load --out DIR`.
"""

from collections.abc import Hashable, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from recorder.actions import Action
from recorder.dataset import session_paths
from recorder.pointer import PointerShape
from simulator.changes import changed_tiles
from simulator.footage import Footage
from simulator.recollection import Change, Recollection
from simulator.world import TILE_PX, Step

LOOK_BACK_FRAMES = 15
NEIGHBOURS = 8
REACH_PX = 32
CELL_PX = 8


class Deed:
    """What the user did last, frame by frame: `kind` says what and how many frames ago, `place_px` where."""

    def __init__(self) -> None:
        self.kind: Hashable = ()
        self.place_px = (0, 0)
        self._pointer_px = (0, 0)
        self._what: tuple[int, ...] = ()
        self._age = LOOK_BACK_FRAMES

    def follow(self, action: Action) -> None:
        """Take the next frame's action; after LOOK_BACK_FRAMES only whether the pointer moves counts."""
        pointer_px = (action.x_px, action.y_px)
        self._age += 1
        if action.events:
            last = action.events[-1]
            self._what, self._age = (last.kind, last.code, last.dx, last.dy), 0
            self.place_px = (last.x_px, last.y_px)
        if self._age < LOOK_BACK_FRAMES:
            self.kind = (*self._what, self._age)
        else:
            self.kind, self.place_px = pointer_px != self._pointer_px, pointer_px
        self._pointer_px = pointer_px


def view(frame_u8: NDArray[np.uint8], place_px: tuple[int, int]) -> NDArray[np.float32]:
    """What a place looks like and where it is: means of cells around it and its coordinates, as one vector.

    The squared distance of two views is the mean squared difference of the cells in [0, 1] and the squared distance
    of the places in screens.
    """
    height, width = frame_u8.shape[:2]
    x_px, y_px = (min(max(at, 0), side - 1) for at, side in zip(place_px, (width, height), strict=True))
    rows = np.clip(np.arange(y_px - REACH_PX, y_px + REACH_PX), 0, height - 1)
    columns = np.clip(np.arange(x_px - REACH_PX, x_px + REACH_PX), 0, width - 1)
    cells = 2 * REACH_PX // CELL_PX
    around = frame_u8[rows[:, None], columns].reshape(cells, CELL_PX, cells, CELL_PX, 3).mean((1, 3), dtype=np.float32)
    return np.append(around.ravel() / 255 / np.sqrt(around.size), (x_px / width, y_px / height)).astype(np.float32)


class Retrieval:
    """A World out of the changes that `films` show; `load` takes them from the training sessions of a folder.

    The nearest remembered moment says what happens next; how many of the NEIGHBOURS nearest changed anything, how
    probable a change is.
    """

    def __init__(self, films: Sequence[Footage]) -> None:
        first = films[0]
        self.size_px, self.fps = first.size_px, first.fps
        self._grid = (self.size_px[1] // TILE_PX, self.size_px[0] // TILE_PX)
        self._starts: list[NDArray[np.uint8]] = []
        self._moments, self._changes = Recollection(), Recollection()
        for film in tqdm(films, desc="remember", unit="session", leave=False):
            if (film.size_px, film.fps) != (self.size_px, self.fps):
                raise ValueError(f"{film.path} differs from {first.path} in size or rate; give sessions of one kind")
            self._remember(film)
        self.reset(seed=0)

    @classmethod
    def load(cls, folder: Path, *, device: str | None = None) -> "Retrieval":
        """From the training sessions of a folder; `device` is for worlds that compute.

        Raises ValueError where there is none or they differ in size or rate.
        """
        del device
        films: list[Footage] = []
        try:
            films.extend(Footage(path) for path in session_paths(folder, "train"))
            return cls(films)
        finally:
            for film in films:
                film.close()

    def reset(self, *, seed: int, prompt: str = "", frame_u8: NDArray[np.uint8] | None = None) -> Step:
        del prompt
        if frame_u8 is None:
            frame_u8 = self._starts[int(np.random.default_rng(seed).integers(len(self._starts)))]
        self._check(frame_u8)
        self._frame_u8, self._deed = frame_u8.copy(), Deed()
        return self._shown(np.ones(self._grid, bool), np.ones(self._grid, np.float32), 1.0, None)

    def set_prompt(self, prompt: str) -> None:
        """Nothing follows from it."""

    def step(self, action: Action) -> Step:
        similar = self._recall(action)
        dirty = np.zeros(self._grid, bool)
        if similar:
            dirty.ravel()[similar[0].tiles] = True
            self._paint(self._frame_u8, similar[0], dirty)
        return self._shown(dirty, dirty.astype(np.float32), _share_that_changes(similar), _shape(similar))

    def observe(self, action: Action, truth_u8: NDArray[np.uint8]) -> Step:
        self._check(truth_u8)
        similar = self._recall(action)
        changing = self._changes.recall(self._deed.kind, self._view, NEIGHBOURS)
        changed = changed_tiles(self._frame_u8, truth_u8)
        for change in reversed(changing):
            self._paint(self._frame_u8, change, changed)
        where = self._where(changing) if changed.any() else np.zeros(self._grid, np.float32)
        guess = self._shown(changed, where, _share_that_changes(similar), _shape(similar))
        self._frame_u8 = truth_u8.copy()
        return guess

    def tell(self, action: Action, truth_u8: NDArray[np.uint8]) -> None:
        self._check(truth_u8)
        self._deed.follow(action)
        self._frame_u8 = truth_u8.copy()

    def snapshot(self) -> object:
        return deepcopy((self._frame_u8, self._deed))

    def restore(self, snapshot: Any) -> None:
        self._frame_u8, self._deed = deepcopy(snapshot)

    def close(self) -> None:
        """Nothing is held."""

    def _remember(self, film: Footage) -> None:
        frames = film.frames(0, len(film))
        before_u8, deed = next(frames), Deed()
        self._starts.append(before_u8.copy())
        for frame, after_u8 in enumerate(frames, start=1):
            deed.follow(film.actions[frame])
            tiles = np.flatnonzero(changed_tiles(before_u8, after_u8))
            contents = [_tile(after_u8, *divmod(index, self._grid[1])).tobytes() for index in tiles.tolist()]
            change = Change(tiles=tiles, tiles_u8=contents, shape=film.shape(frame))
            seen = view(before_u8, deed.place_px)
            self._moments.add(deed.kind, seen, change)
            if len(tiles):
                self._changes.add(deed.kind, seen, change)
            before_u8 = after_u8

    def _recall(self, action: Action) -> list[Change]:
        self._deed.follow(action)
        self._view = view(self._frame_u8, self._deed.place_px)
        return self._moments.recall(self._deed.kind, self._view, NEIGHBOURS)

    def _paint(self, frame_u8: NDArray[np.uint8], change: Change, where: NDArray[np.bool_]) -> None:
        """The change's tiles that lie in `where`."""
        for index, content in zip(change.tiles.tolist(), change.tiles_u8, strict=True):
            row, column = divmod(index, self._grid[1])
            if where[row, column]:
                _tile(frame_u8, row, column)[:] = np.frombuffer(content, np.uint8).reshape(TILE_PX, TILE_PX, 3)

    def _where(self, changing: list[Change]) -> NDArray[np.float32]:
        """For each tile the share of the changes that it is part of."""
        counts = np.zeros(self._grid, np.float32)
        for change in changing:
            counts.ravel()[change.tiles] += 1
        return counts / np.float32(max(1, len(changing)))

    def _shown(
        self, dirty: NDArray[np.bool_], where: NDArray[np.float32], change: float, shape: PointerShape | None
    ) -> Step:
        return Step(
            frame_u8=self._frame_u8.copy(),
            dirty=dirty,
            dirty_probability=where,
            change_probability=change,
            shape=shape,
        )

    def _check(self, frame_u8: NDArray[np.uint8]) -> None:
        width, height = self.size_px
        if frame_u8.shape != (height, width, 3):
            found = "x".join(map(str, frame_u8.shape))
            raise ValueError(f"a frame is {found} and the sessions are {height}x{width}x3; use sessions of that size")


def _tile(frame_u8: NDArray[np.uint8], row: int, column: int) -> NDArray[np.uint8]:
    """A view of one tile (16, 16, 3)."""
    return frame_u8[row * TILE_PX : (row + 1) * TILE_PX, column * TILE_PX : (column + 1) * TILE_PX]


def _share_that_changes(similar: list[Change]) -> float:
    return sum(len(change.tiles) > 0 for change in similar) / max(1, len(similar))


def _shape(similar: list[Change]) -> PointerShape | None:
    return similar[0].shape if similar else None
