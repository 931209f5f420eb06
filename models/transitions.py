"""Training moments for the world model: balanced draws of (past, next frame) from tracks.

Most frames change nothing, so moments are drawn by class: frames that change, frames soon after an input that do
not, and idle ones. The weight of each moment undoes that choice where a probability is learned.

Some pasts are altered on purpose, the target staying the truth, so that the model repairs what its own sampling may
do to it: a part of the event has already happened, some tiles show what they showed at another time, the event is later
than it ever was, or the last change is there only as the model itself painted it (`models.own_output`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from numpy.typing import NDArray
from torch import Tensor

from models import events
from models.context import EVENT_MAX_AGE, EVENT_SLOTS, Context, tiles_around
from models.track import Track

HISTORY = 8
NEAR_FRAMES = 20
OWN_ROWS = 16_384  # places for latents that the model made itself, behind the tracks' latents


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
    clean_tiles: int = 4


@dataclass(frozen=True, kw_only=True, eq=False)
class OwnPast:
    """How the model itself painted the last change of a moment's past.

    `tile` (n,) places and `row` (n,) of the latents that it painted there; `missed` (m,) places that it did not paint
    and `missed_row` (m,) what they still show.
    """

    tile: NDArray[np.int64]
    row: NDArray[np.int64]
    missed: NDArray[np.int64]
    missed_row: NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Batch:
    """b moments and the n tiles of them that the head is trained on, frame after frame, `counts` a frame.

    `changed` are the f moments in which something changes; head tiles belong to these alone. `dirty` tiles differ
    between past and target; `weight` undoes the balanced draw; `tile` is each head tile's place in its frame,
    `tile_frame` the place of its moment in `changed`, `target` its whitened latent in the next frame, `history` the
    last contents that it showed, oldest first. Moments are ordered by how much they change; `order` says which of
    the given ones each is.
    """

    order: list[int]
    context: Context
    dirty: Bool[Tensor, "b n"]
    weight: Float[Tensor, "b"]
    shape: Int[Tensor, "b"]
    changed: Int[Tensor, "f"]
    tile: Int[Tensor, "m"]
    tile_frame: Int[Tensor, "m"]
    counts: list[int]
    target: Float[Tensor, "m c"]
    history: Float[Tensor, "m k c"]
    history_there: Bool[Tensor, "m k"]


class TrackIndex:
    """Answers what a tile showed and when, for one track."""

    def __init__(self, track: Track, offset: int, shape_index: NDArray[np.int64]) -> None:
        self.track = track
        self.rows, self.columns = (int(side) for side in track.grid_shape)
        self.grids = track.grids.astype(np.int64) + offset
        dirty = track.dirty()
        self.dirty_count = dirty.sum(axis=1)
        tile, row = np.nonzero(dirty.T)
        self._key = tile * len(track) + track.change_frame[row]
        self._frame = track.change_frame[row]
        self._content = self.grids[row, tile]
        self._first = np.searchsorted(tile, np.arange(self.rows * self.columns))
        self._shapes = np.append(shape_index, 0)  # -1, no shape, reads the last entry

    def grid(self, frame: int) -> NDArray[np.int64]:
        """What each tile shows at a frame."""
        return self.grids[np.searchsorted(self.track.change_frame, frame, side="right") - 1]

    def shape(self, frame: int) -> int:
        return int(self._shapes[self.track.shape[frame]])

    def last_change(self, frame: int) -> NDArray[np.int64]:
        """For each tile the frame of its last change up to `frame`."""
        return self._frame[self._until(np.arange(self.rows * self.columns), frame) - 1]

    def history(self, tile: NDArray[np.int64], frame: int) -> NDArray[np.int64]:
        """(n, HISTORY) contents up to `frame`, oldest first; -1 where there was none."""
        place = self._until(tile, frame)[:, None] + np.arange(-HISTORY, 0)
        return np.where(place >= self._first[tile][:, None], self._content[place], -1)

    def _until(self, tile: NDArray[np.int64], frame: int) -> NDArray[np.int64]:
        return np.searchsorted(self._key, tile * len(self.track) + frame, side="right")


class Transitions:
    """Draws batches from tracks whose tiles are rows of `latents` (U, C), whitened, track after track."""

    def __init__(self, tracks: list[Track], latents: Float[Tensor, "u c"], draw: Draw, shape_names: list[str]) -> None:
        self._latents = torch.cat([latents, latents.new_zeros(OWN_ROWS, latents.shape[1])])
        self._draw = draw
        offsets = np.cumsum([0, *(len(track.tiles_u8) for track in tracks)])
        self._indices = [
            TrackIndex(track, int(offset), np.array([shape_names.index(name) for name in track.shape_names], np.int64))
            for track, offset in zip(tracks, offsets[:-1], strict=True)
        ]
        self._classes = [np.concatenate(part) for part in zip(*map(_classes, range(len(tracks)), tracks), strict=True)]
        total = sum(len(moments) for moments in self._classes)
        drawn = (draw.changed, draw.near, draw.idle)
        self._weights = [
            len(moments) / total * sum(drawn) / count for moments, count in zip(self._classes, drawn, strict=True)
        ]

    def draw(self, random: np.random.Generator) -> tuple[list[NDArray[np.int64]], list[float]]:
        """Balanced (track, target frame) moments and their weights."""
        moments, weights = [], []
        counts = (self._draw.changed, self._draw.near, self._draw.idle)
        for pool, count, weight in zip(self._classes, counts, self._weights, strict=True):
            if not len(pool):
                continue
            moments.extend(pool[random.integers(len(pool), size=count)])
            weights.extend([weight] * count)
        return moments, weights

    def last_change(self, moment: NDArray[np.int64]) -> NDArray[np.int64] | None:
        """The moment of the newest change before this one's target; None where there is none."""
        changes = self._indices[moment[0]].track.change_frame
        row = int(np.searchsorted(changes, moment[1], side="left")) - 1
        return np.array([moment[0], changes[row]]) if row >= 1 else None

    def shown_before(self, moment: NDArray[np.int64], tile: NDArray[np.int64]) -> NDArray[np.int64]:
        """What tiles showed before the moment's target."""
        return self._indices[moment[0]].grid(int(moment[1]) - 1)[tile]

    def keep_own(self, latents: Float[Tensor, "m c"]) -> NDArray[np.int64]:
        """Lay latents that the model made behind the tracks' own, in place of earlier ones; their rows."""
        first = len(self._latents) - OWN_ROWS
        self._latents[first : first + len(latents)] = latents
        return np.arange(first, first + len(latents))

    def assemble(
        self,
        moments: list[NDArray[np.int64]],
        weights: list[float],
        random: np.random.Generator,
        own: Mapping[int, OwnPast] | None = None,
        draw: Draw | None = None,
    ) -> Batch:
        """The batch of given (track, target frame) moments, ordered by how much they change.

        `own` gives, by place, pasts that the model made; `draw` is how to alter the others, if not as usual.
        """
        draw, own = draw or self._draw, own or {}
        rows = [
            self._moment(self._indices[track], int(frame), random, draw, own.get(place))
            for place, (track, frame) in enumerate(moments)
        ]
        order = sorted(range(len(rows)), key=lambda place: len(rows[place]["tile"]))
        rows, weights = [rows[place] for place in order], [weights[place] for place in order]
        stacked = {name: np.stack([row[name] for row in rows]) for name in rows[0] if not name.startswith("tile")}
        counts = [len(row["tile"]) for row in rows if len(row["tile"])]
        dirty = torch.from_numpy(stacked["dirty"])
        tile = {name: np.concatenate([row[name] for row in rows]) for name in rows[0] if name.startswith("tile")}
        history = torch.from_numpy(tile["tile_history"])
        latents = self._latents
        context = Context(
            latent=latents[torch.from_numpy(stacked["ids"])],
            age=torch.from_numpy(stacked["age"]).float(),
            pointer_px=torch.from_numpy(stacked["pointer_px"]).float(),
            pointer_latent=latents[torch.from_numpy(stacked["pointer_ids"])],
            held=torch.from_numpy(stacked["held"]),
            event_kind=torch.from_numpy(stacked["event_rows"][..., events.KIND]),
            event_px=torch.from_numpy(stacked["event_rows"][..., [events.X, events.Y]]).float(),
            event_modifiers=torch.from_numpy(stacked["event_rows"][..., events.MODIFIERS]),
            event_age=torch.from_numpy(stacked["event_age"]),
            event_latent=latents[torch.from_numpy(stacked["event_ids"])],
            event_there=torch.from_numpy(stacked["event_there"]),
        )
        return Batch(
            order=order,
            context=context,
            dirty=dirty,
            changed=torch.nonzero(dirty.any(dim=1))[:, 0],
            weight=torch.tensor(weights, dtype=torch.float32),
            shape=torch.from_numpy(stacked["shape"]),
            tile=torch.from_numpy(tile["tile"]),
            tile_frame=torch.repeat_interleave(torch.arange(len(counts)), torch.tensor(counts, dtype=torch.long)),
            counts=counts,
            target=latents[torch.from_numpy(tile["tile_target"])],
            history=latents[history.clamp_min(0)],
            history_there=history >= 0,
        )

    def _moment(
        self, index: TrackIndex, frame: int, random: np.random.Generator, draw: Draw, own: OwnPast | None
    ) -> dict[str, Any]:
        track = index.track
        before, after = index.grid(frame - 1), index.grid(frame)
        past, delay = (before.copy(), 0) if own else _alter(index, before, after, random, draw)
        replaced, dirty = past != before, past != after
        if own:
            past[own.tile], past[own.missed] = own.row, own.missed_row
            replaced = past != before
            dirty = before != after
            dirty[own.missed] = own.missed_row != after[own.missed]
        age = frame - index.last_change(frame - 1) + delay
        tile = _head_tiles(dirty, random, draw)
        history = index.history(tile, frame - 1)
        if own:
            history[:, -1] = past[tile]
        else:
            age[replaced] = 1
            history[replaced[tile]] = np.concatenate([history[:, 1:], past[tile][:, None]], axis=1)[replaced[tile]]
        shape = (index.rows, index.columns)
        pointer = track.pointer_px[[frame - 1, frame]]
        return {
            "ids": past,
            "age": age,
            "dirty": dirty,
            "pointer_px": pointer,
            "pointer_ids": past[tiles_around(pointer[1:, 0], pointer[1:, 1], shape)[0]],
            "held": track.held[frame],
            "shape": np.int64(index.shape(frame)),
            "tile": tile,
            "tile_target": after[tile],
            "tile_history": history,
            **_recent_events(index, frame, delay),
        }


def _alter(
    index: TrackIndex, before: NDArray, after: NDArray, random: np.random.Generator, draw: Draw
) -> tuple[NDArray[np.int64], int]:
    """The past as the model may have made it, and by how many frames the event is late."""
    dirty = np.flatnonzero(before != after)
    past, choice = before.copy(), random.random()
    if choice < draw.part_happened and len(dirty) >= 4:
        done = dirty[_part(dirty, index.columns, random)]
        past[done] = after[done]
    elif choice < draw.part_happened + draw.wrong_tiles:
        other = index.grids[random.integers(len(index.grids))]
        stray = np.flatnonzero(other != after)
        some = stray[_part(stray, index.columns, random)][:48] if len(stray) else stray
        past[some] = other[some]
    elif choice < draw.part_happened + draw.wrong_tiles + draw.late and len(dirty) >= 4:
        return past, int(random.integers(1, draw.late_frames + 1))
    return past, 0


def _head_tiles(dirty: NDArray[np.bool_], random: np.random.Generator, draw: Draw) -> NDArray[np.int64]:
    """The dirty tiles, or some where they are many, and a few clean ones; none where nothing changes."""
    tiles, clean = np.flatnonzero(dirty), np.flatnonzero(~dirty)
    if not len(tiles):
        return tiles
    if len(tiles) > draw.head_tiles:
        tiles = np.sort(random.choice(tiles, draw.head_tiles, replace=False))
    spare = random.choice(clean, min(len(clean), draw.clean_tiles), replace=False)
    return np.concatenate([tiles, spare])


def _classes(number: int, track: Track) -> tuple[NDArray[np.int64], ...]:
    """(track, frame) of the frames that change, of those soon after an input that don't, and of the rest."""
    frames = np.arange(1, len(track))
    changed = np.isin(frames, track.change_frame)
    since = (
        frames
        - np.append(-NEAR_FRAMES, track.events[:, events.FRAME])[
            np.searchsorted(track.events[:, events.FRAME], frames, side="right")
        ]
    )
    near = ~changed & (since < NEAR_FRAMES)
    return tuple(
        np.stack([np.full(int(mask.sum()), number), frames[mask]], axis=1) for mask in (changed, near, ~changed & ~near)
    )


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
