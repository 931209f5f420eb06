"""How far a generated picture is from the true one, in decibels, levels of 255 and structural similarity."""

import math

import numpy as np
from numpy.typing import NDArray
from skimage.metrics import structural_similarity

from simulator.changes import tile_pixels
from simulator.world import TILE_PX

TILE_VALUES = TILE_PX * TILE_PX * 3
NO_ERROR_DB = 100.0
_PEAK = 255
_WINDOW_PX = 7


def psnr_db(squared_error: float, values: int) -> float | None:
    """Peak signal-to-noise ratio 10 log10(255^2 / mean squared error), in decibels; the higher the better.

    The error is pooled over all the values before the logarithm is taken, so that many easy frames cannot hide a
    hard one. None without values; at most NO_ERROR_DB, which also stands for no error at all.
    """
    if not values:
        return None
    return min(NO_ERROR_DB, 10 * math.log10(_PEAK**2 * values / squared_error)) if squared_error else NO_ERROR_DB


def rmse(squared_error: float, values: int) -> float | None:
    """Root mean square error in levels of 255, in [0, 255]; None without values."""
    return math.sqrt(squared_error / values) if values else None


def ssim_changed(
    truth_u8: NDArray[np.uint8], shown_u8: NDArray[np.uint8], changed: NDArray[np.bool_]
) -> tuple[float, int]:
    """Structural similarity on the changed tiles: (sum over their pixels, number of these pixels).

    Wang et al. 2004, as scikit-image computes it (7 x 7 window, mean over the three channels); each pixel in
    [-1, 1], 1 for equal pictures. Only the rectangle around the changed tiles is looked at.
    """
    pixels = tile_pixels(changed)
    if not pixels.any():
        return 0.0, 0
    box = tuple(_span(np.any(pixels, axis=1 - axis)) for axis in (0, 1))
    _, similarity, *_ = structural_similarity(
        truth_u8[box], shown_u8[box], win_size=_WINDOW_PX, channel_axis=2, data_range=_PEAK, full=True
    )
    inside = similarity.mean(axis=2)[pixels[box]]
    return float(inside.sum()), len(inside)


def _span(present: NDArray[np.bool_]) -> slice:
    """From the first to the last place that is present, and half a window more on each side."""
    places = np.flatnonzero(present)
    return slice(max(0, int(places[0]) - _WINDOW_PX // 2), int(places[-1]) + 1 + _WINDOW_PX // 2)
