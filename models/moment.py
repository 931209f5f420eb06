"""One moment of training: the past as the model sees it, and what the next frame shows.

Some pasts are altered on purpose, the target staying the truth, so that the model repairs what its own sampling may
do to it: a part of the event has already happened, some tiles show what they showed at another time, the event is later
than it ever was, or the last change is there only as the model itself painted it (`models.own_output`).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation

from models import events
from models.context import EVENT_MAX_AGE, EVENT_SLOTS, tiles_around
from models.place import box_px, largest_part
from models.recall import NEW, different
from models.track_index import TrackIndex

HISTORY = 8


@dataclass(frozen=True, kw_only=True)
class Draw:
    """How many moments of each class a batch has, how often a past is altered, and what the head is given."""

    changed: int = 36
    near: int = 14
    idle: int = 10
    part_happened: float = 0.12
    wrong_tiles: float = 0.02
    late: float = 0.12
    own: float = 0.0
    late_frames: int = 12
    head_tiles: int = 256
    clean_tiles: int = 10


@dataclass(frozen=True, kw_only=True, eq=False)
class OwnPast:
    """How the model itself painted the last change of a moment's past.

    `tile` (n,) places and `row` (n,) of the latents that it painted there; `wrong` (n,) where it should have pointed at
    an earlier content, and did not; `missed` (m,) places that it did not paint and `missed_row` (m,) what they still
    show.
    """

    tile: NDArray[np.int64]
    row: NDArray[np.int64]
    wrong: NDArray[np.bool_]
    missed: NDArray[np.int64]
    missed_row: NDArray[np.int64]


def moment_arrays(
    index: TrackIndex, frame: int, random: np.random.Generator, draw: Draw, own: OwnPast | None
) -> dict[str, Any]:
    """The arrays of one moment, the target being the truth at `frame`; those of head tiles begin with `tile`."""
    track = index.track
    before, after = index.grid(frame - 1), index.grid(frame)
    told = _own(before, after, own) if own else _altered(index, before, after, random, draw)
    past, dirty, replaced = told.shows, told.dirty, told.shows != before
    age = frame - index.last_change(frame - 1) + told.delay
    tile = _head_tiles(dirty.reshape(index.rows, index.columns), random, draw)
    history, arrived = index.history(tile, frame - 1)
    if own:
        history[:, -1] = past[tile]
    else:
        age[replaced] = 1
        late = replaced[tile]
        history[late] = np.concatenate([history[:, 1:], past[tile][:, None]], axis=1)[late]
        arrived[late] = np.concatenate([arrived[:, 1:], np.full((len(tile), 1), frame - 1)], axis=1)[late]
    target = np.where(dirty, after, past)[tile]
    slot, slot_age = different(history, arrived, frame)
    match = slot == target[:, None]
    shape = (index.rows, index.columns)
    pointer = track.pointer_px[[frame - 1, frame]]
    return {
        "ids": past,
        "age": age,
        "dirty": dirty,
        "box": _box(index, before if (before != after).any() else told.recorded, after),
        "pointer_px": pointer,
        "pointer_ids": past[tiles_around(pointer[1:, 0], pointer[1:, 1], shape)[0]],
        "held": track.held[frame],
        "shape": np.int64(index.shape(frame)),
        "tile": tile,
        "tile_target": target,
        "tile_history": history[:, -HISTORY:],
        "tile_slot": slot,
        "tile_slot_age": slot_age,
        "tile_choice": np.where(match.any(axis=1), match.argmax(axis=1), NEW),
        **_recent_events(index, frame, told.delay),
    }


@dataclass(frozen=True, kw_only=True, eq=False)
class _Past:
    """What the tiles (n,) are said to show before the target, and which of them are to change; `recorded` is the same
    without what the model painted, and the event is late by `delay` frames."""

    shows: NDArray[np.int64]
    dirty: NDArray[np.bool_]
    recorded: NDArray[np.int64]
    delay: int = 0


def _own(before: NDArray[np.int64], after: NDArray[np.int64], own: OwnPast) -> _Past:
    """The past as the model made it."""
    recorded, dirty = before.copy(), before != after
    recorded[own.missed] = own.missed_row
    dirty[own.missed] = own.missed_row != after[own.missed]
    dirty[own.tile[own.wrong]] |= dirty.any()  # repair comes along with changes: it is no cause of its own
    shows = recorded.copy()
    shows[own.tile] = own.row
    return _Past(shows=shows, dirty=dirty, recorded=recorded)


def _altered(
    index: TrackIndex, before: NDArray[np.int64], after: NDArray[np.int64], random: np.random.Generator, draw: Draw
) -> _Past:
    """The past as the model might have made it."""
    dirty = np.flatnonzero(before != after)
    past, delay, choice = before.copy(), 0, random.random()
    if choice < draw.part_happened and len(dirty) >= 4:
        done = dirty[_part(dirty, index.columns, random)]
        past[done] = after[done]
    elif choice < draw.part_happened + draw.wrong_tiles:
        other = index.grids[random.integers(len(index.grids))]
        stray = np.flatnonzero(other != after)
        some = stray[_part(stray, index.columns, random)][:48] if len(stray) else stray
        past[some] = other[some]
    elif choice < draw.part_happened + draw.wrong_tiles + draw.late and len(dirty) >= 4:
        delay = int(random.integers(1, draw.late_frames + 1))
    return _Past(shows=past, dirty=past != after, recorded=past, delay=delay)


def _box(index: TrackIndex, before: NDArray[np.int64], after: NDArray[np.int64]) -> NDArray[np.int64]:
    """The box of what changes from contents to contents of the track; zeros where nothing does."""
    changed = before != after
    if not changed.any():
        return np.zeros((2, 2), np.int64)
    part = largest_part(changed.reshape(index.rows, index.columns))
    tiles = part.ravel()
    return box_px(part, index.tiles_u8(before[tiles]), index.tiles_u8(after[tiles]))


def _head_tiles(dirty: NDArray[np.bool_], random: np.random.Generator, draw: Draw) -> NDArray[np.int64]:
    """The dirty tiles, or some where they are many, and clean ones, half of them beside dirty ones; none where nothing
    changes."""
    tiles = np.flatnonzero(dirty)
    if not len(tiles):
        return tiles
    beside = np.asarray(binary_dilation(dirty, np.ones((3, 3))), bool) & ~dirty
    if len(tiles) > draw.head_tiles:
        tiles = np.sort(random.choice(tiles, draw.head_tiles, replace=False))
    near, far = np.flatnonzero(beside), np.flatnonzero(~dirty & ~beside)
    some = [random.choice(part, min(len(part), draw.clean_tiles // 2), replace=False) for part in (near, far)]
    return np.concatenate([tiles, *some])


def _part(tiles: NDArray[np.int64], columns: int, random: np.random.Generator) -> NDArray[np.bool_]:
    """A random subset of the tiles, or those on one side of a random line."""
    if random.random() < 0.3:
        return random.random(len(tiles)) < random.uniform(0.1, 0.9)
    angle = random.uniform(0, 2 * np.pi)
    along = np.cos(angle) * (tiles % columns) + np.sin(angle) * (tiles // columns)
    return along < np.quantile(along, random.uniform(0.1, 0.9))


def _recent_events(index: TrackIndex, frame: int, delay: int) -> dict[str, NDArray]:
    """The newest EVENT_SLOTS events up to a frame, newest first, and what lay under them."""
    table = index.track.events
    end = int(np.searchsorted(table[:, events.FRAME], frame, side="right"))
    rows = table[max(0, end - EVENT_SLOTS) : end][::-1]
    rows = rows[frame - rows[:, events.FRAME] + delay <= EVENT_MAX_AGE]
    padded = np.zeros((EVENT_SLOTS, events.ROW_VALUES), np.int64)
    padded[: len(rows)] = rows
    ids = np.zeros((EVENT_SLOTS, 9), np.int64)
    around = tiles_around(rows[:, events.X], rows[:, events.Y], (index.rows, index.columns))
    for slot, row in enumerate(rows):
        ids[slot] = index.grid(max(0, int(row[events.FRAME]) - 1))[around[slot]]
    there = np.arange(EVENT_SLOTS) < len(rows)
    return {
        "event_rows": padded,
        "event_age": np.where(there, frame - padded[:, events.FRAME] + delay, 0),
        "event_ids": ids,
        "event_there": there,
    }
