"""What mss took of a screen in, RGB out."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def rgb_of(shot: Any) -> NDArray[np.uint8]:
    """The screenshot as (H, W, 3) uint8, an array of its own; plane by plane takes a fifth of the time of by pixel."""
    bgra = np.frombuffer(shot.bgra, np.uint8).reshape(shot.height, shot.width, 4)
    rgb = np.empty((shot.height, shot.width, 3), np.uint8)
    for plane in range(3):
        rgb[..., plane] = bgra[..., 2 - plane]
    return rgb
