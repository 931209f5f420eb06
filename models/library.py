"""What the training sessions show again and again: the contents of cells, and the pictures that they make together."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from models import follows
from models.cells import Box, cells_of, fingerprints
from models.events import BUTTON_BITS, FRAME
from models.fates import NO_FATES, Fates
from models.follows import NOTHING_FOLLOWS, Follows
from models.pictures import Pictures
from models.sightings import OFTEN, UNCHANGED, Settled, Sighting, Sightings
from models.tiles import TILE_VALUES
from models.track import Track
from models.track_index import TrackIndex
from models.typed import MOST_CELLS, NOTHING_TYPED, Typed, way_at

LETTERS_PART = 8  # of the palette is for letters at most
SETTLES_CELLS = 48  # of a change from which on it may come in parts: a window, and no letter, button or menu entry
SETTLES_FRAMES = 6  # later all parts have come, if no input came in between


@dataclass(frozen=True, kw_only=True, eq=False)
class Library:
    """`tiles_u8` (k, TILE_VALUES) contents: first those for the palette, the commonest first, then what else the
    `pictures` consist of; which keys `typed` which; which `follows` which; and the `fates` of what lies open."""

    tiles_u8: NDArray[np.uint8]
    pictures: Pictures
    typed: Typed = NOTHING_TYPED
    follows: Follows = NOTHING_FOLLOWS
    fates: Fates = NO_FATES


def gather(tracks: list[Track], size: int, most_pictures: int) -> Library:
    """The `size` contents that cells took most often for the first time at their place, what keys wrote among them, and
    the commonest pictures."""
    counts: Counter[int] = Counter()
    typed: Counter[tuple[int, int]] = Counter()
    pairs: Counter[tuple[int, int]] = Counter()
    sightings = Sightings()
    pixels: dict[int, bytes] = {}
    for number, track in enumerate(tqdm(tracks, desc="library", unit="session", leave=False)):
        taken: set[tuple[int, int, int]] = set()
        for change in _changes(track, number):
            contents, changed = change.after, change.after != UNCHANGED
            way = way_at(track, change.frame) if len(contents) <= MOST_CELLS else None
            if len(contents) <= follows.MOST_CELLS:
                pairs.update(zip(change.before[changed].tolist(), contents[changed].tolist(), strict=True))
            for (x, y), content, tile in zip(
                cells_of(change.box).tolist(), contents.tolist(), change.tiles_u8, strict=True
            ):
                if content != UNCHANGED:
                    taken.add((x, y, content))
                    typed.update([(content, way)] if way is not None else [])
                    if content not in pixels:
                        pixels[content] = tile.tobytes()
            width, height = (change.box[1] - change.box[0] + 1).tolist()
            sightings.note((width, height), contents, np.where(changed, UNCHANGED, change.before), change.settled)
        counts.update(content for _, _, content in taken)
    common = _common(counts, typed, size)
    chosen = sightings.often(most_pictures)
    pixels |= _settled_pixels(chosen, tracks)
    rest = {content for picture in chosen for content in picture.contents()} - {UNCHANGED, *common}
    contents = common + sorted(rest)
    tiles = bytearray(b"".join(pixels[content] for content in contents))
    return Library(
        tiles_u8=np.frombuffer(tiles, np.uint8).reshape(-1, TILE_VALUES),
        pictures=_pictures(chosen, contents),
        typed=Typed.of(typed, common),
        follows=Follows.of(pairs),
    )


def _common(counts: Counter[int], typed: Counter[tuple[int, int]], size: int) -> list[int]:
    """The contents that are common, and those that keys wrote OFTEN: letters are many, and each alone is rare."""
    written: Counter[int] = Counter()
    for (content, _), times in typed.items():
        written[content] += times
    letters = [content for content, times in written.most_common(size // LETTERS_PART) if times >= OFTEN]
    others = sorted(counts.keys() - set(letters), key=lambda content: (-counts[content], content))
    return sorted([*letters, *others[: size - len(letters)]], key=lambda content: (-counts[content], content))


@dataclass(frozen=True, kw_only=True, eq=False)
class _Change:
    """A change's `frame` and `box`; of its cells (n,) the fingerprints `before` it and `after` it, UNCHANGED where they
    are, and the pixels after it; what it `settled` into, where that can be told."""

    frame: int
    box: Box
    before: NDArray[np.int64]
    after: NDArray[np.int64]
    tiles_u8: NDArray[np.uint8]
    settled: Settled | None


def _changes(track: Track, number: int) -> Iterator[_Change]:
    """The changes of a track, which has a `number` among others."""
    index = TrackIndex(track)
    rows = np.flatnonzero(track.begun[track.change_frame])
    for row in rows[rows > 0].tolist():
        box = index.box(row)
        before, after = index.cells(row - 1, box), index.cells(row, box)
        yield _Change(
            frame=int(track.change_frame[row]),
            box=box,
            before=fingerprints(before),
            after=np.where((before != after).any(axis=1), fingerprints(after), UNCHANGED),
            tiles_u8=after,
            settled=_settled(index, number, row, box) if len(after) >= SETTLES_CELLS else None,
        )


def _settled(index: TrackIndex, number: int, row: int, box: Box) -> Settled | None:
    """What a change settled into; None where an input came too soon, or the end, or a button was held."""
    track, frame = index.track, int(index.track.change_frame[row])
    until = frame + SETTLES_FRAMES
    inputs = (track.events[:, FRAME] > frame) & (track.events[:, FRAME] <= until)
    if until >= len(track) or inputs.any() or (track.held[frame : until + 1] & BUTTON_BITS).any():
        return None
    last = int(np.searchsorted(track.change_frame, until, side="right")) - 1
    after, later = index.cells(row, box), index.cells(last, box)
    cells = np.where((after != later).any(axis=1), fingerprints(later), UNCHANGED)
    return Settled(track=number, until=last, box=box, cells=cells)


def _settled_pixels(pictures: list[Sighting], tracks: list[Track]) -> dict[int, bytes]:
    """The contents that pictures settle into."""
    pixels: dict[int, bytes] = {}
    into = sorted((picture.into for picture in pictures if picture.into), key=lambda settled: settled.track)
    for number, of_track in groupby(into, key=lambda settled: settled.track):
        index = TrackIndex(tracks[number])
        for settled in of_track:
            tiles_u8 = index.cells(settled.until, settled.box)
            pixels |= {content: tile.tobytes() for content, tile in zip(settled.cells.tolist(), tiles_u8, strict=True)}
    return pixels


def _pictures(chosen: list[Sighting], contents: list[int]) -> Pictures:
    place = {content: number for number, content in enumerate(contents)}

    def places(cells: Iterator[NDArray[np.int64]]) -> NDArray[np.int64]:
        return np.array([place.get(content, -1) for each in cells for content in each.tolist()], np.int64)

    return Pictures(
        size_px=np.array([picture.size_px for picture in chosen], np.int64).reshape(-1, 2),
        content=places(picture.cells for picture in chosen),
        kept=places(picture.kept for picture in chosen),
        settled=places(picture.later for picture in chosen),
        times=np.array([picture.times for picture in chosen], np.int64),
    )
