"""Where things are on the toy desktop: a panel above, a menu below it, a window anywhere under the panel."""

from recorder.box import Box


def _box(x_px: int, y_px: int, width_px: int, height_px: int) -> Box:
    return Box(x_px=x_px, y_px=y_px, width_px=width_px, height_px=height_px)


SIZE_PX = (192, 128)  # 64 divides both: the world model looks at patches of four tiles
SCREEN = _box(0, 0, *SIZE_PX)
PANEL = _box(0, 0, 192, 14)
LAUNCHER = _box(2, 2, 34, 10)
MENU_BUTTON = _box(40, 2, 34, 10)
FLAG = _box(176, 2, 14, 10)
FLAGS = {"red": (214, 64, 56), "gold": (232, 184, 48), "sky": (84, 176, 236)}
ROW_PX = 12
MENU = _box(40, 14, 44, ROW_PX * len(FLAGS) + 2)
WINDOW_SIZE_PX = (96, 64)
TITLE = "NOTES"
FIELD_CHARACTERS = 20


def menu_row(number: int) -> Box:
    """The row of a menu, from above."""
    return _box(MENU.x_px + 1, MENU.y_px + 1 + ROW_PX * number, MENU.width_px - 2, ROW_PX)


def window(corner_px: tuple[int, int]) -> Box:
    """The window whose upper left corner is there."""
    return _box(*corner_px, *WINDOW_SIZE_PX)


def title_bar(corner_px: tuple[int, int]) -> Box:
    """What the window is dragged by."""
    return _box(corner_px[0] + 1, corner_px[1] + 1, WINDOW_SIZE_PX[0] - 14, 11)


def closer(corner_px: tuple[int, int]) -> Box:
    """The cross in the window's corner."""
    return _box(corner_px[0] + WINDOW_SIZE_PX[0] - 12, corner_px[1] + 1, 11, 11)


def field(corner_px: tuple[int, int]) -> Box:
    """Where typed characters appear."""
    return _box(corner_px[0] + 5, corner_px[1] + 18, 86, 13)


def button(corner_px: tuple[int, int]) -> Box:
    """What is switched by pressing it."""
    return _box(corner_px[0] + 5, corner_px[1] + 38, 48, 18)


def held_inside(x_px: int, y_px: int) -> tuple[int, int]:
    """The nearest corner that keeps the window on the screen and under the panel."""
    room_px = SIZE_PX[0] - WINDOW_SIZE_PX[0], SIZE_PX[1] - WINDOW_SIZE_PX[1]
    return min(max(x_px, 0), room_px[0]), min(max(y_px, PANEL.bottom_px), room_px[1])
