"""Rows of which the answer is known: counts, shares, the table, names and the sheet's choice."""

import json

import numpy as np
import pytest

from recorder.box import Box
from tests.by_hand.person import Done
from tests.by_hand.schedule import Task
from tests.by_hand.scorecard import Row, summary, table
from tests.by_hand.sheet import CAPTION_HEIGHT_PX, COLUMNS, chosen, sheet
from tests.by_hand.sight import Change, Look
from tests.by_hand.verdicts import Verdict


def row(number: int, kind: str, held: bool | None, change: Change | None = None) -> Row:
    done = Done(verdict=Verdict(held, "because"), change=change)
    return Row(number=number, round=0, second=2.5 * number, frames=30, task=Task(kind, "x"), done=done)


def test_shares_are_of_what_could_be_judged() -> None:
    rows = [row(0, "open", True), row(1, "open", False), row(2, "open", None), row(3, "idle", None)]
    counts = summary(rows)
    assert counts["open"] == {"tasks": 3, "judged": 2, "held": 1, "share": 0.5}
    assert counts["idle"] == {"tasks": 1, "judged": 0, "held": 0, "share": None}
    lines = table(counts).splitlines()
    assert [line.split() for line in lines[1:]] == [
        ["idle", "1", "0", "0", "-"],
        ["open", "3", "2", "1", "50%"],
        ["all", "4", "2", "1", "50%"],
    ]


def test_a_row_tells_what_changed_and_where() -> None:
    before = np.zeros((100, 100, 3), np.uint8)
    after = before.copy()
    after[60:70, 20:40] = 1
    looks = [Look(picture_u8=picture_u8, pointer_px=(90, 5)) for picture_u8 in (before, after)]
    change = Change(before=looks[0], after=looks[1], desk=Box(x_px=0, y_px=28, width_px=100, height_px=72))
    told = row(7, "alt+f4", False, change).to_json()
    assert told["changed"] == 0.02 and told["box"] == [20, 60, 20, 10]
    assert told["picture"] == "007-alt-f4.png"
    json.dumps(told, allow_nan=False)
    assert row(0, "idle", None).to_json()["box"] is None
    assert row(4, "open", False).caption == "10s: open x: NO"


def test_of_each_stretch_of_time_what_changed_most() -> None:
    assert chosen([1, 2, 3, 9, 10], [0.1, 0.3, 0.2, 0.0, 0.0], count=2) == [1, 3]
    assert chosen([], []) == []
    assert chosen([0.0], [0.0]) == [0]
    times = [float(second) for second in range(1, 201)]
    assert len(chosen(times, [0.0] * 200)) == 25


def test_the_sheet_has_every_picture_in_its_place() -> None:
    pictures = [np.full((384, 512, 3), 10 * (number + 1), np.uint8) for number in range(COLUMNS + 1)]
    whole = np.asarray(sheet(pictures, ["a"] * len(pictures)).convert("RGB"))
    assert whole.shape == (2 * (192 + CAPTION_HEIGHT_PX), COLUMNS * 256, 3)
    assert (whole[CAPTION_HEIGHT_PX + 96, 128::256, 0] == [10 * (number + 1) for number in range(COLUMNS)]).all()
    assert whole[192 + 2 * CAPTION_HEIGHT_PX + 96, 128, 0] == 10 * (COLUMNS + 1)
    assert whole[:CAPTION_HEIGHT_PX].any(), "the captions are there"


@pytest.mark.parametrize("held, mark", [(True, "yes"), (False, "NO"), (None, "-")])
def test_the_caption_says_whether_it_held(held: bool | None, mark: str) -> None:
    assert row(0, "type", held).caption.endswith(f": {mark}")
