"""Changes the desktop by other means than mouse and keyboard, where a prompt asks for it: so a text can be a cause."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from random import Random

from recorder.explorer.appearance import Appearance
from recorder.explorer.apps import APPS
from recorder.explorer.dotfiles import XFCONF_TYPE, channels
from recorder.explorer.hand import Hand
from recorder.explorer.narrator import Narrator
from recorder.explorer.sandbox import Sandbox
from recorder.explorer.wish import VALUES, Wish

ASKED_S, SEEN_S = 0.3, 1.2  # how long the wish stands before it is done, and until its effect is whole


class Live:
    """Makes wishes come true in one sandbox, and has them told."""

    def __init__(self, sandbox: Sandbox, narrator: Narrator) -> None:
        self._sandbox, self._narrator = sandbox, narrator

    def change_look(self, hand: Hand, random: Random) -> None:
        """Give one attribute of the appearance another value; looks that are held out stay so, and others others."""
        self._fulfil(hand, random.choice(changes(self._narrator.appearance)))

    def open_app(self, hand: Hand, name: str) -> None:
        """Start an application, a key of APPS."""
        self._fulfil(hand, Wish("open", name))

    def ask(self, text: str) -> None:
        """Have a wish told in these words, until `end`."""
        self._narrator.ask(text)

    def grant(self, wish: Wish) -> None:
        """Do what was asked for, whether it is told or not."""
        if wish.attribute == "open":
            self._sandbox.launch(*APPS[wish.value].command.split())
            return
        before = self._narrator.appearance
        after = replace(before, **{wish.attribute: wish.value})
        for command in commands(before, after, self._sandbox.policy.launchers):
            self._sandbox.run(*command)
        self._narrator.change(wish.attribute, wish.value)

    def end(self) -> None:
        """What was asked for is there."""
        self._narrator.end()

    def _fulfil(self, hand: Hand, wish: Wish) -> None:
        self._narrator.begin(wish.attribute, wish.value)
        hand.wait(ASKED_S)
        self.grant(wish)
        hand.wait(SEEN_S)
        self.end()


def changes(before: Appearance) -> list[Wish]:
    """What may be changed without going into or out of what is held out from training."""
    return [
        Wish(attribute, value)
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
