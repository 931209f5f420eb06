"""What becomes of windows and menus at an input, counted: whether they go, come back or are dragged.

From its own screens the model says well that something changes, and not surely that this window closes, whole. Counting
knows: of 313 presses near the right end of a title 273 had the window go, of 520 presses of Escape all had the menus
go, of 398 drags by the title 394 took the window along. It takes recordings that tell where their windows and menus
were, as those of `explore` do; without, nothing is known and all is left to the model.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Int

from models import events
from models.cells import Box, cells_of
from models.things import LEAST_CELLS, Thing, holds, overlap
from models.track import Track
from models.track_index import TrackIndex
from recorder.actions import BUTTONS
from recorder.session import Session

WITHIN_FRAMES = 22  # after its cause; what comes later has another one
STEP_PX = 10  # places on a window that count as one
SIDE_STEPS, TOP_STEPS = 12, 4  # from its right and its upper edge; what lies farther counts as one
BLOCK_PX = 32  # places on the screen that count as one
DRAG_PX = 8  # that the pointer goes while a button is held
OFF_PX = 2  # a thing may miss the size of a known one by so much, each way
OFTEN = 2  # a size counts that was seen as often
ALIKE = 0.6  # intersection over union of a change and the menu that comes with it, maybe with its button
SURE = 0.5  # share of the times from which on it happens
PRIOR = 1.0  # times that are added in which it did not
MANY = 20  # times in which it never happened, and it does not


class Fate(IntEnum):
    """What may become of what; the number is what the library stores."""

    WINDOW_GOES = 0  # by a press on it, or by a key while it is the topmost
    WINDOW_HIDES = 1  # goes so that it may come back
    WINDOW_MOVES = 2  # with a pointer that goes on with the button held
    TOPMOST_GOES = 3  # by a press beside all windows
    HIDDEN_RETURNS = 4  # by a press beside all windows
    MENUS_GO = 5
    WINDOW_LEAVES = 6  # its box: goes, or has another place or size


class Deed(NamedTuple):
    """What was done to whom: of which Fate it may be, the event's kind and modifiers, and its place in steps."""

    fate: int
    kind: int
    modifiers: int
    across: int = -1
    down: int = -1


@dataclass(frozen=True, kw_only=True, eq=False)
class Fates:
    """`size_px` (k, 2) of windows and menus, and which of them are `menus` (k,); `deed` (m, 5), how many `times` it was
    done, and how often it `happened` (m,)."""

    size_px: Int[np.ndarray, "k 2"]
    menus: Int[np.ndarray, "k"]
    deed: Int[np.ndarray, "m 5"]
    times: Int[np.ndarray, "m"]
    happened: Int[np.ndarray, "m"]

    def __post_init__(self) -> None:
        if not (len(self.size_px) == len(self.menus) and len(self.deed) == len(self.times) == len(self.happened)):
            raise ValueError("it is not said of each size whose it is, or of each deed what came of it")
        if not ((self.happened >= 0) & (self.happened <= self.times)).all():
            raise ValueError("more happened than was done")

    def __deepcopy__(self, memo: dict) -> "Fates":
        """It is shared: nobody writes to it."""
        return self

    @classmethod
    def counted(cls, paths: Sequence[Path], tracks: Sequence[Track]) -> "Fates":
        """From sessions and their tracks; nothing of those that do not tell where their windows were."""
        sizes: Counter[tuple[int, int, int]] = Counter()
        times: Counter[Deed] = Counter()
        happened: Counter[Deed] = Counter()
        for path, track in zip(paths, tracks, strict=True):
            with Session(path) as session:
                told = [_Told.of(frame, attributes) for frame, attributes in session.prompt_attributes()]
            sizes.update(_sizes(told, track))
            for deed, so in _deeds(told, track):
                times[deed] += 1
                happened[deed] += so
        known = sorted(size for size, count in sizes.items() if count >= OFTEN)
        deeds = sorted(deed for deed in times if happened[deed] or times[deed] >= MANY)
        width, height, menus = np.array(known, np.int64).reshape(-1, 3).T
        return cls(
            size_px=np.stack([width, height], axis=1),
            menus=menus,
            deed=np.array(deeds, np.int64).reshape(-1, 5),
            times=np.array([times[deed] for deed in deeds], np.int64),
            happened=np.array([happened[deed] for deed in deeds], np.int64),
        )

    def likely(self, fate: Fate, row: Sequence[int], window: Box | None = None) -> bool:
        """Whether it happens more often than not at a press, a row of `models.events`, on a window if that is given."""
        times, happened = self._seen(_deed(fate, row, window))
        return happened >= SURE * (times + PRIOR)

    def never(self, fate: Fate, row: Sequence[int], window: Box | None = None) -> bool:
        """Whether it never happened at such a press, of which there were MANY."""
        times, happened = self._seen(_deed(fate, row, window))
        return times >= MANY and not happened

    def windows(self, things: Sequence[Thing]) -> list[Thing]:
        """Those that are windows by their size."""
        return [thing for thing in things if self._is(thing.box) == 0]

    def menus_of(self, things: Sequence[Thing]) -> list[Thing]:
        """Those that are menus by their size."""
        return [thing for thing in things if self._is(thing.box) == 1]

    def _seen(self, deed: Deed) -> tuple[int, int]:
        same = (self.deed == deed).all(axis=1)
        return int(self.times[same].sum()), int(self.happened[same].sum())

    def _is(self, box: Box) -> int | None:
        """1 for a menu, 0 for a window, None for what has another size."""
        if not len(self.size_px):
            return None
        off = abs(self.size_px - (box[1] - box[0] + 1)).max(axis=1)
        return int(self.menus[off.argmin()]) if off.min() <= OFF_PX else None


NO_FATES = Fates(
    size_px=np.zeros((0, 2), np.int64),
    menus=np.zeros(0, np.int64),
    deed=np.zeros((0, 5), np.int64),
    times=np.zeros(0, np.int64),
    happened=np.zeros(0, np.int64),
)


def is_press(row: Sequence[int]) -> bool:
    """Whether an event is a press of a button or a key."""
    return by_button(row) or row[events.KIND] >= events.FIRST_KEY


def by_button(row: Sequence[int]) -> bool:
    """Whether an event is a press of a button."""
    return row[events.KIND] < len(BUTTONS)


def _deed(fate: Fate, row: Sequence[int], window: Box | None) -> Deed:
    deed = Deed(int(fate), int(row[events.KIND]), int(row[events.MODIFIERS]))
    x_px, y_px = int(row[events.X]), int(row[events.Y])
    if fate in (Fate.TOPMOST_GOES, Fate.HIDDEN_RETURNS):
        return deed._replace(across=x_px // BLOCK_PX, down=y_px // BLOCK_PX)
    if window is None or not by_button(row):
        return deed
    across, down = (int(window[1, 0]) - x_px) // STEP_PX, (y_px - int(window[0, 1])) // STEP_PX
    return deed._replace(across=min(across, SIDE_STEPS), down=min(down, TOP_STEPS))


@dataclass(frozen=True, kw_only=True)
class _Told:
    """What a session says from a frame on: boxes of the visible windows, the topmost last, of the hidden ones, and of
    the menus."""

    frame: int
    windows: list[Box]
    hidden: list[Box]
    menus: list[Box]

    @classmethod
    def of(cls, frame: int, attributes: dict[str, Any]) -> "_Told":
        windows = attributes.get("windows", ())
        return cls(
            frame=frame,
            windows=[_box(window["box"]) for window in windows if not window["hidden"]],
            hidden=[_box(window["box"]) for window in windows if window["hidden"]],
            menus=[_box(numbers) for numbers in attributes.get("menus", ())],
        )


def _box(numbers: Sequence[int]) -> Box:
    """The first and the last pixel of x, y, width and height."""
    x_px, y_px, width_px, height_px = numbers
    return np.array([[x_px, y_px], [x_px + width_px - 1, y_px + height_px - 1]])


def _among(boxes: Sequence[Box], box: Box) -> bool:
    return any((box == other).all() for other in boxes)


def _deeds(told: Sequence[_Told], track: Track) -> Iterator[tuple[Deed, bool]]:
    """Each press, with what might have become of what, and whether it did."""
    presses = [row for row in track.events.tolist() if is_press(row)]
    frames = [each.frame for each in told]
    for place, row in enumerate(presses):
        frame = row[events.FRAME]
        before = bisect_left(frames, frame) - 1
        if before >= 0:
            following = presses[place + 1][events.FRAME] if place + 1 < len(presses) else len(track)
            until = max(frame + 1, min(frame + WITHIN_FRAMES, following - 1))
            later = told[before + 1 : bisect_right(frames, until)]
            yield from _fates_of(row, told[before], later, drags=_drags(track, frame, until))


def _fates_of(row: Sequence[int], now: _Told, later: Sequence[_Told], *, drags: bool) -> Iterator[tuple[Deed, bool]]:
    if now.menus:
        yield _deed(Fate.MENUS_GO, row, None), any(not each.menus for each in later)
        return
    under = [window for window in now.windows if not by_button(row) or holds(window, row[events.X], row[events.Y])]
    window = (under or now.windows or [None])[-1]
    fewer = [each for each in later if len(each.windows) < len(now.windows)]
    gone = [each for each in fewer if window is not None and not _among(each.windows, window)]
    if under:
        assert window is not None
        yield _deed(Fate.WINDOW_GOES, row, window), bool(gone)
        yield _deed(Fate.WINDOW_HIDES, row, window), any(_among(each.hidden, window) for each in gone)
        yield _deed(Fate.WINDOW_LEAVES, row, window), any(not _among(each.windows, window) for each in later)
        if drags:
            yield _deed(Fate.WINDOW_MOVES, row, window), any(_moved(window, now, each) for each in later)
    elif by_button(row):
        if now.windows:
            yield _deed(Fate.TOPMOST_GOES, row, None), bool(fewer)
        if now.hidden:
            back = [box for each in later for box in each.windows if _among(now.hidden, box)]
            yield _deed(Fate.HIDDEN_RETURNS, row, None), bool(back)


def _moved(window: Box, now: _Told, later: _Told) -> bool:
    """Whether a window has another place and its size."""
    size_px = window[1] - window[0]
    there = [box for box in later.windows if (box[1] - box[0] == size_px).all() and not _among(now.windows, box)]
    return bool(there) and not _among(later.windows, window)


def _drags(track: Track, frame: int, until: int) -> bool:
    """Whether the pointer goes on with a button held."""
    held = (track.held[frame : until + 1] & events.BUTTON_BITS) > 0
    way_px = abs(track.pointer_px[frame : until + 1][held] - track.pointer_px[frame])
    return bool(way_px.max(initial=0) > DRAG_PX)


def _sizes(told: Sequence[_Told], track: Track) -> Iterator[tuple[int, int, int]]:
    """The size in which each window and menu comes, as the change that shows it has it, and whether it is a menu."""
    index = TrackIndex(track)
    for now, later in pairwise(told):
        new = [(box, 1) for box in later.menus[len(now.menus) :]]
        if len(later.windows) > len(now.windows):
            new += [(box, 0) for box in later.windows if not _among(now.windows, box)]
        first, end = np.searchsorted(track.change_frame, [later.frame - WITHIN_FRAMES // 4, later.frame + 2])
        changes = [index.box(row) for row in range(max(1, first), end)] if new else []
        for box, menu in new:
            for change in changes:
                fits = overlap(change, box) >= ALIKE if menu else (abs(change - box) <= OFF_PX).all()
                if fits and len(cells_of(change)) >= LEAST_CELLS:
                    width, height = (change[1] - change[0] + 1).tolist()
                    yield width, height, menu
