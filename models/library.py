"""What the training sessions show again and again: the contents of cells, and the pictures that they make together."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from models import follows
from models.cells import Box, cells_of, fingerprints
from models.follows import NOTHING_FOLLOWS, Follows
from models.pictures import Pictures
from models.tiles import TILE_VALUES
from models.track import Track
from models.track_index import TrackIndex
from models.typed import MOST_CELLS, NOTHING_TYPED, Typed, way_at

OFTEN = 2  # a picture counts that was shown as often
UNCHANGED = 0  # as a fingerprint
LETTERS_PART = 8  # of the palette is for letters at most


@dataclass(frozen=True, kw_only=True, eq=False)
class Library:
    """`tiles_u8` (k, TILE_VALUES) contents: first those for the palette, the commonest first, then what else the
    `pictures` consist of; which keys `typed` which; and which `follows` which."""

    tiles_u8: NDArray[np.uint8]
    pictures: Pictures
    typed: Typed = NOTHING_TYPED
    follows: Follows = NOTHING_FOLLOWS


def gather(tracks: list[Track], size: int, most_pictures: int) -> Library:
    """The `size` contents that cells took most often for the first time at their place, what keys wrote among them, and
    the commonest pictures."""
    counts: Counter[int] = Counter()
    typed: Counter[tuple[int, int]] = Counter()
    pairs: Counter[tuple[int, int]] = Counter()
    seen: Counter[tuple[int, int, bytes]] = Counter()
    pixels: dict[int, bytes] = {}
    for track in tqdm(tracks, desc="library", unit="session", leave=False):
        taken: set[tuple[int, int, int]] = set()
        for frame, box, before, contents, tiles_u8 in _changes(track):
            way = way_at(track, frame) if len(contents) <= MOST_CELLS else None
            changed = contents != UNCHANGED
            if len(contents) <= follows.MOST_CELLS:
                pairs.update(zip(before[changed].tolist(), contents[changed].tolist(), strict=True))
            for (x, y), content, tile in zip(cells_of(box).tolist(), contents.tolist(), tiles_u8, strict=True):
                if content != UNCHANGED:
                    taken.add((x, y, content))
                    typed.update([(content, way)] if way is not None else [])
                    if content not in pixels:
                        pixels[content] = tile.tobytes()
            width, height = (box[1] - box[0] + 1).tolist()
            seen[width, height, contents.tobytes()] += 1
        counts.update(content for _, _, content in taken)
    common = _common(counts, typed, size)
    chosen = _chosen(seen)[:most_pictures]
    rest = {content for picture in chosen for content in picture.cells.tolist()} - {UNCHANGED, *common}
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


def _changes(track: Track) -> Iterator[tuple[int, Box, NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8]]]:
    """Each change's frame and box, its cells' fingerprints (n,) before and after it, the latter UNCHANGED where they
    are, and the pixels after it."""
    index = TrackIndex(track)
    rows = np.flatnonzero(track.begun[track.change_frame])
    for row in rows[rows > 0].tolist():
        box = index.box(row)
        before, after = index.cells(row - 1, box), index.cells(row, box)
        changed = np.where((before != after).any(axis=1), fingerprints(after), UNCHANGED)
        yield int(track.change_frame[row]), box, fingerprints(before), changed, after


@dataclass(kw_only=True, eq=False)
class _Picture:
    """Fingerprints of its `cells` (n,), UNCHANGED where all stays, and the `times` that it was shown."""

    size_px: tuple[int, int]
    cells: NDArray[np.int64]
    times: int

    def take(self, other: "_Picture") -> bool:
        """Become one with another of the same size, if they agree: a window may open over its like."""
        said, too = self.cells != UNCHANGED, other.cells != UNCHANGED
        shared = 2 * (said & too).sum() >= min(said.sum(), too.sum())
        agree = shared and np.array_equal(self.cells[said & too], other.cells[said & too])
        if agree:
            self.cells = np.where(said, self.cells, other.cells)
            self.times += other.times
        return bool(agree)


def _chosen(seen: Counter[tuple[int, int, bytes]]) -> list[_Picture]:
    """The pictures that were seen OFTEN, the commonest first."""
    of_size: dict[tuple[int, int], list[_Picture]] = {}
    for (width, height, cells), times in sorted(seen.items(), key=lambda item: (-item[1], item[0])):
        picture = _Picture(size_px=(width, height), cells=np.frombuffer(cells, np.int64), times=times)
        others = of_size.setdefault(picture.size_px, [])
        if not any(other.take(picture) for other in others):
            others.append(picture)
    pictures = [picture for others in of_size.values() for picture in others if picture.times >= OFTEN]
    return sorted(pictures, key=lambda picture: -picture.times)


def _pictures(chosen: list[_Picture], contents: list[int]) -> Pictures:
    place = {content: number for number, content in enumerate(contents)}
    cells = [content for picture in chosen for content in picture.cells.tolist()]
    return Pictures(
        size_px=np.array([picture.size_px for picture in chosen], np.int64).reshape(-1, 2),
        content=np.array([place.get(content, -1) for content in cells], np.int64),
        times=np.array([picture.times for picture in chosen], np.int64),
    )
