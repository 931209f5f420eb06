"""Where the picture lies in the window."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Viewport:
    """The picture's place: window pixels = offset + scale x picture pixels."""

    size_px: tuple[int, int]
    scale: float
    left_px: int
    top_px: int

    @classmethod
    def fit(cls, size_px: tuple[int, int], window_px: tuple[int, int], *, smooth: bool) -> "Viewport":
        """The largest picture that fits, centred; in whole-number steps unless `smooth` or the window is too small."""
        scale = min(window_px[0] / size_px[0], window_px[1] / size_px[1])
        if not smooth and scale >= 1:
            scale = float(int(scale))
        left, top = ((room - round(side * scale)) // 2 for room, side in zip(window_px, size_px, strict=True))
        return cls(size_px=size_px, scale=scale, left_px=left, top_px=top)

    @property
    def picture_px(self) -> tuple[int, int]:
        """(width, height) of the picture in the window."""
        return self.length_px(self.size_px[0]), self.length_px(self.size_px[1])

    def length_px(self, picture_px: int) -> int:
        """A length in the picture as it is in the window, at least one pixel."""
        return max(1, round(picture_px * self.scale))

    def to_window(self, x_px: int, y_px: int) -> tuple[int, int]:
        """The window pixel of a picture pixel's corner."""
        return self.left_px + round(x_px * self.scale), self.top_px + round(y_px * self.scale)

    def to_picture(self, x_px: int, y_px: int) -> tuple[int, int]:
        """The picture pixel under a window pixel; outside it the nearest, as at the edge of a screen."""
        x, y = int((x_px - self.left_px) // self.scale), int((y_px - self.top_px) // self.scale)
        return min(max(x, 0), self.size_px[0] - 1), min(max(y, 0), self.size_px[1] - 1)


def to_pixels(x: int, y: int, window_size: tuple[int, int], surface_px: tuple[int, int]) -> tuple[int, int]:
    """A place in the units of a window as pixel of its surface: a screen of high density has several pixels a unit."""
    return x * surface_px[0] // window_size[0], y * surface_px[1] // window_size[1]
