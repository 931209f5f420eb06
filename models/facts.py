"""What is known of a screen, as numbers: each fact holds (1), does not (-1), or can't be told from the pixels (0)."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from recorder.explorer.appearance import FONTS_PT, PANELS, THEMES, WALLPAPER_KINDS, WALLPAPERS
from recorder.explorer.apps import APPS

SEEN = 0.05  # of the screen; of a wallpaper that shows less nothing is told


class Fact(NamedTuple):
    """An attribute, named as docs/session.md names it, and a value that it can have."""

    attribute: str
    value: Any


CHOICES: dict[str, Sequence[Any]] = {
    "theme": tuple(THEMES),
    "wallpaper": tuple(WALLPAPERS),
    "wallpaper_kind": WALLPAPER_KINDS,
    "panel": PANELS,
    "font_pt": FONTS_PT,
    "focused": tuple(APPS),
}
MENU = Fact("menu", True)
SETS = ("open", "minimised", "maximised")  # of applications
FACTS = (
    *(Fact(attribute, value) for attribute, values in CHOICES.items() for value in values),
    *(Fact(attribute, name) for attribute in SETS for name in APPS),
    MENU,
    Fact("nothing", True),
)
NUMBER = {fact: number for number, fact in enumerate(FACTS)}
TOLD = ("theme", "wallpaper", "open", "focused", "menu")  # an attribute set without them is not the explorer's


def facts_of(attributes: dict[str, Any], size_px: tuple[int, int]) -> NDArray[np.int8]:
    """(len(FACTS),) in -1, 0, 1; all 0 for the attributes of another recorder than the explorer.

    "open" is an application with a window that is not minimised, though others may cover it: the panel shows it.
    """
    row = np.zeros(len(FACTS), np.int8)
    if not all(name in attributes for name in TOLD):
        return row
    shown = {
        **{name: {attributes.get(name)} for name in CHOICES},
        **{name: set(attributes.get(name, ())) for name in SETS},
        "open": _open(attributes),
        "menu": {attributes["menu"]},
        "nothing": {not attributes["open"]},
    }
    for fact, number in NUMBER.items():
        row[number] = 1 if fact.value in shown[fact.attribute] else -1
    if bare_share(attributes, size_px) < SEEN:
        row[numbers_of("wallpaper", "wallpaper_kind")] = 0
    return row


def numbers_of(*attributes: str) -> list[int]:
    """The numbers of all facts about these attributes."""
    return [number for fact, number in NUMBER.items() if fact.attribute in attributes]


def holding_facts(known: NDArray[np.int8]) -> list[Fact]:
    """What holds of a screen of which this (len(FACTS),) is known."""
    return [fact for fact, value in zip(FACTS, known, strict=True) if value == 1]


def bare_share(attributes: dict[str, Any], size_px: tuple[int, int]) -> float:
    """The share of the screen (width, height) that no window covers."""
    bare = np.ones(size_px[::-1], bool)
    for window in attributes.get("windows", ()):
        if not window["hidden"]:
            x_px, y_px, width_px, height_px = window["box"]
            bare[max(0, y_px) : max(0, y_px + height_px), max(0, x_px) : max(0, x_px + width_px)] = False
    return float(bare.mean())


def claims(holding: Iterable[Fact], absent: Iterable[Fact] = ()) -> NDArray[np.int8]:
    """(len(FACTS),): 1 for what a text says to be so, -1 for what it says not to be, 0 for what it leaves open."""
    row = np.zeros(len(FACTS), np.int8)
    row[[NUMBER[fact] for fact in absent]] = -1
    row[[NUMBER[fact] for fact in holding]] = 1
    return row


def contradict(claimed: NDArray[np.int8], known: NDArray[np.int8]) -> NDArray[np.bool_]:
    """(t, b): whether text t (t, f) claims of screen b (b, f) what is known to be otherwise."""
    says, denies = (claimed == 1).astype(np.float32), (claimed == -1).astype(np.float32)
    is_, is_not = (known == 1).astype(np.float32), (known == -1).astype(np.float32)
    return says @ is_not.T + denies @ is_.T > 0


def _open(attributes: dict[str, Any]) -> set[str]:
    windows = attributes.get("windows")
    if windows is None:
        return set(attributes["open"]) - set(attributes.get("minimised", ()))
    return {window["app"] for window in windows if not window["hidden"] and not window["dialog"]}
