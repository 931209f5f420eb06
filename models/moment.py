"""One moment of training: the past as the model sees it, and what the next frame shows.

Some pasts are altered on purpose, the target staying the truth, so that the model repairs what its own sampling may
do to it: a part of the event has already happened, some tiles show what they showed at another time, the event is later
than it ever was, or the last change is there only as the model itself painted it (`models.own_output`).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models import events
from models.cells import Box, cells_of, centre_tiles, cut, extended, fingerprints
from models.context import EVENT_MAX_AGE, EVENT_SLOTS, tiles_around
from models.parts import box_px, largest_part
from models.recall import MOVED, NEW, NOTHING_KNOWN, Known, known_contents, moved_contents
from models.tiles import TILE_VALUES, to_frame
from models.track_index import TrackIndex

HISTORY = 8


@dataclass(frozen=True, kw_only=True)
class Draw:
    """How many moments of each class a batch has, how often a past is altered, and how many cells the head is given.

    The model paints the largest part of a change in one frame; where there are others, `largest_happened` is how often
    they are left as the next frame's. In play the box may be drawn too large: `extended` is how often it is made so,
    by up to `extended_cells` each way, for all but the loss of the box itself. `asked` moments are those in which a
    text has something changed; `no_text` is how often the model is not told of it, for classifier-free guidance.
    """

    changed: int = 36
    near: int = 14
    idle: int = 10
    asked: int = 4
    largest_happened: float = 0.3
    part_happened: float = 0.08
    wrong_tiles: float = 0.02
    late: float = 0.12
    own: float = 0.0
    no_text: float = 0.1
    extended: float = 0.2
    late_frames: int = 12
    extended_cells: int = 6
    cells: int = 256


@dataclass(frozen=True, kw_only=True, eq=False)
class OwnPast:
    """How the screen looks where the model itself painted the last change of a moment's past.

    `tile` (n,) places that differ from the truth, and `tiles_u8` (n, TILE_VALUES) what they show; `missed` (n,) where
    that is still the screen before; `wrong` (n,) where the model should have pointed at a known content, and did not.
    """

    tile: NDArray[np.int64]
    tiles_u8: NDArray[np.uint8]
    missed: NDArray[np.bool_]
    wrong: NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, eq=False)
class Target:
    """What changes: the `cells` (n,) of a `box`, what each may show (`known`) and what it does.

    The box is that of the largest part that changes, `true_box`, or a larger one around it.
    `choice` (n,) is the slot where that is found, or NEW; `target_u8` (n, TILE_VALUES) the content and `content` its
    fingerprint; `history` (n, HISTORY) rows of what the tile around each cell's centre has shown, or -1; `past_u8` the
    frame before.
    """

    true_box: Box
    box: Box
    cells: NDArray[np.int64]
    known: Known
    choice: NDArray[np.int64]
    target_u8: NDArray[np.uint8]
    content: NDArray[np.int64]
    history: NDArray[np.int64]
    past_u8: NDArray[np.uint8]


NO_TARGET = Target(
    true_box=np.zeros((2, 2), np.int64),
    box=np.zeros((2, 2), np.int64),
    cells=np.zeros(0, np.int64),
    known=NOTHING_KNOWN,
    choice=np.zeros(0, np.int64),
    target_u8=np.zeros((0, TILE_VALUES), np.uint8),
    content=np.zeros(0, np.int64),
    history=np.zeros((0, HISTORY), np.int64),
    past_u8=np.zeros((0, 0, 3), np.uint8),
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Moment:
    """`arrays` of the context, the `dirty` tiles (n,) and the `target`, which has no cells where nothing changes."""

    arrays: dict[str, Any]
    dirty: NDArray[np.bool_]
    target: Target


def moment_of(
    index: TrackIndex, frame: int, random: np.random.Generator, draw: Draw, own: OwnPast | None, own_row: int
) -> Moment:
    """The moment whose target is the truth at `frame`; the latents of `own` tiles are rows from `own_row` on."""
    track = index.track
    past = _own(index, frame, own, own_row) if own else _altered(index, frame, random, draw)
    pointer = track.pointer_px[[frame - 1, frame]]
    around = tiles_around(pointer[1:, 0], pointer[1:, 1], (index.rows, index.columns))[0]
    arrays = {
        "ids": past.shows,
        "age": np.where(past.replaced, 1, frame - index.last_change(frame - 1) + past.delay),
        "pointer_px": pointer,
        "pointer_ids": past.shows[around],
        "held": track.held[frame],
        "shape": np.int64(index.shape(frame)),
        "wish": np.int64(0 if random.random() < draw.no_text else index.wish(frame)),
        **_recent_events(index, frame, past.delay),
    }
    dirty = (past.before_u8 != past.after_u8).any(axis=1)
    target = _target(index, frame, past, dirty, random, draw) if dirty.any() else NO_TARGET
    return Moment(arrays=arrays, dirty=dirty, target=target)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Past:
    """What the tiles (n,) show before the target, as rows of latents and as pixels, and after it.

    `replaced` (n,) differ from the recording, in which the event is late by `delay` frames.
    """

    shows: NDArray[np.int64]
    before_u8: NDArray[np.uint8]
    after_u8: NDArray[np.uint8]
    replaced: NDArray[np.bool_]
    painted: bool = False
    delay: int = 0


def _own(index: TrackIndex, frame: int, own: OwnPast, own_row: int) -> _Past:
    """The past as the model made it.

    What it missed is dirty; what it painted wrongly comes along with changes, for it is no cause of its own; what it
    could not know stays.
    """
    shows, after = index.grid(frame - 1).copy(), index.grid(frame)
    changes = (shows != after)[own.tile]
    before_u8, after_u8 = index.tiles_u8(shows), index.tiles_u8(after)
    before_u8[own.tile] = own.tiles_u8
    stays = ~changes & ~own.missed & ~(own.wrong & bool((shows != after).any()))
    after_u8[own.tile[stays]] = own.tiles_u8[stays]
    shows[own.tile] = own_row + np.arange(len(own.tile))
    replaced = np.isin(np.arange(len(shows)), own.tile)
    return _Past(shows=shows, before_u8=before_u8, after_u8=after_u8, replaced=replaced, painted=True)


def _altered(index: TrackIndex, frame: int, random: np.random.Generator, draw: Draw) -> _Past:
    """The past as the model might have made it."""
    before, after = index.grid(frame - 1), index.grid(frame)
    dirty = np.flatnonzero(before != after)
    shows, delay, choice = before.copy(), 0, random.random()
    part = largest_part((before != after).reshape(index.rows, index.columns)).ravel()
    if random.random() < draw.largest_happened and part.sum() < len(dirty):
        shows[part] = after[part]
    elif choice < draw.part_happened and len(dirty) >= 4:
        done = dirty[_part(dirty, index.columns, random)]
        shows[done] = after[done]
    elif choice < draw.part_happened + draw.wrong_tiles:
        other = index.grids[random.integers(len(index.grids))]
        stray = np.flatnonzero(other != after)
        some = stray[_part(stray, index.columns, random)][:48] if len(stray) else stray
        shows[some] = other[some]
    elif choice < draw.part_happened + draw.wrong_tiles + draw.late and len(dirty) >= 4:
        delay = int(random.integers(1, draw.late_frames + 1))
    return _Past(
        shows=shows,
        before_u8=index.tiles_u8(shows),
        after_u8=index.tiles_u8(after),
        replaced=shows != before,
        delay=delay,
    )


def _target(
    index: TrackIndex, frame: int, past: _Past, dirty: NDArray[np.bool_], random: np.random.Generator, draw: Draw
) -> Target:
    part = largest_part(dirty.reshape(index.rows, index.columns))
    box = true_box = box_px(part, past.before_u8[part.ravel()], past.after_u8[part.ravel()])
    if random.random() < draw.extended:
        box = extended(box, index.size_px, random.integers(draw.extended_cells + 1, size=(2, 2)))
    cells = np.arange(len(cells_of(box)))
    if len(cells) > draw.cells:
        cells = np.sort(random.choice(cells, draw.cells, replace=False))
    before, after = (to_frame(tiles_u8, index.columns) for tiles_u8 in (past.before_u8, past.after_u8))
    target_u8 = cut(after, box)[cells]
    known = _known(index, frame, past, before, box, cells)
    content = fingerprints(target_u8)
    match = (fingerprints(known.tiles_u8)[known.slot] == content[:, None]) & (known.slot >= 0)
    tile = centre_tiles(box, cells, (index.rows, index.columns))
    history = index.history(tile, frame - 1)[0][:, -HISTORY:].copy()
    history[:, -1] = past.shows[tile]
    return Target(
        true_box=true_box,
        box=box,
        cells=cells,
        known=known,
        choice=np.where(match.any(axis=1), match.argmax(axis=1), NEW),
        target_u8=target_u8,
        content=content,
        history=history,
        past_u8=before,
    )


def _known(
    index: TrackIndex, frame: int, past: _Past, before_u8: NDArray[np.uint8], box: Box, cells: NDArray[np.int64]
) -> Known:
    """What the cells may show: the last screens, the newest being the past as it is told."""
    rows = index.touching(box, frame - 1)
    screens = [index.cells(row, box)[cells] for row in rows.tolist()]
    arrived = index.track.change_frame[rows].tolist()
    now = cut(before_u8, box)[cells]
    if past.painted and screens:
        screens[-1] = now
    elif past.replaced.any() or not screens:
        screens.append(now)
        arrived.append(frame - 1)
    pointer = index.track.pointer_px[np.maximum(0, np.arange(frame - MOVED, frame + 1))]
    moved = moved_contents(before_u8, box, cells, pointer, int(index.track.held[frame]))
    return known_contents(screens, arrived, moved, frame)


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
