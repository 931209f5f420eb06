"""A scripted display and threads that run when told: the loop's surroundings without time or windows."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

from recorder.clock import FakeClock
from simulator.display import Display, Inputs, Picture


class ScriptedDisplay(Display):
    """Hands out `script` turn by turn, then nothing; keeps the pictures it was shown. Showing takes `show_ns`."""

    def __init__(self, clock: FakeClock, script: list[Inputs] | None = None, show_ns: int = 0) -> None:
        self.script = deque(script or [])
        self.pictures: list[Picture] = []
        self._clock, self._show_ns = clock, show_ns

    def poll(self, until_ns: int) -> Inputs:
        self._clock.sleep_until_ns(until_ns)
        return self.script.popleft() if self.script else Inputs()

    def show(self, picture: Picture) -> None:
        self._clock.advance(self._show_ns)
        self.pictures.append(picture)

    def close(self) -> None:
        """Nothing is held."""


class Inline(Executor):
    """Runs each job where it is submitted."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        return _run(Future(), fn, args, kwargs)


class OnDemand(Executor):
    """Runs the oldest job when `finish` is called: a thread as slow as the test wants."""

    def __init__(self) -> None:
        self._jobs: deque[tuple[Any, ...]] = deque()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self._jobs.append((future, fn, args, kwargs))
        return future

    def finish(self) -> None:
        _run(*self._jobs.popleft())

    def finish_all(self) -> None:
        while self._jobs:
            self.finish()

    @property
    def waiting(self) -> int:
        return len(self._jobs)


def _run(future: Future[Any], fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Future[Any]:
    try:
        future.set_result(fn(*args, **kwargs))
    except Exception as error:  # what a pool does: the caller gets it from the future
        future.set_exception(error)
    return future
