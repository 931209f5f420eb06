"""Screens with what is said of them, as CLIP learns from: chosen from sessions by their prompts.

Between two prompts a screen mostly stands still, and just after the first it may still be painted. So of each stretch
under one prompt a few frames are taken that lie away from its ends, each different screen once.
"""

import json
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from models.facts import FACTS, facts_of
from models.mosaic import Mosaics, small_tiles
from models.tiles import grid_shape, to_tiles
from models.track import Track, load_track
from recorder.explorer.attributes import worded
from recorder.prompt import EVENT, Prompt
from recorder.session import Session

COLUMNS = ("known", "text", "frame", "stretch")  # of Pairs, a row a screen
SETTLED_S, BEFORE_END_S = 0.4, 0.15  # a stretch's ends: windows are looked at in their own time
FRAMES_A_STRETCH = 4

Screens = Callable[[NDArray[np.int64]], Mosaics]  # frames of one session in, mosaics out


@dataclass(frozen=True, kw_only=True, eq=False)
class Pairs:
    """n screens: their `mosaics`, what is `known` (n, len(FACTS)) of each in -1, 0, 1, and its recorded `text`;
    `frame` its number in its session, `stretch` that of its prompt; `grid_shape` (rows, columns) of tiles.

    Of a text without attributes nothing is known but itself.
    """

    mosaics: Mosaics
    grid_shape: tuple[int, int]
    known: NDArray[np.int8]
    text: NDArray[Any]
    frame: NDArray[np.int64]
    stretch: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.frame)

    @classmethod
    def join(cls, parts: Sequence["Pairs"]) -> "Pairs":
        """All of these, in order; `frame` and `stretch` count in each."""
        columns = {name: np.concatenate([getattr(part, name) for part in parts]) for name in COLUMNS}
        mosaics = Mosaics.join([part.mosaics for part in parts])
        return cls(mosaics=mosaics, grid_shape=parts[0].grid_shape, **columns)

    def take(self, chosen: NDArray[np.int64]) -> "Pairs":
        """Some of them."""
        columns = {name: getattr(self, name)[chosen] for name in COLUMNS}
        return Pairs(mosaics=self.mosaics.take(chosen), grid_shape=self.grid_shape, **columns)


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """Frames start to stop - 1, in which nothing changes that a sentence tells; `text` is what is said of them."""

    start: int
    stop: int
    text: str

    def settled(self, fps: float) -> range:
        """The frames away from the ends; the desktop just before the first input lies at no end."""
        after = self.start + round(SETTLED_S * fps) if self.start else 0
        return range(after, max(after, self.stop - round(BEFORE_END_S * fps)))

    def some(self, fps: float) -> list[int]:
        """At most FRAMES_A_STRETCH settled frames, evenly spaced."""
        settled = self.settled(fps)
        count = min(FRAMES_A_STRETCH, len(settled))
        return [settled[round(place)] for place in np.linspace(0, len(settled) - 1, count).tolist()]


def stretches(prompts: list[tuple[int, Prompt]], frames: int) -> list[Stretch]:
    """Where prompts (from_frame, prompt) describe the screen; wishes ("open the editor") do not."""
    found: list[Stretch] = []
    ends = [*(start for start, _ in prompts), frames][1:]
    before = None
    for (start, prompt), stop in zip(prompts, ends, strict=True):
        told = _told(prompt)
        if told and told == before:
            found[-1] = Stretch(start=found[-1].start, stop=stop, text=found[-1].text)
        elif told:
            found.append(Stretch(start=start, stop=stop, text=prompt.text))
        before = told
    return found


def attributes_at(told: list[tuple[int, Prompt]], frame: int) -> dict[str, Any]:
    """What is known at a frame: of the last prompt (from_frame, prompt) up to it."""
    return told[bisect_right(told, frame, key=itemgetter(0)) - 1][1].attributes() or {}


def load_pairs(paths: list[Path], cache: Path) -> Pairs:
    """The pairs of several sessions, from their tracks.

    Raises ValueError where the sessions tell of no screen or differ in size.
    """
    parts = []
    for path in tqdm(paths, desc="pairs", unit="session", leave=False):
        track = load_track(path, cache)
        with Session(path) as session:
            parts.append(read_pairs(session, partial(of_track, track)))
    if len({part.grid_shape for part in parts}) > 1:
        raise ValueError(f"{paths[0].parent} mixes screen sizes; train on sessions of one size")
    pairs = Pairs.join(parts)
    if not len(pairs):
        raise ValueError(f"{paths[0].parent} has no prompt for any screen; record with a prompt")
    return pairs


def tells(path: Path) -> bool:
    """Whether a session's prompts say anything of its screens."""
    with Session(path) as session:
        return any(_told(prompt) for _, prompt in session.whole_prompts())


def read_pairs(session: Session, screens: Screens) -> Pairs:
    """What a session tells of its screens; `of_track` and `of_session` show these."""
    told = session.whole_prompts()
    shown = stretches(told, len(session))
    numbers, frames = _frames(shown, session.fps)
    mosaics = screens(frames)
    first = np.unique(np.column_stack([numbers, mosaics.grids]), axis=0, return_index=True)[1] if len(frames) else []
    pairs = Pairs(
        mosaics=mosaics,
        grid_shape=grid_shape(session.size_px),
        known=np.array([facts_of(attributes_at(told, frame), session.size_px) for frame in frames.tolist()], np.int8)
        .reshape(len(frames), len(FACTS)),
        text=np.array([shown[number].text for number in numbers], np.str_),
        frame=frames,
        stretch=numbers,
    )  # fmt: skip
    return pairs.take(np.sort(np.array(first, np.int64)))


def of_track(track: Track, frames: NDArray[np.int64]) -> Mosaics:
    """The screens of a session by its track: no frame is decoded."""
    rows = np.searchsorted(track.change_frame, frames, side="right") - 1
    grids = track.grids[rows]
    used, inverse = np.unique(grids, return_inverse=True)
    tiles = Mosaics.of(small_tiles(track.tiles_u8[used])[None])
    return Mosaics(tiles_u8=tiles.tiles_u8, grids=tiles.grids[0, inverse.reshape(grids.shape)])


def of_session(session: Session, frames: NDArray[np.int64]) -> Mosaics:
    """The same, read from the session."""
    tiles = [small_tiles(to_tiles(np.asarray(session.frames[frame]))) for frame in frames.tolist()]
    return Mosaics.of(np.stack(tiles)) if tiles else Mosaics.none(grid_shape(session.size_px))


def _told(prompt: Prompt) -> str:
    """What makes a prompt say the same as another; empty for one that does not describe the screen."""
    attributes = prompt.attributes()
    if not attributes:
        return prompt.text
    return "" if attributes.get(EVENT) else json.dumps(worded(attributes), sort_keys=True)


def _frames(shown: list[Stretch], fps: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Numbers of stretches, and frames of them."""
    chosen = [(number, frame) for number, stretch in enumerate(shown) for frame in stretch.some(fps)]
    numbers, frames = np.array(chosen, np.int64).reshape(-1, 2).T
    return numbers, frames
