"""Training moments for the world model: balanced draws of (past, next frame) from tracks.

Most frames change nothing, so moments are drawn by class: frames that change, frames soon after an input that do
not, and idle ones. The weight of each moment undoes that choice where a probability is learned.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from numpy.typing import NDArray
from torch import Tensor

from models import events
from models.context import Context
from models.moment import Draw, OwnPast, moment_arrays
from models.recall import NEW, Slots
from models.track import Track
from models.track_index import TrackIndex

NEAR_FRAMES = 20
OWN_ROWS = 16_384  # places for latents that the model made itself, behind the tracks' latents


@dataclass(frozen=True, kw_only=True, eq=False)
class Batch:
    """b moments and the n tiles of them that the head is trained on, frame after frame, `counts` a frame.

    `changed` are the f moments in which something changes; head tiles belong to these alone. `dirty` tiles differ
    between past and target; `weight` undoes the balanced draw; `tile` is each head tile's place in its frame,
    `tile_frame` the place of its moment in `changed`, `target` its whitened latent in the next frame and `target_row`
    the row of that, `history` the last contents that it showed, oldest first, `slots` the different ones among them
    and `slot_row` their rows, `choice` the slot or the place in the palette where the target is found, or NEW; `box`
    [[left, top], [right, bottom]] in pixels of the largest part of each change (`models.place`). Moments
    are ordered by how much they change; `order` says which of the given ones each is.
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
    slots: Slots
    slot_row: Int[Tensor, "m o"]
    choice: Int[Tensor, "m"]
    target_row: Int[Tensor, "m"]
    box: Int[Tensor, "f 2 2"]


class Transitions:
    """Draws batches from tracks whose tiles are rows of `latents` (U, C), whitened, track after track."""

    def __init__(
        self,
        tracks: list[Track],
        latents: Float[Tensor, "u c"],
        draw: Draw,
        shape_names: list[str],
        palette_place: NDArray[np.int64] | None = None,
    ) -> None:
        self._latents = torch.cat([latents, latents.new_zeros(OWN_ROWS, latents.shape[1])])
        self._draw = draw
        self._palette_place = np.full(len(self._latents), -1)
        if palette_place is not None:
            self._palette_place[: len(palette_place)] = palette_place
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
            moment_arrays(self._indices[track], int(frame), random, draw, own.get(place))
            for place, (track, frame) in enumerate(moments)
        ]
        order = sorted(range(len(rows)), key=lambda place: len(rows[place]["tile"]))
        rows, weights = [rows[place] for place in order], [weights[place] for place in order]
        stacked = {name: np.stack([row[name] for row in rows]) for name in rows[0] if not name.startswith("tile")}
        counts = [len(row["tile"]) for row in rows if len(row["tile"])]
        dirty = torch.from_numpy(stacked["dirty"])
        changed = torch.nonzero(dirty.any(dim=1))[:, 0]
        tile = {name: np.concatenate([row[name] for row in rows]) for name in rows[0] if name.startswith("tile")}
        history, slot = torch.from_numpy(tile["tile_history"]), torch.from_numpy(tile["tile_slot"])
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
            changed=changed,
            weight=torch.tensor(weights, dtype=torch.float32),
            shape=torch.from_numpy(stacked["shape"]),
            tile=torch.from_numpy(tile["tile"]),
            tile_frame=torch.repeat_interleave(torch.arange(len(counts)), torch.tensor(counts, dtype=torch.long)),
            counts=counts,
            target=latents[torch.from_numpy(tile["tile_target"])],
            history=latents[history.clamp_min(0)],
            history_there=history >= 0,
            slots=Slots(
                latent=latents[slot.clamp_min(0)], age=torch.from_numpy(tile["tile_slot_age"]).float(), there=slot >= 0
            ),
            slot_row=slot,
            choice=torch.from_numpy(self._with_palette(tile["tile_choice"], tile["tile_target"])),
            target_row=torch.from_numpy(tile["tile_target"]),
            box=torch.from_numpy(stacked["box"])[changed],
        )

    def _with_palette(self, choice: NDArray[np.int64], target: NDArray[np.int64]) -> NDArray[np.int64]:
        place = self._palette_place[target]
        return np.where((choice == NEW) & (place >= 0), NEW + 1 + place, choice)


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
