"""What the training sessions show most often: the contents of cells, and the pictures that they make together."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from models.cells import Box, cells_of, fingerprints
from models.pictures import Pictures
from models.tiles import TILE_VALUES
from models.track import Track
from models.track_index import TrackIndex

MOST_PICTURES = 8192
UNCHANGED = 0  # as a fingerprint


@dataclass(frozen=True, kw_only=True, eq=False)
class Library:
    """`tiles_u8` (k, TILE_VALUES) contents for the palette, the commonest first, and `pictures` of these."""

    tiles_u8: NDArray[np.uint8]
    pictures: Pictures


def gather(tracks: list[Track], size: int) -> Library:
    """The `size` contents that cells took most often for the first time at their place, and the commonest pictures."""
    counts: Counter[int] = Counter()
    seen: Counter[tuple[int, int, bytes]] = Counter()
    pixels: dict[int, bytes] = {}
    for track in tqdm(tracks, desc="library", unit="session", leave=False):
        taken: set[tuple[int, int, int]] = set()
        for box, contents, tiles_u8 in _changes(track):
            for (x, y), content, tile in zip(cells_of(box).tolist(), contents.tolist(), tiles_u8, strict=True):
                if content != UNCHANGED:
                    taken.add((x, y, content))
                    if content not in pixels:
                        pixels[content] = tile.tobytes()
            width, height = (box[1] - box[0] + 1).tolist()
            seen[width, height, contents.tobytes()] += 1
        counts.update(content for _, _, content in taken)
    common = sorted(counts, key=lambda content: (-counts[content], content))[:size]
    tiles = bytearray(b"".join(pixels[content] for content in common))
    return Library(tiles_u8=np.frombuffer(tiles, np.uint8).reshape(-1, TILE_VALUES), pictures=_pictures(seen, common))


def _changes(track: Track) -> Iterator[tuple[Box, NDArray[np.int64], NDArray[np.uint8]]]:
    """Each change's box, its cells' fingerprints (n,), UNCHANGED where they are, and their pixels after it."""
    index = TrackIndex(track)
    for row in range(1, len(track.change_frame)):
        box = index.box(row)
        before, after = index.cells(row - 1, box), index.cells(row, box)
        yield box, np.where((before != after).any(axis=1), fingerprints(after), UNCHANGED), after


def _pictures(seen: Counter[tuple[int, int, bytes]], common: list[int]) -> Pictures:
    place = {content: number for number, content in enumerate(common)}
    chosen = sorted(seen, key=lambda picture: (-seen[picture], picture))[:MOST_PICTURES]
    of_size: dict[tuple[int, int], list[NDArray[np.int64]]] = {}
    for width, height, cells in chosen:
        _add(of_size.setdefault((width, height), []), np.frombuffer(cells, np.int64))
    sizes = [size for size, pictures in of_size.items() for _ in pictures]
    contents = [content for pictures in of_size.values() for cells in pictures for content in cells.tolist()]
    return Pictures(
        size_px=np.array(sizes, np.int64).reshape(-1, 2),
        content=np.array([place.get(content, -1) for content in contents], np.int64),
    )


def _add(pictures: list[NDArray[np.int64]], cells: NDArray[np.int64]) -> None:
    """Add a picture, or let it fill the gaps of one that it agrees with: a window may open over its like."""
    said = cells != UNCHANGED
    for number, other in enumerate(pictures):
        both = said & (other != UNCHANGED)
        shared = 2 * both.sum() >= min(said.sum(), (other != UNCHANGED).sum())
        if shared and np.array_equal(cells[both], other[both]):
            pictures[number] = np.where(other == UNCHANGED, cells, other)
            return
    pictures.append(cells)
