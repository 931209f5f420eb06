"""A key makes what it wrote before likelier, and what other keys wrote less so; of the rest it says nothing."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from models import events
from models.desk import load_desk, save_desk
from models.typed import LAG_FRAMES, MOST_CELLS, NOTHING_TYPED, PRIOR, WRITES, Presses, Typed, writing
from recorder.actions import KEY_INDEX
from tests.models.random_desk import random_desk

A, B = (2 * KEY_INDEX[name] for name in ("KeyA", "KeyB"))
SHIFT, CONTROL = 1, 2


def row(frame: int = 10, key: str = "KeyA", modifiers: int = 0) -> np.ndarray:
    return np.array([frame, events.FIRST_KEY + KEY_INDEX[key], 5, 5, modifiers])


def test_a_key_writes_soon_and_alone_or_with_shift() -> None:
    assert writing(row(), 10) == writing(row(), 10 + LAG_FRAMES) == A
    assert writing(row(modifiers=SHIFT), 11) == A + 1
    assert writing(row(), 11 + LAG_FRAMES) is None
    assert writing(row(modifiers=CONTROL), 10) is None
    assert writing(np.array([10, 0, 5, 5, 0]), 10) is None  # a press of the left button


def test_what_a_key_says_is_bayes_rule_on_counts() -> None:
    typed = Typed.of(Counter({(70, A): 9, (71, B): 9, (71, A): 1, (99, B): 5}), [60, 70, 71])
    nats = typed.says(A, 3)
    share = (10 + 1 / WRITES) / (19 + 1)
    expected = [np.log((times + PRIOR * share) / (total + PRIOR) / share) for times, total in ((9, 9), (1, 10))]
    assert nats.tolist() == pytest.approx([0, *expected], abs=1e-6)
    assert nats[1] > 0 > nats[2]


def test_contents_behind_the_palette_are_not_spoken_of() -> None:
    typed = Typed.of(Counter({(70, A): 9, (71, B): 9}), [70, 71])
    assert typed.says(A, 1).shape == (1,)
    assert not NOTHING_TYPED.says(A, 4).any()


def test_counts_that_make_no_sense_are_refused() -> None:
    one = np.ones(1, np.int64)
    for content, way, times in ((one, one, one[:0]), (-one, one, one), (one, WRITES * one, one), (one, one, 0 * one)):
        with pytest.raises(ValueError, match="key"):
            Typed(content=content, way=way, times=times)


def test_a_desk_keeps_what_was_typed(tmp_path: Path) -> None:
    desk = random_desk()
    typed = Typed.of(Counter({(11, A): 3, (12, B): 1}), [12, 11])
    save_desk(tmp_path, replace(desk, library=replace(desk.library, typed=typed)))
    kept = load_desk(tmp_path).library.typed
    assert all(np.array_equal(getattr(typed, name), getattr(kept, name)) for name in ("content", "way", "times"))


def test_each_press_writes_once_and_the_oldest_first() -> None:
    presses = Presses()
    for key in ("ShiftLeft", "KeyA", "KeyB"):
        presses.take(row(key=key).tolist())
    assert presses.way(10) == A and not presses.done(10)
    presses.wrote(10, 1)
    assert presses.way(11) == B and not presses.done(11)
    presses.wrote(11, 2)
    assert presses.way(12) is None and presses.done(12)
    presses.take(row(frame=13).tolist())
    assert presses.way(13) == A and presses.way(14 + LAG_FRAMES) is None


def test_what_is_larger_than_a_letter_leaves_none_to_be_written() -> None:
    presses = Presses()
    presses.take(row().tolist())
    presses.wrote(11, MOST_CELLS + 1)
    assert presses.way(11) is None and presses.done(11)


def test_a_press_of_a_button_writes_nothing_and_has_written_nothing() -> None:
    presses = Presses()
    presses.take([10, 0, 5, 5, 0])
    presses.wrote(10, 1)
    assert presses.way(10) is None and not presses.done(10)
