"""The line in which a prompt is written."""


class PromptLine:
    """`text` is None while nothing is written; the lines that were taken can be called back."""

    def __init__(self) -> None:
        self.text: str | None = None
        self._lines: list[str] = []

    def open(self) -> None:
        """Begin an empty line."""
        self.text = ""
        self._place = len(self._lines)

    def write(self, letters: str) -> None:
        assert self.text is not None
        self.text += letters

    def erase(self) -> None:
        assert self.text is not None
        self.text = self.text[:-1]

    def look_back(self, lines: int) -> None:
        """Show the line so many before, or, if negative, after; after the last one comes an empty line."""
        self._place = min(max(self._place - lines, 0), len(self._lines))
        self.text = (*self._lines, "")[self._place]

    def take(self) -> str:
        """Close the line and remember it, in the last place alone."""
        assert self.text is not None
        text = self.text
        self._lines = [*(line for line in self._lines if line != text), text]
        self.text = None
        return text

    def leave(self) -> None:
        """Close the line and forget it."""
        self.text = None
