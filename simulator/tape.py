"""Records what is played into the session format, on a thread of its own."""

from collections.abc import Sequence
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

from recorder.actions import Event
from recorder.pointer import PointerState
from recorder.writer import SessionWriter
from simulator.world import Step

SOURCE = "dream"


class Tape:
    """A growing session at `path`; `disk` must run what it is given in order, as one thread does.

    A chunk of frames takes tens of milliseconds to compress: the loop would drop pictures if it waited for that.

    Raises ValueError where `path` is taken; OSError, from a later call, where it can't be written.
    """

    def __init__(
        self, path: Path, *, size_px: tuple[int, int], fps: float, attributes: dict[str, Any], disk: Executor
    ) -> None:
        self.path = path
        self._writer = SessionWriter(path, size_px=size_px, fps=fps, attributes={"source": SOURCE, **attributes})
        self._disk = disk
        self._jobs: list[Future[None]] = []

    def add(
        self, step: Step, events: Sequence[Event], *, t_ns: int, x_px: int, y_px: int, late_ns: int, prompt: str | None
    ) -> None:
        """Append the frame generated at `t_ns` from `events`; `prompt` where it has changed."""
        for job in [job for job in self._jobs if job.done()]:
            self._jobs.remove(job)
            job.result()
        pointer = PointerState(x_px=x_px, y_px=y_px, shape=step.shape)
        self._jobs.append(self._disk.submit(self._write, step, tuple(events), pointer, t_ns, late_ns, prompt))

    def close(self) -> None:
        """Wait for the disk and complete the file."""
        self._disk.submit(self._writer.__exit__, None, None, None).result()
        for job in self._jobs:
            job.result()

    def _write(
        self, step: Step, events: Sequence[Event], pointer: PointerState, t_ns: int, late_ns: int, prompt: str | None
    ) -> None:
        if prompt is not None:
            self._writer.add_prompt(prompt)
        self._writer.add_events(events)
        self._writer.add_frame(step.frame_u8, t_ns, pointer, late_ns)
