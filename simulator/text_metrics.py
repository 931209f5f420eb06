"""How legible text is: what a reader reads on the generated frame against what it reads on the true one."""

from collections import Counter

import numpy as np


def levenshtein(left: str, right: str) -> int:
    """The least number of insertions, deletions and replacements that turn one text into the other.

    Wagner and Fischer 1974, one row at a time: insertions along the row are a running minimum.
    """
    codes = np.array([ord(character) for character in right], np.int64)
    places = np.arange(len(right) + 1)
    row = places.copy()
    for number, character in enumerate(left, start=1):
        kept = np.minimum(row[1:] + 1, row[:-1] + (codes != ord(character)))
        row = np.minimum.accumulate(np.concatenate([[number], kept]) - places) + places
    return int(row[-1])


def char_accuracy(true_text: str, shown_text: str) -> float:
    """max(0, 1 - Levenshtein distance / length of the true text), in [0, 1]; the true text must not be empty."""
    assert true_text
    return max(0.0, 1 - levenshtein(true_text, shown_text) / len(true_text))


def lines_found(true_text: str, shown_text: str) -> tuple[int, int]:
    """(lines of the true text that the shown text has, exactly, anywhere; lines of the true text).

    Empty lines and surrounding blanks do not count; a line that occurs twice must be found twice.
    """
    true, shown = _lines(true_text), _lines(shown_text)
    return (true & shown).total(), true.total()


def _lines(text: str) -> Counter[str]:
    return Counter(line.strip() for line in text.splitlines() if line.strip())
