"""What a screen shows, in words and as data."""

import json
from typing import Any, NamedTuple


class Prompt(NamedTuple):
    """A sentence, and beside it what it tells as a JSON object (`state`); empty where nobody wrote that down."""

    text: str
    state: str = ""

    @classmethod
    def of(cls, text: str, state: dict[str, Any] | None) -> "Prompt":
        """The prompt whose state is that object, in the one form that equal objects share."""
        return cls(text, json.dumps(state, sort_keys=True, separators=(",", ":")) if state else "")

    def attributes(self) -> dict[str, Any] | None:
        """The state as an object, None where there is none; raises ValueError for what is no JSON object."""
        if not self.state:
            return None
        told = json.loads(self.state)
        if not isinstance(told, dict):
            raise ValueError(f"a prompt's state is '{self.state[:40]}' and no JSON object")
        return told
