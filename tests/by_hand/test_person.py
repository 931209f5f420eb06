"""A desktop that does what it should gets every yes; one that fails gets the right no."""

from itertools import chain, islice
from random import Random

from tests.by_hand.fake_desk import FakeDesk
from tests.by_hand.person import Done, Person
from tests.by_hand.schedule import Task, rounds


def do(desk: FakeDesk, *tasks: Task) -> list[Done]:
    """What comes of the tasks, one after the other, on a desktop that has just begun."""
    person = Person(desk, Random(1))  # pyright: ignore[reportArgumentType]
    return [person.do(task) for task in tasks]


def held(desk: FakeDesk, *tasks: Task) -> list[bool | None]:
    return [done.verdict.held for done in do(desk, *tasks)]


OPEN, CLICK, DRAG, CLOSE = Task("open", "terminal"), Task("click"), Task("drag"), Task("close")


def test_a_desktop_that_does_all_gets_every_yes() -> None:
    desk = FakeDesk()
    tasks = list(chain.from_iterable(islice(rounds(Random(1)), 2)))
    said = [(task, done.verdict) for task, done in zip(tasks, do(desk, *tasks), strict=True)]
    wrong = [one for one in said if one[1].held is False]
    assert not wrong, wrong
    assert sum(one[1].held is True for one in said) > 0.9 * len(said)
    assert desk.panes == [], "all is closed again"


def test_prompts_in_play_and_new_starts_are_judged_by_the_look() -> None:
    wishes = [Task("wish", text) for text in ("make the wallpaper green", "make the theme dark", "open the calculator")]
    again = Task("wish", "make the theme dark")
    start = Task("start", "light theme, red wallpaper, no window open")
    assert held(FakeDesk(), *wishes, again, start, CLOSE) == [True, True, True, None, True, None]
    assert held(FakeDesk("dead"), *wishes, start) == [False] * 4


def test_a_dead_desktop_gets_no_yes_but_for_standing_still() -> None:
    tasks = [OPEN, Task("type", "ls"), CLICK, DRAG, Task("panel menu"), Task("walk"), Task("escape"), CLOSE]
    assert held(FakeDesk("dead"), *tasks, Task("idle")) == [False, None, None, None, False, None, None, None, True]


def test_a_copy_that_a_drag_leaves_is_no_drag() -> None:
    assert held(FakeDesk("copies"), OPEN, DRAG) == [True, False]


def test_a_click_that_closes_is_seen_and_the_window_is_forgotten() -> None:
    assert held(FakeDesk("click closes"), OPEN, CLICK, Task("type", "ls"), CLOSE) == [True, False, None, None]


def test_a_screen_that_changes_by_itself_is_not_idle() -> None:
    (done,) = do(FakeDesk("restless"), Task("idle"))
    assert done.verdict.held is False and done.verdict.why.startswith("150 of 150")


def test_what_is_typed_beside_the_window_is_not_in_it() -> None:
    assert held(FakeDesk("spills"), OPEN, Task("type", "ls")) == [True, False]


def test_what_did_not_close_is_left_to_do() -> None:
    person = Person(FakeDesk(), Random(1))  # pyright: ignore[reportArgumentType]
    person.do(OPEN)
    assert person.what_is_left() == [CLOSE]
    person.forget()
    assert person.what_is_left() == []
