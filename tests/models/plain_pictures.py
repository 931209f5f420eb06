"""Pictures that keep nothing and settle into nothing else, unless a test says so."""

import numpy as np
from numpy.typing import ArrayLike

from models.pictures import Pictures


def plain_pictures(
    size_px: ArrayLike,
    content: ArrayLike,
    times: ArrayLike,
    *,
    kept: ArrayLike | None = None,
    settled: ArrayLike | None = None,
) -> Pictures:
    """As `Pictures` has it."""
    contents = np.array(content, np.int64)
    others = (np.full_like(contents, -1) if each is None else np.array(each, np.int64) for each in (kept, settled))
    keeps, settles = others
    return Pictures(
        size_px=np.array(size_px, np.int64).reshape(-1, 2),
        content=contents,
        kept=keeps,
        settled=settles,
        times=np.array(times, np.int64),
    )
