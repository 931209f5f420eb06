"""A rectangle on the screen."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Box:
    """Left upper corner and size in pixels; it may reach over the screen's edge."""

    x_px: int
    y_px: int
    width_px: int
    height_px: int

    @classmethod
    def parse(cls, text: str) -> "Box":
        """The box of "X,Y,WIDTH,HEIGHT"; ValueError for anything else and for an empty one."""
        try:
            x_px, y_px, width_px, height_px = (int(part) for part in text.split(","))
        except ValueError as error:
            raise ValueError(f"'{text}' is no rectangle; write it as X,Y,WIDTH,HEIGHT in pixels") from error
        if width_px <= 0 or height_px <= 0:
            raise ValueError(f"the rectangle '{text}' is empty; give it a width and a height above 0")
        return cls(x_px=x_px, y_px=y_px, width_px=width_px, height_px=height_px)

    @property
    def right_px(self) -> int:
        return self.x_px + self.width_px

    @property
    def bottom_px(self) -> int:
        return self.y_px + self.height_px

    @property
    def slices(self) -> tuple[slice, slice]:
        """Rows and columns of an image that starts at the screen's corner."""
        rows = slice(max(0, self.y_px), max(0, self.bottom_px))
        return rows, slice(max(0, self.x_px), max(0, self.right_px))

    def contains(self, x_px: float, y_px: float) -> bool:
        return self.x_px <= x_px < self.right_px and self.y_px <= y_px < self.bottom_px

    def inside(self, size_px: tuple[int, int]) -> bool:
        """Whether all of it lies on a screen of (width, height)."""
        return self.x_px >= 0 and self.y_px >= 0 and self.right_px <= size_px[0] and self.bottom_px <= size_px[1]
