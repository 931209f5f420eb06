"""What a screen shows, in words and as data."""

import json
from typing import Any, NamedTuple


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
