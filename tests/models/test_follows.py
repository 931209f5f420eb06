"""What was often seen to follow is likelier; of what was never there nothing is said."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from models.desk import load_desk, save_desk
from models.follows import NOTHING_FOLLOWS, Follows
from tests.models.random_desk import random_desk

NINE, FIVE, UNSEEN, LIT_NINE, LIT_FIVE, NEVER = 101, -102, 103, 111, -112, 113
FOLLOWS = Follows.of(Counter({(NINE, LIT_NINE): 20, (FIVE, LIT_FIVE): 30, (FIVE, NINE): 50, (UNSEEN, NEVER): 1}))


def _says(before: int, *after: int) -> list[float]:
    return FOLLOWS.says(np.array([before]), np.array(after)[:, None])[:, 0].tolist()


def test_a_nine_lights_up_as_a_nine() -> None:
    nine, five, never = _says(NINE, LIT_NINE, LIT_FIVE, NEVER)
    assert nine == pytest.approx(np.log((20 + 0.2) / (21 * 0.2)))
    assert five == pytest.approx(np.log(1 / 31)) and never == 0


def test_nothing_is_said_of_what_was_never_there_and_of_what_stays() -> None:
    assert _says(UNSEEN, LIT_NINE, LIT_FIVE, NEVER) == [0, 0, 0]
    assert _says(FIVE, FIVE) == [0]
    assert not NOTHING_FOLLOWS.says(np.array([NINE]), np.array([[LIT_NINE]])).any()


def test_each_cell_is_asked_for_itself() -> None:
    both = FOLLOWS.says(np.array([NINE, FIVE]), np.array([[LIT_NINE, LIT_FIVE], [LIT_FIVE, LIT_NINE]]))
    assert (both[0] > 0).all() and (both[1] < -1).all()


def test_a_damaged_table_is_refused() -> None:
    one = np.ones(1, np.int64)
    with pytest.raises(ValueError, match="how often"):
        Follows(before=one, after=one, times=np.ones(2, np.int64))
    with pytest.raises(ValueError, match="never seen"):
        Follows(before=one, after=one, times=0 * one)


def test_a_desk_keeps_what_follows(tmp_path: Path) -> None:
    desk = random_desk()
    save_desk(tmp_path, replace(desk, library=replace(desk.library, follows=FOLLOWS)))
    kept = load_desk(tmp_path).library.follows
    assert len(kept.times) == 3
    assert all(np.array_equal(getattr(FOLLOWS, name), getattr(kept, name)) for name in ("before", "after", "times"))
