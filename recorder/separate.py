"""A function call in a process of its own: a crash or an endless loop in a C library ends only that process."""

import signal
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, TypeVar

Result = TypeVar("Result")


class SeparateProcess:
    """Context manager: one process that takes calls, replaced when it died or did not come back."""

    def __init__(self) -> None:
        self._context = get_context("spawn")

    def call(self, function: Callable[..., Result], *arguments: Any, timeout_s: float) -> Result:
        """What the function returns, which must not raise; it and its arguments must pickle.

        Raises ChildProcessError where the process died and TimeoutError where it took too long.
        """
        self._connection.send((function, arguments))
        try:
            if self._connection.poll(timeout_s):
                return self._connection.recv()
        except (EOFError, ConnectionError) as error:
            self._restart()
            raise ChildProcessError("the process died") from error
        self._restart()
        raise TimeoutError(f"no answer within {timeout_s:g} s")

    def _restart(self) -> None:
        self._stop()
        self._start()

    def _start(self) -> None:
        self._connection, theirs = self._context.Pipe()
        self._process = self._context.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()

    def _stop(self) -> None:
        self._process.kill()
        self._process.join()
        self._connection.close()

    def __enter__(self) -> "SeparateProcess":
        self._start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()


def _serve(connection: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the parent, which ends this process
    while True:
        function, arguments = connection.recv()
        connection.send(function(*arguments))
