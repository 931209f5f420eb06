"""A file that grows while one plays, on a thread of its own."""

from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Generic, TypeVar

from simulator.backlog import Backlog

F = TypeVar("F", bound=AbstractContextManager[object])


class Take(Generic[F]):
    """`opened` makes the file, a context manager that completes `path` on a clean exit; nothing here waits for it."""

    def __init__(self, path: Path, opened: Callable[[], F], backlog: Backlog) -> None:
        self.path = path
        self._backlog = backlog
        self._file = backlog.submit(opened)
        self._error: Exception | None = None

    @property
    def broken(self) -> bool:
        """Nothing more can be written to it."""
        return self._error is not None

    def append(self, write: Callable[[F], None]) -> None:
        """Have `write` add to the file."""
        self._backlog.submit(self._write, write)

    def close(self) -> Future[None]:
        """Begin to complete the file; the future raises OSError or ValueError where it can't be written."""
        return self._backlog.submit(self._complete)

    def _write(self, write: Callable[[F], None]) -> None:
        if self._error is None:
            try:
                write(self._file.result())
            except (OSError, ValueError) as error:
                self._error = error

    def _complete(self) -> None:
        with self._file.result():
            if self._error is not None:
                raise self._error
