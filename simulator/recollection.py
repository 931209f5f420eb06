"""What followed what, in recorded sessions: in come views and changes under a key, out come the most similar ones."""

from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recorder.pointer import PointerShape

MOST_OF_A_KIND = 4000


@dataclass(frozen=True, kw_only=True, eq=False)
class Change:
    """What a frame did to the one before: `tiles` (n,) row by row, what they show now (n, 768), the pointer's shape."""

    tiles: NDArray[np.int64]
    tiles_u8: list[bytes]
    shape: PointerShape | None


class Recollection:
    """Changes by kind. Equal tiles are kept once, and of a kind at most MOST_OF_A_KIND, evenly spaced in time."""

    def __init__(self) -> None:
        self._views: dict[Hashable, list[NDArray[np.float32]]] = defaultdict(list)
        self._changes: dict[Hashable, list[Change]] = defaultdict(list)
        self._contents: dict[bytes, bytes] = {}
        self._stacked: dict[Hashable, tuple[NDArray[np.float32], list[Change]]] = {}

    def add(self, kind: Hashable, view: NDArray[np.float32], change: Change) -> None:
        """Remember that this followed this view (d,)."""
        once = [self._contents.setdefault(tile, tile) for tile in change.tiles_u8]
        self._views[kind].append(view)
        self._changes[kind].append(Change(tiles=change.tiles, tiles_u8=once, shape=change.shape))

    def recall(self, kind: Hashable, view: NDArray[np.float32], count: int) -> list[Change]:
        """The `count` changes of the kind whose views are nearest, the nearest first; fewer where there are fewer."""
        if kind not in self._views:
            return []
        if kind not in self._stacked:
            self._stacked[kind] = self._stack(kind)
        views, changes = self._stacked[kind]
        distance = np.square(views - view).sum(axis=1)
        return [changes[index] for index in np.argsort(distance, kind="stable")[:count]]

    def _stack(self, kind: Hashable) -> tuple[NDArray[np.float32], list[Change]]:
        views, changes = self._views[kind], self._changes[kind]
        kept = np.linspace(0, len(views) - 1, min(len(views), MOST_OF_A_KIND)).round().astype(int)
        return np.stack([views[index] for index in kept]), [changes[index] for index in kept]
