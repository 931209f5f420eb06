"""The pointer plane: where the mouse pointer is and what it looks like, kept apart from the frame."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True, eq=False)
class PointerShape:
    """An RGBA image (h, w, 4) uint8 with straight alpha, the hotspot in it, and the theme's name for it."""

    rgba: NDArray[np.uint8]
    hot_x_px: int
    hot_y_px: int
    name: str = ""

    def key(self) -> bytes:
        """Equal for shapes that look the same."""
        return self.rgba.tobytes() + bytes(str((self.rgba.shape, self.hot_x_px, self.hot_y_px)), "ascii")


@dataclass(frozen=True, kw_only=True, eq=False)
class PointerState:
    """The pointer at a frame's time; `shape` is None while the program hides it."""

    x_px: int
    y_px: int
    shape: PointerShape | None


def draw_pointer(frame_u8: NDArray[np.uint8], shape: PointerShape, x_px: int, y_px: int) -> NDArray[np.uint8]:
    """A copy of the frame (H, W, 3) with the shape painted so that its hotspot lies at (x_px, y_px)."""
    out = frame_u8.copy()
    height, width = frame_u8.shape[:2]
    left, top = x_px - shape.hot_x_px, y_px - shape.hot_y_px
    x0, y0 = max(0, left), max(0, top)
    x1, y1 = min(width, left + shape.rgba.shape[1]), min(height, top + shape.rgba.shape[0])
    if x0 >= x1 or y0 >= y1:
        return out
    image = shape.rgba[y0 - top : y1 - top, x0 - left : x1 - left].astype(np.uint16)
    alpha = image[..., 3:]
    blended = (image[..., :3] * alpha + out[y0:y1, x0:x1] * (255 - alpha) + 127) // 255
    out[y0:y1, x0:x1] = blended.astype(np.uint8)
    return out
