"""Sizes of the world model."""

from dataclasses import dataclass
from math import gcd

PATCH = 4
MOST_TOKENS = 64  # that patches are merged into: what a look costs grows with them, what it tells hardly does
KEY_WIDTH = 96  # of the pointers into earlier contents


@dataclass(frozen=True, kw_only=True)
class WorldConfig:
    """Sizes. `rows` and `columns` of tiles are multiples of PATCH times `merge`: that many patches along each side make
    a token (`merge_of`). `shapes` is the number of pointer shapes, `palette` that of common contents, `pictures` and
    `sizes` those of known pictures and of their sizes at most; `text` that of the channels in a text's token states, 0
    where it takes no text.
    """

    rows: int
    columns: int
    channels: int
    shapes: int
    width: int = 256
    blocks: int = 5
    local_width: int = 128
    local_blocks: int = 2
    memory: int = 128
    head_width: int = 320
    head_blocks: int = 4
    palette: int = 24_576
    pictures: int = 4096
    sizes: int = 1024
    text: int = 0
    merge: int = 1

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of tiles."""
        return self.rows, self.columns

    @property
    def patches(self) -> tuple[int, int]:
        """Rows and columns of patches."""
        return self.rows // PATCH, self.columns // PATCH

    @property
    def tokens(self) -> tuple[int, int]:
        """Rows and columns of what patches are merged into."""
        return self.rows // PATCH // self.merge, self.columns // PATCH // self.merge


def merge_of(rows: int, columns: int) -> int:
    """How many patches along a side make a token of a screen of so many tiles, so that there are at most MOST_TOKENS;
    as many as divide both sides where nothing does."""
    shared = gcd(rows // PATCH, columns // PATCH)
    possible = [side for side in range(1, shared + 1) if shared % side == 0]
    few = [side for side in possible if (rows // PATCH // side) * (columns // PATCH // side) <= MOST_TOKENS]
    return min(few, default=shared)
