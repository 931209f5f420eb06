"""Says in the prompt timeline what the screen shows, and before a text causes a change, what it asks for."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random
from typing import Any

from recorder.box import Box
from recorder.doors import Window
from recorder.explorer.appearance import Appearance
from recorder.explorer.attributes import describe, worded
from recorder.explorer.words import event_sentence
from recorder.prompt import Prompt

Grammar = Callable[[dict[str, Any], Random], str]


class Narrator:
    """Hears of windows in one thread and of events in another; the recorder takes the prompts in a third.

    The same attributes in the same order give the same sentences: the n-th is drawn from (seed, n). Where only boxes or
    titles change, the sentence before is repeated with its new attributes.
    """

    def __init__(self, appearance: Appearance, grammar: Grammar, seed: int) -> None:
        self.appearance = appearance
        self._grammar, self._seed = grammar, seed
        self._windows: Sequence[Window] = ()
        self._menus: Sequence[Box] = ()
        self._event = ""
        self._told: dict[str, Any] | None = None
        self._text, self._said = "", 0
        self._lock = threading.Lock()

    def see(self, windows: Sequence[Window], menus: Sequence[Box]) -> None:
        """These are on the screen now."""
        with self._lock:
            self._windows, self._menus = windows, menus

    def begin(self, attribute: str, value: Any) -> None:
        """An attribute is about to be changed, or an application opened; the prompt asks for it until `end`."""
        with self._lock:
            self._event = event_sentence(attribute, value, self._random())

    def ask(self, text: str) -> None:
        """The same in these words, which count as a sentence of the narrator's own."""
        with self._lock:
            self._said += 1
            self._event = text

    def change(self, attribute: str, value: Any) -> None:
        """The appearance is another from now on."""
        with self._lock:
            self.appearance = replace(self.appearance, **{attribute: value})

    def end(self) -> None:
        """What was asked for is there: describe the screen again."""
        with self._lock:
            self._event = ""

    def take(self) -> Prompt | None:
        """The prompt for the next frame, None where nothing changed since the last call."""
        with self._lock:
            attributes = describe(self.appearance, self._windows, self._menus, self._event)
            if attributes == self._told:
                return None
            if self._told is None or worded(attributes) != worded(self._told):
                self._text = self._event or self._grammar(attributes, self._random())
            self._told = attributes
            return Prompt.of(self._text, attributes)

    def _random(self) -> Random:
        self._said += 1
        return Random(f"{self._seed} {self._said}")
