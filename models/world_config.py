"""Sizes of the world model."""

from dataclasses import dataclass

PATCH = 4
KEY_WIDTH = 96  # of the pointers into earlier contents


@dataclass(frozen=True, kw_only=True)
class WorldConfig:
    """Sizes. `rows` and `columns` of tiles are multiples of PATCH; `shapes` is the number of pointer shapes,
    `palette` that of common contents, `pictures` and `sizes` those of known pictures and of their sizes at most; `text`
    that of the channels in a text's token states, 0 where it takes no text."""

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

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of tiles."""
        return self.rows, self.columns
