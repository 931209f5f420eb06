"""What waits for the thread that writes."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any, ParamSpec, TypeVar

_P = ParamSpec("_P")
_T = TypeVar("_T")


class Backlog:
    """Hands work to `disk`, which must run it in order, as one thread does; `full` while `room` jobs wait for it.

    Handing over never waits, so who does it hands over nothing more while it is full.
    """

    def __init__(self, disk: Executor, room: int) -> None:
        self._disk, self._room = disk, room
        self._waiting: deque[Future[Any]] = deque()

    @property
    def full(self) -> bool:
        while self._waiting and self._waiting[0].done():
            self._waiting.popleft()
        return len(self._waiting) >= self._room

    def submit(self, work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> Future[_T]:
        """Have it done after all that was handed over before."""
        future = self._disk.submit(work, *args, **kwargs)
        self._waiting.append(future)
        return future
