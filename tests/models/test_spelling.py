"""Any text is spelled, and words are cut between characters."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.spelling import PAD, PIECE_BYTES, PIECES, spell


def words(text: str) -> list[bytes]:
    bytes_, there = spell([text])
    return [bytes(int(b) for b in piece if b != PAD) for piece in bytes_[0][there[0]]]


def test_words_are_pieces_without_case_and_punctuation_stands_alone() -> None:
    assert words("Dark theme,\tan EDITOR") == [b"dark", b"theme", b",", b"an", b"editor"]


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_an_empty_text_has_no_piece(text: str) -> None:
    assert words(text) == []


def test_a_long_word_is_cut_between_characters() -> None:
    pieces = words("a" + "ä" * 10)
    assert pieces == ["aäääääää".encode(), "äää".encode()]
    assert all(len(piece) <= PIECE_BYTES for piece in pieces)


def test_a_long_text_is_cut_and_the_rest_of_a_batch_is_not() -> None:
    bytes_, there = spell(["a " * 10_000, "b"])
    assert there.sum(axis=1).tolist() == [PIECES, 1]
    assert bytes_.shape == (2, PIECES, PIECE_BYTES)


def test_null_bytes_and_lone_surrogates_are_read() -> None:
    assert words("a\0b") == [b"a", b"\0", b"b"]
    assert words("\ud800") == [b"?"]


@given(st.text(max_size=300))
def test_any_text_has_one_spelling_whose_pieces_are_text(text: str) -> None:
    pieces = words(text)
    assert len(pieces) <= PIECES and all(piece.decode() for piece in pieces)
    assert np.array_equal(spell([text])[0], spell([text.lower()])[0])
