"""Changes the desktop by other means than mouse and keyboard, where a prompt asks for it: so a text can be a cause."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from random import Random
from typing import Any

from recorder.explorer.appearance import FONTS_PT, PANELS, THEMES, WALLPAPER_KINDS, WALLPAPERS, Appearance
from recorder.explorer.apps import APPS
from recorder.explorer.dotfiles import XFCONF_TYPE, channels
from recorder.explorer.hand import Hand
from recorder.explorer.narrator import Narrator
from recorder.explorer.sandbox import Sandbox

# What may become what; a key of Appearance and its values.
VALUES: dict[str, Sequence[Any]] = {
    "theme": tuple(THEMES),
    "wallpaper": tuple(WALLPAPERS),
    "wallpaper_kind": WALLPAPER_KINDS,
    "panel": PANELS,
    "font_pt": FONTS_PT,
}
ASKED_S, SEEN_S = 0.3, 1.2  # how long the wish stands before it is done, and until its effect is whole


class Live:
    """Makes wishes come true in one sandbox, and has them told."""

    def __init__(self, sandbox: Sandbox, narrator: Narrator) -> None:
        self._sandbox, self._narrator = sandbox, narrator

    def change_look(self, hand: Hand, random: Random) -> None:
        """Give one attribute of the appearance another value; looks that are held out stay so, and others others."""
        before = self._narrator.appearance
        attribute, value = random.choice(changes(before))
        self._narrator.begin(attribute, value)
        hand.wait(ASKED_S)
        for command in commands(before, replace(before, **{attribute: value}), self._sandbox.policy.launchers):
            self._sandbox.run(*command)
        self._narrator.change(attribute, value)
        self._end(hand)

    def open_app(self, hand: Hand, name: str) -> None:
        """Start an application, a key of APPS."""
        self._narrator.begin("open", name)
        hand.wait(ASKED_S)
        self._sandbox.launch(*APPS[name].command.split())
        self._end(hand)

    def _end(self, hand: Hand) -> None:
        hand.wait(SEEN_S)
        self._narrator.end()


def changes(before: Appearance) -> list[tuple[str, Any]]:
    """What may be changed, (attribute, value), without going into or out of what is held out from training."""
    return [
        (attribute, value)
        for attribute, values in VALUES.items()
        for value in values
        if value != asdict(before)[attribute] and replace(before, **{attribute: value}).held_out == before.held_out
    ]


def commands(before: Appearance, after: Appearance, launchers: Sequence[str]) -> Iterator[list[str]]:
    """What makes a running desktop look like `after`: one command for each setting that differs."""
    old = channels(before, launchers)
    for channel, properties in channels(after, launchers).items():
        for name, value in properties.items():
            if value != old[channel].get(name):
                values = value if isinstance(value, list) else [value]
                typed = [part for item in values for part in ("-t", XFCONF_TYPE[type(item)], "-s", str(item))]
                yield ["xfconf-query", "-c", channel, "-p", name, "-n", *typed]
