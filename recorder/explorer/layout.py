"""Where things are on the sandbox's screen, whichever edge the panel is at."""

from collections.abc import Sequence
from dataclasses import dataclass

from recorder.box import Box
from recorder.explorer.appearance import Appearance
from recorder.explorer.dotfiles import PANEL_HEIGHT_PX

_FIRST_LAUNCHER_X_PX, _AFTER_LAUNCHERS_PX = 34, 2
_HOME_ICON_PX = (52, 42)  # from the corner of what the panel leaves free


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Positions in pixels on a screen of (width, height) whose panel holds these launchers."""

    size_px: tuple[int, int]
    appearance: Appearance
    launchers: Sequence[str]

    @property
    def top_px(self) -> int:
        """Where windows may begin."""
        return PANEL_HEIGHT_PX if self.appearance.panel == "top" else 0

    @property
    def bottom_px(self) -> int:
        """Where windows should end."""
        return self.size_px[1] - (0 if self.appearance.panel == "top" else PANEL_HEIGHT_PX)

    @property
    def panel_top_px(self) -> int:
        return 0 if self.appearance.panel == "top" else self.bottom_px

    @property
    def panel_middle_px(self) -> int:
        return self.panel_top_px + PANEL_HEIGHT_PX // 2

    @property
    def menu_button_px(self) -> tuple[int, int]:
        return 10, self.panel_middle_px

    @property
    def launcher_px(self) -> dict[str, tuple[int, int]]:
        """The middle of each launcher."""
        return {
            name: (_FIRST_LAUNCHER_X_PX + PANEL_HEIGHT_PX * place, self.panel_middle_px)
            for place, name in enumerate(self.launchers)
        }

    @property
    def tasklist_x_px(self) -> int:
        return _FIRST_LAUNCHER_X_PX + PANEL_HEIGHT_PX * len(self.launchers) + _AFTER_LAUNCHERS_PX

    @property
    def home_icon_px(self) -> tuple[int, int]:
        return _HOME_ICON_PX[0], self.top_px + _HOME_ICON_PX[1]

    @property
    def below_icons(self) -> Box:
        """The part of the desktop without icons."""
        width, _ = self.size_px
        return Box(x_px=4, y_px=self.top_px + 90, width_px=width - 8, height_px=self.bottom_px - self.top_px - 100)
