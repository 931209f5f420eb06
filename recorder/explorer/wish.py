"""A wish: the words in which a prompt asks for a change, and the change that they mean."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from recorder.explorer.appearance import FONTS_PT, PANELS, THEMES, WALLPAPER_KINDS, WALLPAPERS
from recorder.explorer.apps import APPS
from recorder.explorer.words import event_sentences

# What may become what; a key of Appearance and its values.
VALUES: dict[str, Sequence[Any]] = {
    "theme": tuple(THEMES),
    "wallpaper": tuple(WALLPAPERS),
    "wallpaper_kind": WALLPAPER_KINDS,
    "panel": PANELS,
    "font_pt": FONTS_PT,
}


class Wish(NamedTuple):
    """That an attribute of the appearance become `value`, or that an application (a key of APPS) be opened: "open"."""

    attribute: str
    value: Any


def wish_of(text: str) -> Wish:
    """What these words ask for; raises ValueError for words that `explore` does not use."""
    if text not in _MEANT:
        raise ValueError(f"nobody knows what '{text}' asks for; use the dreamdesk that recorded it")
    return _MEANT[text]


_WISHES = [Wish(name, value) for name, values in {**VALUES, "open": tuple(APPS)}.items() for value in values]
_MEANT = {text: wish for wish in _WISHES for text in event_sentences(*wish)}
