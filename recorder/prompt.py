"""What a screen shows, in words and as data."""

import json
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

EVENT = "event"  # among the attributes: what the text asks for is being done, by no mouse and no keyboard


class Prompt(NamedTuple):
    """A sentence, and beside it what it tells as a JSON object; empty where nobody wrote that down."""

    text: str
    attributes_json: str = ""

    @classmethod
    def of(cls, text: str, attributes: dict[str, Any] | None) -> "Prompt":
        """The prompt with these attributes, in the one form that equal objects share."""
        return cls(text, json.dumps(attributes, sort_keys=True, separators=(",", ":")) if attributes else "")

    def attributes(self) -> dict[str, Any] | None:
        """The attributes, None where there are none; raises ValueError for what is no JSON object."""
        if not self.attributes_json:
            return None
        told = json.loads(self.attributes_json)
        if not isinstance(told, dict):
            raise ValueError(f"a prompt's attributes are '{self.attributes_json[:40]}' and no JSON object")
        return told


def wishes(told: Sequence[tuple[int, Mapping[str, Any] | None]], frames: int) -> list[tuple[int, int, str]]:
    """What prompts with an EVENT ask for: (from_frame, to_frame, its words), each until a prompt says another.

    `told` are (from_frame, attributes) of all prompts of so many `frames`, in order.
    """
    by_words = groupby(told, lambda prompt: str((prompt[1] or {}).get(EVENT, "")))
    starts = [(next(prompts)[0], words) for words, prompts in by_words]
    ends = [*(start for start, _ in starts), frames][1:]
    return [(start, end, words) for (start, words), end in zip(starts, ends, strict=False) if words]
