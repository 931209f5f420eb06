"""Pictures with captions in, one picture of them all out."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

COLUMNS, ROWS = 5, 5
THUMBNAIL_WIDTH_PX = 256
CAPTION_HEIGHT_PX = 16
COLOURS = 255  # flat areas of a desktop need no more


def chosen(times_s: Sequence[float], shares: Sequence[float], count: int = COLUMNS * ROWS) -> list[int]:
    """Of each of `count` equal stretches of time the number of the row that changed most, where there is one."""
    if not times_s:
        return []
    stretch_s = max(times_s) / count or 1.0
    best: dict[int, int] = {}
    for number, (time_s, share) in enumerate(zip(times_s, shares, strict=True)):
        stretch = min(int(time_s / stretch_s), count - 1)
        if stretch not in best or share > shares[best[stretch]]:
            best[stretch] = number
    return [best[stretch] for stretch in sorted(best)]


def sheet(pictures_u8: Sequence[NDArray[np.uint8]], captions: Sequence[str]) -> Image.Image:
    """The pictures (H, W, 3), all of one size, in rows of COLUMNS, each under its caption; at most 255 colours."""
    height, width = pictures_u8[0].shape[:2]
    thumbnail = THUMBNAIL_WIDTH_PX, max(1, THUMBNAIL_WIDTH_PX * height // width)
    cell = thumbnail[0], thumbnail[1] + CAPTION_HEIGHT_PX
    rows = -(-len(pictures_u8) // COLUMNS)
    whole = Image.new("RGB", (COLUMNS * cell[0], rows * cell[1]))
    pen = ImageDraw.Draw(whole)
    for place, (picture_u8, caption) in enumerate(zip(pictures_u8, captions, strict=True)):
        x, y = place % COLUMNS * cell[0], place // COLUMNS * cell[1]
        pen.text((x + 2, y + 2), caption)
        small = Image.fromarray(picture_u8).resize(thumbnail, Image.Resampling.BOX)
        whole.paste(small, (x, y + CAPTION_HEIGHT_PX))
    return whole.quantize(COLOURS, dither=Image.Dither.NONE)
