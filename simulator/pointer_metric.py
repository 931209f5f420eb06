"""Is the pointer where the hand is, and does it look as it should?"""

import numpy as np
from numpy.typing import NDArray

from recorder.pointer import PointerShape

REACH_PX = 8
EVERY_FRAMES = 5
_OPAQUE = 255


def same_shape(shown: PointerShape | None, true: PointerShape | None) -> bool:
    """Whether two pointers have the same pixels and hotspot, or both are hidden (None).

    `pointer_shape_accuracy` is the share of frames, in [0, 1], for which this holds of the world's pointer and the true
    one. Neural Computers (Meta and KAUST 2026) reports the share of pointers drawn right, 0.987, on frames of its own.
    """
    return (shown.key() if shown else None) == (true.key() if true else None)


def pointer_error_px(picture_u8: NDArray[np.uint8], shape: PointerShape, x_px: int, y_px: int) -> float:
    """How far from its true place (x_px, y_px) the true pointer is found on a generated picture (H, W, 3), in pixels.

    NeuralOS (ICLR 2026) trains a network to find it and reports the mean error. The shape is known here, so it is
    looked for: it is where its opaque pixels differ least from the picture, in squared levels, the nearest such place
    within REACH_PX each way. Where it reaches beyond the edge, the part on the screen counts; NaN where none is.
    """
    rows, columns = np.nonzero(shape.rgba[..., 3] == _OPAQUE)
    y, x = rows + y_px - shape.hot_y_px, columns + x_px - shape.hot_x_px
    seen = (y >= 0) & (x >= 0) & (y < picture_u8.shape[0]) & (x < picture_u8.shape[1])
    if not seen.any():
        return float("nan")
    colours = shape.rgba[rows[seen], columns[seen], :3].astype(np.int32)
    ways = np.arange(-REACH_PX, REACH_PX + 1)
    down, right = ways[:, None, None], ways[None, :, None]
    room = np.pad(picture_u8, ((REACH_PX, REACH_PX), (REACH_PX, REACH_PX), (0, 0)))
    places = room[REACH_PX + y[seen] + down, REACH_PX + x[seen] + right]  # (17, 17, pixels, 3)
    wrong = np.square(places - colours).sum(axis=(2, 3))
    far = np.hypot(ways[:, None], ways)
    return float(far[wrong == wrong.min()].min())
