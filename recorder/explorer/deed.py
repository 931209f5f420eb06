"""What is done again, and when: a score in, calls of a hand and of wishes out."""

import threading
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import NamedTuple, Protocol

from recorder.actions import Event, EventKind
from recorder.clock import Clock
from recorder.doors import Injector
from recorder.explorer.score import Asked, Score
from recorder.explorer.wish import Wish


class Wishes(Protocol):
    """Has wishes told and makes them come true."""

    def ask(self, text: str) -> None: ...

    def grant(self, wish: Wish) -> None: ...

    def end(self) -> None: ...


class Deed(NamedTuple):
    """`do` is called so long after the deadline of the first frame; before it where `after_ns` is negative."""

    after_ns: int
    do: Callable[[], None]


def deeds(score: Score, injector: Injector, wishes: Wishes) -> list[Deed]:
    """All of a score, in the order of time."""
    done = [*_inputs(score, injector), *(deed for asked in score.wishes for deed in _wished(asked, wishes))]
    return sorted(done, key=lambda deed: deed.after_ns)


def perform(deeds: Iterable[Deed], clock: Clock, start_ns: int, stop: threading.Event) -> None:
    """Do each in its time after `start_ns`, or at once where that has passed, until `stop` is set."""
    for deed in deeds:
        clock.sleep_until_ns(start_ns + deed.after_ns)
        if stop.is_set():
            return
        deed.do()


def _inputs(score: Score, injector: Injector) -> Iterator[Deed]:
    """The pointer goes first to where it was first: an observer may have come after its first move."""
    begin_ns = min([0, *(event.t_ns for event in score.events)])
    yield Deed(begin_ns, partial(injector.move, *score.start_px))
    for event in score.events:
        yield Deed(event.t_ns, partial(_inject, injector, event))


def _inject(injector: Injector, event: Event) -> None:
    match event.kind:
        case EventKind.MOTION:
            injector.move(event.x_px, event.y_px)
        case EventKind.SCROLL:
            injector.scroll(event.dx, event.dy)
        case EventKind.BUTTON_DOWN | EventKind.BUTTON_UP:
            injector.button(event.code, event.kind == EventKind.BUTTON_DOWN)
        case EventKind.KEY_DOWN | EventKind.KEY_UP:
            injector.key(event.code, event.kind == EventKind.KEY_DOWN)


def _wished(asked: Asked, wishes: Wishes) -> Iterator[Deed]:
    yield Deed(asked.begin_ns, partial(wishes.ask, asked.text))
    yield Deed(asked.granted_ns, partial(wishes.grant, asked.wish))
    if asked.end_ns is not None:
        yield Deed(asked.end_ns, wishes.end)
