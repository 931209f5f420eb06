"""One injected monotonic clock and absolute deadlines on it."""

import time
from collections.abc import Iterable, Iterator
from typing import Protocol, runtime_checkable


@runtime_checkable
class Clock(Protocol):
    """Monotonic nanoseconds and a way to wait for one of them."""

    def now_ns(self) -> int: ...

    def sleep_until_ns(self, deadline_ns: int) -> None: ...


class MonotonicClock:
    """The system's monotonic clock: the one X11 servers stamp their events with."""

    def now_ns(self) -> int:
        return time.monotonic_ns()

    def sleep_until_ns(self, deadline_ns: int) -> None:
        time.sleep(max(0, deadline_ns - self.now_ns()) / 1e9)


class FakeClock:
    """A clock for tests: sleeping moves it, nothing else does."""

    def __init__(self, start_ns: int = 0) -> None:
        self._now_ns = start_ns

    def now_ns(self) -> int:
        return self._now_ns

    def sleep_until_ns(self, deadline_ns: int) -> None:
        self._now_ns = max(self._now_ns, deadline_ns)

    def advance(self, ns: int) -> None:
        self._now_ns += ns


def deadlines(clock: Clock, fps: float) -> Iterator[tuple[int, int]]:
    """Yield (deadline_ns, skipped) at the rate `fps`, for ever; never two for one period, never bunched up.

    Deadlines are absolute, so that lateness does not add up; periods that passed while the caller was busy are
    counted as skipped.
    """
    start_ns = clock.now_ns()
    index = 0
    while True:
        due = int((clock.now_ns() - start_ns) * fps / 1e9)
        skipped = max(0, due - index)
        index += skipped
        deadline_ns = start_ns + round(index * 1e9 / fps)
        clock.sleep_until_ns(deadline_ns)
        yield deadline_ns, skipped
        index += 1


def planned(clock: Clock, deadlines_ns: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield (deadline_ns, 0) at each of these times; none is skipped: where the caller was busy it comes late."""
    for deadline_ns in deadlines_ns:
        clock.sleep_until_ns(deadline_ns)
        yield deadline_ns, 0
