"""Records what is played into the session format."""

from functools import partial
from pathlib import Path
from typing import Any

from recorder.pointer import PointerState
from recorder.writer import SessionWriter
from simulator.backlog import Backlog
from simulator.order import Order
from simulator.take import Take
from simulator.world import Step

SOURCE = "dream"


class Tape(Take[SessionWriter]):
    """A growing session at `path`."""

    def __init__(
        self, path: Path, *, size_px: tuple[int, int], fps: float, attributes: dict[str, Any], backlog: Backlog
    ) -> None:
        attributes = {"source": SOURCE, **attributes}
        super().__init__(path, partial(SessionWriter, path, size_px=size_px, fps=fps, attributes=attributes), backlog)

    def add(self, order: Order, step: Step, prompt: str | None) -> None:
        """Append the frame that came of an order; `prompt` where it has changed."""
        self.append(partial(_write, order=order, step=step, prompt=prompt))


def _write(writer: SessionWriter, order: Order, step: Step, prompt: str | None) -> None:
    if prompt is not None:
        writer.add_prompt(prompt)
    writer.add_events(order.events)
    pointer = PointerState(x_px=order.x_px, y_px=order.y_px, shape=step.shape)
    writer.add_frame(step.frame_u8, order.t_ns, pointer, order.late_ns)
