"""Records what is played into the session format, on a thread of its own."""

from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

from recorder.pointer import PointerState
from recorder.writer import SessionWriter
from simulator.order import Order
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

    def add(self, order: Order, step: Step, prompt: str | None) -> None:
        """Append the frame that came of an order; `prompt` where it has changed."""
        for job in [job for job in self._jobs if job.done()]:
            self._jobs.remove(job)
            job.result()
        self._jobs.append(self._disk.submit(self._write, order, step, prompt))

    def close(self) -> None:
        """Wait for the disk and complete the file."""
        self._disk.submit(self._writer.__exit__, None, None, None).result()
        for job in self._jobs:
            job.result()

    def _write(self, order: Order, step: Step, prompt: str | None) -> None:
        if prompt is not None:
            self._writer.add_prompt(prompt)
        self._writer.add_events(order.events)
        pointer = PointerState(x_px=order.x_px, y_px=order.y_px, shape=step.shape)
        self._writer.add_frame(step.frame_u8, order.t_ns, pointer, order.late_ns)
