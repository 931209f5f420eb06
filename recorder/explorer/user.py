"""Who uses a sandbox: a thread that moves and types, and one that has told what is on the screen."""

import threading
from abc import ABC, abstractmethod

from Xlib import error

from recorder.doors import DisplayGone
from recorder.explorer.narrator import Narrator
from recorder.explorer.sandbox import Sandbox
from recorder.explorer.watch import Watch
from recorder.prompt import Prompt

LOOK_PERIOD_S = 1 / 15  # windows are looked at no more often
IDLE_S = 0.5  # how long a watcher waits before it sees whether it should stop


class User(ABC):
    """Context manager: uses the sandbox from its beginning to its end; `failure` is what stopped it before that."""

    def __init__(self, sandbox: Sandbox, seed: int) -> None:
        self.seed = seed
        self.failure: Exception | None = None
        self._sandbox = sandbox
        self._stop = threading.Event()
        self._narrator = Narrator(sandbox.appearance, sandbox.policy.grammar, seed)
        self._thread = threading.Thread(target=self._run, name="user", daemon=True)
        self._watch = threading.Thread(target=self._watch_windows, name="watch", daemon=True)

    @abstractmethod
    def _use(self) -> None:
        """Use the sandbox until `_stop` is set."""

    def caption(self) -> Prompt | None:
        """The prompt for the next frame if it changed since the last call."""
        return self._narrator.take()

    def __enter__(self) -> "User":
        self._thread.start()
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self._watch.join()

    def _run(self) -> None:
        try:
            self._use()
        except (error.ConnectionClosedError, OSError, ValueError) as failure:
            self.failure = failure

    def _watch_windows(self) -> None:
        watch = Watch(self._sandbox.display)
        try:
            changed = True
            while not self._stop.is_set():
                if changed:
                    self._narrator.see(*watch.look())
                    self._stop.wait(LOOK_PERIOD_S)
                changed = watch.changed(IDLE_S)
        except DisplayGone as gone:
            self.failure = gone
        finally:
            watch.close()
