"""The same tasks for the same seed, each round in an order that makes sense, and all kinds before long."""

from itertools import islice
from random import Random

import pytest

from recorder.explorer.forbidden import FORBIDDEN
from recorder.explorer.wish import wish_of
from tests.by_hand.schedule import APPS, CLOSINGS, Task, rounds

KINDS = {
    *("start", "wish", "open", "home", "type", "enter", "click", "drag", "idle", "panel menu", "desktop menu"),
    *("walk", "escape", "minimise", "bring back", "close", "alt+f4"),
}


def some(seed: int, count: int = 12) -> list[list[Task]]:
    return list(islice(rounds(Random(seed)), count))


def test_the_seed_decides() -> None:
    assert some(3) == some(3) != some(4)


def test_all_kinds_come_and_no_others() -> None:
    assert {task.kind for tasks in some(0, 40) for task in tasks} == KINDS


@pytest.mark.parametrize("seed", range(5))
def test_rounds_make_sense(seed: int) -> None:
    for number, tasks in enumerate(some(seed)):
        kinds = [task.kind for task in tasks]
        assert number or not {"start", "wish"} & set(kinds), "the first round is plain"
        assert "start" not in kinds[1:]
        opened = [task.what for task in tasks if task.kind == "open"]
        assert len(set(opened)) == len(opened) >= 2 and set(opened) <= set(APPS)
        wishes = [wish_of(task.what) for task in tasks if task.kind == "wish"]
        opening = kinds.count("open") + kinds.count("home") + sum(wish.attribute == "open" for wish in wishes)
        assert sum(kind in CLOSINGS for kind in kinds) == opening
        for menu in ("walk", "escape"):
            assert all(kinds[place - 1] in ("panel menu", "desktop menu", "walk") for place in _places(kinds, menu))
        for text in (task.what for task in tasks if task.kind == "type"):
            assert not FORBIDDEN.found_in(text)


def _places(kinds: list[str], kind: str) -> list[int]:
    return [place for place, one in enumerate(kinds) if one == kind]
