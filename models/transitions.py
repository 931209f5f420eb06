"""Training moments for the world model: balanced draws of (past, next frame) from tracks.

Most frames change nothing, so moments are drawn by class: frames that change, frames soon after an input or a wish that
do not, idle ones, and those that change because a text asks for it. The weight of each moment undoes that choice where
a probability is learned.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from numpy.typing import NDArray
from torch import Tensor

from models import events
from models.cells import cells_of, fingerprints
from models.clip import ClipModel
from models.context import Context
from models.desk import Tokenizer
from models.moment import Draw, OwnPast, Target, moment_of
from models.parallel import ALONE, Ranks
from models.recall import NEW, Slots
from models.tiles import TILE_PX
from models.track import Track
from models.track_index import TrackIndex

NEAR_FRAMES = 20
OWN_ROWS = 65_536  # places for latents that the model made itself, behind the tracks' latents


@dataclass(frozen=True, kw_only=True, eq=False)
class Batch:
    """b moments and the m cells of them that the head is trained on, frame after frame, `counts` a frame.

    `changed` are the f moments in which something changes; cells belong to these alone, and `targets` are theirs.
    `dirty` tiles differ between past and target; `weight` undoes the balanced draw; `cell_frame` is the place of each
    cell's moment in `changed`, `target` its whitened latent in the next frame, `history` the last contents of the tile
    around its centre, oldest first, `slots` what it may show again, `choice` the slot or the place in the palette where
    the target is found, or NEW; `box` [[left, top], [right, bottom]] in pixels of each change (`models.place`), and
    `true_box` where that is larger than it should be. Moments are ordered by how many cells they have; `order` says
    which of the given ones each is.
    """

    order: list[int]
    context: Context
    dirty: Bool[Tensor, "b n"]
    weight: Float[Tensor, "b"]
    shape: Int[Tensor, "b"]
    changed: Int[Tensor, "f"]
    targets: list[Target]
    centres_px: Float[Tensor, "m 2"]
    cell_frame: Int[Tensor, "m"]
    counts: list[int]
    target: Float[Tensor, "m c"]
    history: Float[Tensor, "m k c"]
    history_there: Bool[Tensor, "m k"]
    slots: Slots
    choice: Int[Tensor, "m"]
    true_box: Int[Tensor, "f 2 2"]
    box: Int[Tensor, "f 2 2"]


class Transitions:
    """Draws batches from tracks whose tiles are rows of `latents` (U, C), whitened, track after track."""

    def __init__(
        self,
        tracks: list[Track],
        tokenizer: Tokenizer,
        draw: Draw,
        shape_names: list[str],
        palette_u8: NDArray[np.uint8] | None = None,
        clip: ClipModel | None = None,
    ) -> None:
        self._tokenizer = tokenizer
        latents = [tokenizer.encode(track.tiles_u8) for track in tracks]
        self._latents = torch.cat([*latents, torch.zeros(OWN_ROWS, tokenizer.vae.config.channels)])
        self._draw = draw
        contents = [] if palette_u8 is None else fingerprints(palette_u8).tolist()
        self._palette_place = {content: place for place, content in enumerate(contents)}
        offsets = np.cumsum([0, *(len(track.tiles_u8) for track in tracks)])
        wishes = sorted({str(wish) for track in tracks for wish in track.wishes}) if clip else []
        self._texts = _texts(wishes, clip)
        self._indices = [
            TrackIndex(
                track,
                int(offset),
                np.array([shape_names.index(name) for name in track.shape_names], np.int64),
                np.array([1 + wishes.index(wish) if clip else 0 for wish in track.wishes], np.int64),
            )
            for track, offset in zip(tracks, offsets[:-1], strict=True)
        ]
        by_track = [_classes(number, track, clip is not None) for number, track in enumerate(tracks)]
        self._classes = [np.concatenate(part) for part in zip(*by_track, strict=True)]
        total = sum(len(moments) for moments in self._classes)
        drawn = (draw.changed, draw.near, draw.idle, draw.asked)
        self._weights = [
            len(moments) / total * sum(drawn) / count for moments, count in zip(self._classes, drawn, strict=True)
        ]

    def draw(self, random: np.random.Generator, ranks: Ranks = ALONE) -> tuple[list[NDArray[np.int64]], list[float]]:
        """One process's part of the balanced (track, target frame) moments and their weights.

        All processes draw the same ones and share them out by how much they change, so that none waits for another.
        """
        moments, weights = [], []
        counts = (self._draw.changed, self._draw.near, self._draw.idle, self._draw.asked)
        for pool, count, weight in zip(self._classes, counts, self._weights, strict=True):
            if not len(pool):
                continue
            moments.extend(pool[random.integers(len(pool), size=count)])
            weights.extend([weight] * count)
        mine = ranks.deal([self._indices[track].changes(int(frame)) for track, frame in moments])
        return [moments[place] for place in mine], [weights[place] for place in mine]

    def last_change(self, moment: NDArray[np.int64]) -> NDArray[np.int64] | None:
        """The moment of the newest change before this one's target; None where there is none."""
        changes = self._indices[moment[0]].track.change_frame
        row = int(np.searchsorted(changes, moment[1], side="left")) - 1
        return np.array([moment[0], changes[row]]) if row >= 1 else None

    def screen(self, moment: NDArray[np.int64]) -> NDArray[np.uint8]:
        """The tiles of a moment's true screen."""
        index = self._indices[moment[0]]
        return index.tiles_u8(index.grid(int(moment[1])))

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
        own_row = self._lay([own[place].tiles_u8 for place in sorted(own)])
        rows = []
        for place, (track, frame) in enumerate(moments):
            rows.append(moment_of(self._indices[track], int(frame), random, draw, own.get(place), own_row))
            own_row += len(own[place].tile) if place in own else 0
        order = sorted(range(len(rows)), key=lambda place: len(rows[place].target.cells))
        rows, weights = [rows[place] for place in order], [weights[place] for place in order]
        arrays = {name: np.stack([row.arrays[name] for row in rows]) for name in rows[0].arrays}
        targets = [row.target for row in rows]
        counts = [len(target.cells) for target in targets if len(target.cells)]
        slots, target = self._contents(targets)
        dirty = torch.from_numpy(np.stack([row.dirty for row in rows]))
        history = torch.from_numpy(np.concatenate([part.history for part in targets]))
        changed = torch.nonzero(dirty.any(dim=1))[:, 0]
        return Batch(
            order=order,
            context=self._context(arrays),
            dirty=dirty,
            weight=torch.tensor(weights, dtype=torch.float32),
            shape=torch.from_numpy(arrays["shape"]),
            changed=changed,
            targets=[part for part in targets if len(part.cells)],
            centres_px=torch.cat([_centres_px(part) for part in targets]),
            cell_frame=torch.repeat_interleave(torch.arange(len(counts)), torch.tensor(counts, dtype=torch.long)),
            counts=counts,
            target=target,
            history=self._latents[history.clamp_min(0)],
            history_there=history >= 0,
            slots=slots,
            choice=torch.from_numpy(np.concatenate([self._with_palette(part) for part in targets])),
            true_box=torch.from_numpy(np.stack([part.true_box for part in targets]))[changed],
            box=torch.from_numpy(np.stack([part.box for part in targets]))[changed],
        )

    def _lay(self, tiles_u8: list[NDArray[np.uint8]]) -> int:
        """Lay the latents of tiles that the model made behind the tracks' own, in place of earlier ones; the first's
        row."""
        first = len(self._latents) - OWN_ROWS
        if tiles_u8:
            latents = self._tokenizer.encode(np.concatenate(tiles_u8))
            self._latents[first : first + len(latents)] = latents
        return first

    def _contents(self, targets: list[Target]) -> tuple[Slots, Tensor]:
        """What all cells may show, and what they do."""
        tiles_u8 = [part for target in targets for part in (target.known.tiles_u8, target.target_u8)]
        latents = self._tokenizer.encode(np.concatenate(tiles_u8)).split([len(tiles) for tiles in tiles_u8])
        slots = [target.known.slots(known) for target, known in zip(targets, latents[::2], strict=True)]
        return Slots.cat(slots), torch.cat(latents[1::2])

    def _context(self, arrays: dict[str, NDArray]) -> Context:
        latents = self._latents
        return Context(
            latent=latents[torch.from_numpy(arrays["ids"])],
            age=torch.from_numpy(arrays["age"]).float(),
            pointer_px=torch.from_numpy(arrays["pointer_px"]).float(),
            pointer_latent=latents[torch.from_numpy(arrays["pointer_ids"])],
            held=torch.from_numpy(arrays["held"]),
            event_kind=torch.from_numpy(arrays["event_rows"][..., events.KIND]),
            event_px=torch.from_numpy(arrays["event_rows"][..., [events.X, events.Y]]).float(),
            event_modifiers=torch.from_numpy(arrays["event_rows"][..., events.MODIFIERS]),
            event_age=torch.from_numpy(arrays["event_age"]),
            event_latent=latents[torch.from_numpy(arrays["event_ids"])],
            event_there=torch.from_numpy(arrays["event_there"]),
            text=self._texts[0][torch.from_numpy(arrays["wish"])],
            text_there=self._texts[1][torch.from_numpy(arrays["wish"])],
        )

    def _with_palette(self, target: Target) -> NDArray[np.int64]:
        place = np.array([self._palette_place.get(content, -1) for content in target.content.tolist()], np.int64)
        return np.where((target.choice == NEW) & (place >= 0), NEW + 1 + place, target.choice)


def _centres_px(target: Target) -> Float[Tensor, "m 2"]:
    return torch.from_numpy(cells_of(target.box)[target.cells] + TILE_PX // 2).float()


def _texts(wishes: list[str], clip: ClipModel | None) -> tuple[Float[Tensor, "w l e"], Bool[Tensor, "w l"]]:
    """Token states of no text, which is the first, and of the wishes; as many as the longest has."""
    if clip is None:
        return torch.zeros(1, 0, 0), torch.zeros(1, 0, dtype=torch.bool)
    states = clip.text(["", *wishes])
    there = states.mask.clone()
    there[0] = False
    used = int(there.any(dim=0).sum())
    return states.tokens[:, :used].float(), there[:, :used]


def _classes(number: int, track: Track, with_texts: bool) -> tuple[NDArray[np.int64], ...]:
    """(track, frame) of the frames that change, of those soon after an input or a wish that don't, of the rest, and of
    those that change under a wish; these belong to none `with_texts` unset, for their cause is not told."""
    frames = np.arange(1, len(track))
    asked = track.wish[1:] >= 0
    there = track.begun[1:] & (with_texts | ~asked)
    changed = np.isin(frames, track.change_frame)
    began = 1 + np.flatnonzero(np.diff(track.wish) > 0)
    causes = np.sort(np.concatenate([[-NEAR_FRAMES], track.events[:, events.FRAME], began]))
    near = frames - causes[np.searchsorted(causes, frames, side="right") - 1] < NEAR_FRAMES
    masks = (changed & ~asked, ~changed & near, ~changed & ~near, changed & asked)
    return tuple(
        np.stack([np.full(int(mask.sum()), number), frames[mask]], axis=1) for mask in (there & mask for mask in masks)
    )
