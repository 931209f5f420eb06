"""What the desktop looks like: theme, wallpaper, panel, font size."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeVar

Value = TypeVar("Value")

WALLPAPERS = {
    "blue": (0.20, 0.36, 0.58),
    "green": (0.22, 0.46, 0.34),
    "grey": (0.38, 0.40, 0.44),
    "red": (0.58, 0.20, 0.22),
    "purple": (0.42, 0.26, 0.54),
    "orange": (0.80, 0.48, 0.18),
    "teal": (0.14, 0.48, 0.52),
    "brown": (0.42, 0.30, 0.20),
}
WALLPAPER_KINDS = ("plain", "gradient")
PANELS = ("top", "bottom")
FONTS_PT = (8, 9, 10)
FADE = 0.35  # a gradient ends in this share of its colour


@dataclass(frozen=True, kw_only=True)
class Theme:
    """Names that GTK and the window manager know."""

    gtk: str
    frames: str


THEMES = {
    "light": Theme(gtk="Adwaita", frames="Default"),
    "dark": Theme(gtk="Adwaita-dark", frames="Default"),
    "high-contrast": Theme(gtk="HighContrast", frames="Default"),
}


@dataclass(frozen=True, kw_only=True)
class Appearance:
    """Keys of THEMES and WALLPAPERS, one of WALLPAPER_KINDS, of PANELS and of FONTS_PT."""

    wallpaper: str
    theme: str = "light"
    wallpaper_kind: str = WALLPAPER_KINDS[0]
    panel: str = PANELS[0]
    font_pt: int = FONTS_PT[0]

    @property
    def held_out(self) -> bool:
        """Whether it is for the compositional test."""
        return (self.theme, self.wallpaper) in HELD_OUT


# Each theme and each colour is in training, these pairs are not: whoever paints them has understood the words.
HELD_OUT = {("dark", "teal"), ("light", "purple"), ("high-contrast", "orange"), ("dark", "brown")}


def draw_plain(random: Random) -> Appearance:
    """Of the first data set: one of three colours on a light desktop, the panel above."""
    return Appearance(wallpaper=random.choice(("blue", "green", "grey")))


def draw(random: Random) -> Appearance:
    """Any combination; more often what people have more often, and what the first data set has."""
    return Appearance(
        wallpaper=random.choice(sorted(WALLPAPERS)),
        theme=_weighted(random, {"light": 3, "dark": 2, "high-contrast": 1}),
        wallpaper_kind=_weighted(random, {"plain": 3, "gradient": 1}),
        panel=_weighted(random, {"top": 2, "bottom": 1}),
        font_pt=_weighted(random, {8: 3, 9: 1, 10: 1}),
    )


def draw_often_plain(random: Random) -> Appearance:
    """In half of the sessions as the first data set, in which the shipped desktop begins, in the others as any."""
    return random.choice((draw_plain, draw))(random)


def _weighted(random: Random, weights: dict[Value, float]) -> Value:
    return random.choices(list(weights), weights=list(weights.values()))[0]


def gradient(wallpaper: str) -> Sequence[tuple[float, float, float]]:
    """The two colours of a gradient, above and below."""
    red, green, blue = WALLPAPERS[wallpaper]
    return (red, green, blue), (red * FADE, green * FADE, blue * FADE)
