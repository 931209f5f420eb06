"""A toy desktop for the models' tests: 128x128 pixels, and a click toggles the tile under it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import jaxtyping
import numpy as np

from recorder.actions import Event, EventKind
from recorder.clock import FakeClock
from recorder.pointer import PointerShape, PointerState
from recorder.writer import SessionWriter

SIZE_PX = (128, 128)
FPS = 15.0
PERIOD_NS = round(1e9 / FPS)
ARROW = PointerShape(rgba=np.full((4, 4, 4), 255, np.uint8), hot_x_px=0, hot_y_px=0, name="left_ptr")
OFF, ON = (40, 70, 120), (230, 190, 60)


class StepClock(FakeClock):
    """7.5 s pass with each look at it, so that a minute of a budget is eight training steps."""

    def now_ns(self) -> int:
        self.advance(7_500_000_000)
        return super().now_ns()


@contextmanager
def unchecked() -> Iterator[None]:
    """Checks of shapes take a third of a training's time; `test_train_all` trains with them."""
    before = jaxtyping.config.jaxtyping_disable
    jaxtyping.config.update("jaxtyping_disable", True)
    try:
        yield
    finally:
        jaxtyping.config.update("jaxtyping_disable", before)


def write_toy_session(path: Path, *, seed: int, frames: int) -> None:
    """Every fourth frame begins with a click on one of four tiles; the tile changes colour in that frame."""
    random = np.random.default_rng(seed)
    screen = np.empty((SIZE_PX[1], SIZE_PX[0], 3), np.uint8)
    screen[:] = OFF
    on = np.zeros((2, 2), bool)
    x_px, y_px = 8, 8
    with SessionWriter(path, size_px=SIZE_PX, fps=FPS, attributes={"source": "toy", "seed": seed}) as writer:
        for frame in range(frames):
            t_ns = frame * PERIOD_NS
            if frame % 4 == 1:
                row, column = random.integers(0, 2, size=2)
                x_px, y_px = int(column * 64 + 8), int(row * 64 + 8)
                at = {"x_px": x_px, "y_px": y_px}
                writer.add_events(
                    [
                        Event(t_ns=t_ns - 3000, kind=EventKind.MOTION, **at),
                        Event(t_ns=t_ns - 2000, kind=EventKind.BUTTON_DOWN, **at),
                        Event(t_ns=t_ns - 1000, kind=EventKind.BUTTON_UP, **at),
                    ]
                )
                on[row, column] ^= True
                screen[row * 64 : row * 64 + 16, column * 64 : column * 64 + 16] = ON if on[row, column] else OFF
            writer.add_frame(screen.copy(), t_ns, PointerState(x_px=x_px, y_px=y_px, shape=ARROW))
