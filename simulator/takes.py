"""What the player saves while playing: a session, a GIF, screenshots."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recorder.pointer import draw_pointer
from simulator import reel
from simulator.order import Order
from simulator.output import SESSION_SUFFIX, check_path
from simulator.reel import Reel
from simulator.souvenir import free_path, save_png
from simulator.tape import Tape
from simulator.world import Step


class Takes:
    """At most one session and one GIF in the making, in `folder`; `record` is a session to begin with the first frame.

    A session ends where a frame does not follow from the one before; a GIF goes on. `say` tells the player.
    """

    def __init__(
        self,
        *,
        size_px: tuple[int, int],
        fps: float,
        record: Path | None,
        folder: Path,
        disk: Executor,
        say: Callable[[str], None],
    ) -> None:
        self._size_px, self._fps, self._folder, self._disk, self._say = size_px, fps, folder, disk, say
        self._next = record
        self._tape: Tape | None = None
        self._reel: Reel | None = None
        self._closing: tuple[Path, Future[None]] | None = None

    @property
    def names(self) -> list[str]:
        """The files in the making."""
        return [take.path.name for take in (self._tape, self._reel) if take is not None]

    def add(self, order: Order, step: Step, *, prompt: str, attributes: dict[str, object]) -> None:
        """A frame has come: `prompt` is the one in force, `attributes` what a session says of its play."""
        if order.fresh:
            self._end_session()
        if self._next is not None:
            path, self._next = self._next, None
            self._tape = Tape(path, size_px=self._size_px, fps=self._fps, attributes=attributes, disk=self._disk)
            self._tape.add(order, step, prompt)
        elif self._tape is not None:
            self._tape.add(order, step, order.prompt)
        self._film(step, order.x_px, order.y_px)

    def switch_session(self) -> None:
        """Record from the next frame on, or end the recording."""
        if self._tape is None and self._next is None:
            self._next = self._free_path(SESSION_SUFFIX)
        else:
            self._next = None
            self._end_session()

    def switch_gif(self, step: Step, x_px: int, y_px: int) -> None:
        """Film from what is shown now on, or end the film."""
        if self._reel is not None:
            self._end_gif()
        elif self._closing is not None:
            self._say(f"{self._closing[0]} is still being written; try again")
        elif (path := self._free_path(reel.SUFFIX)) is not None:
            self._reel = Reel(path, size_px=self._size_px, fps=self._fps, disk=self._disk)
            self._film(step, x_px, y_px)

    def screenshot(self, step: Step, x_px: int, y_px: int) -> None:
        """Save what is shown, with the pointer."""
        path = free_path(self._folder, ".png")
        try:
            save_png(_with_pointer(step, x_px, y_px), path)
        except OSError as error:
            self._say(f"no screenshot: {error}")
        else:
            self._say(f"saved {path}")

    def look_after(self) -> None:
        """Say when a GIF has been written."""
        if self._closing is not None and self._closing[1].done():
            self._say_closed()

    def close(self) -> None:
        """End and complete everything."""
        self._end_session()
        self._end_gif()
        if self._closing is not None:
            self._say_closed()

    def _film(self, step: Step, x_px: int, y_px: int) -> None:
        if self._reel is not None:
            self._reel.add(_with_pointer(step, x_px, y_px))
            if self._reel.full:
                self._end_gif()

    def _end_session(self) -> None:
        tape, self._tape = self._tape, None
        if tape is not None:
            tape.close()
            self._say(f"saved {tape.path}")

    def _end_gif(self) -> None:
        film, self._reel = self._reel, None
        if film is not None:
            self._closing = film.path, film.close()

    def _say_closed(self) -> None:
        assert self._closing is not None
        (path, closed), self._closing = self._closing, None
        error = closed.exception()
        self._say(f"saved {path}" if error is None else f"no GIF: {error}")

    def _free_path(self, suffix: str) -> Path | None:
        """A name that can be written, or None after the player was told why there is none."""
        path = free_path(self._folder, suffix)
        try:
            check_path(path)
        except ValueError as error:
            self._say(f"not recorded: {error}")
            return None
        return path


def _with_pointer(step: Step, x_px: int, y_px: int) -> NDArray[np.uint8]:
    return step.frame_u8 if step.shape is None else draw_pointer(step.frame_u8, step.shape, x_px, y_px)
