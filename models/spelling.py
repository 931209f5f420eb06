"""Texts as the text tower reads them: words, each as its UTF-8 bytes.

A word is what lies between spaces; punctuation stands alone. So the same word is the same piece wherever it stands,
and a sentence is a few tens of pieces where it is hundreds of bytes.
"""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

PIECES = 64
PIECE_BYTES = 16
PAD = 256  # beside the 256 bytes
_WORD = re.compile(r"\w+|[^\w\s]")


def spell(texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Bytes (b, PIECES, PIECE_BYTES), filled up with PAD, and which pieces there are (b, PIECES).

    Case is dropped. A word of more than PIECE_BYTES is several pieces, cut between characters; what comes after
    PIECES pieces is left out. An empty text has no piece; a lone surrogate, which UTF-8 can't say, reads as "?".
    """
    bytes_ = np.full((len(texts), PIECES, PIECE_BYTES), PAD, np.int64)
    there = np.zeros((len(texts), PIECES), bool)
    for row, text in enumerate(texts):
        for place, piece in enumerate(_pieces(text)):
            bytes_[row, place, : len(piece)] = list(piece)
            there[row, place] = True
    return bytes_, there


def _pieces(text: str) -> list[bytes]:
    found: list[bytes] = []
    for word in _WORD.finditer(text.lower()):
        if len(found) >= PIECES:
            break
        found += _cut(word.group())
    return found[:PIECES]


def _cut(word: str) -> list[bytes]:
    """The bytes of a word in pieces of at most PIECE_BYTES, cut between characters."""
    pieces = [b""]
    for character in word:
        said = character.encode(errors="replace")
        if len(pieces[-1]) + len(said) > PIECE_BYTES:
            pieces.append(b"")
        pieces[-1] += said
    return pieces
