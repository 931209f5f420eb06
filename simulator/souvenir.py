"""Files that the player saves in passing: their names and how they are written."""

from collections.abc import Collection
from itertools import count
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def free_path(folder: Path, suffix: str, taken: Collection[Path] = ()) -> Path:
    """The first name in `folder` that is neither there nor in `taken`: dreamdesk-0001.png and so on."""
    candidates = (folder / f"dreamdesk-{number:04d}{suffix}" for number in count(1))
    return next(path for path in candidates if path not in taken and not path.exists())


def save_png(picture_u8: NDArray[np.uint8], path: Path) -> None:
    """Write (H, W, 3) beside its place, then rename."""
    beside = path.with_name(path.name + ".tmp")
    try:
        Image.fromarray(picture_u8).save(beside, format="PNG")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
