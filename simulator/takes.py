"""What the player saves while playing: a session, a GIF, screenshots."""

from collections.abc import Callable
from concurrent.futures import Executor, Future, wait
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recorder.pointer import draw_pointer
from simulator import reel
from simulator.backlog import Backlog
from simulator.order import Order
from simulator.output import SESSION_SUFFIX, check_place
from simulator.reel import Reel
from simulator.souvenir import free_path, save_png
from simulator.tape import Tape
from simulator.world import Step

SECONDS = 10  # of 512x384 at 15 frames a second: 88 MB


class Takes:
    """At most one session and one GIF in the making, in `folder`; `record` is a session to begin with the first frame.

    A session ends where a frame does not follow from the one before; a GIF goes on. `say` tells the player. All is
    written by `disk`, and only `close` waits for it. Of the frames that wait it holds SECONDS of play: who adds more
    waits while it is `full`, so that nothing is lost on a disk that is too slow.
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
        self._size_px, self._fps, self._folder, self._say = size_px, fps, folder, say
        self._backlog = Backlog(disk, room=round(SECONDS * fps))
        self._next = record
        self._tape: Tape | None = None
        self._reel: Reel | None = None
        self._saving: list[tuple[Path, Future[None]]] = []
        self._lost: BaseException | None = None

    @property
    def names(self) -> list[str]:
        """The files in the making."""
        return [take.path.name for take in (self._tape, self._reel) if take is not None]

    @property
    def unfinished(self) -> bool:
        """Whether `close` has something to wait for."""
        return bool(self.names or self._saving)

    @property
    def full(self) -> bool:
        """The disk is so far behind that no frame should be added."""
        return self._backlog.full

    def add(self, order: Order, step: Step, *, prompt: str, attributes: dict[str, object]) -> None:
        """A frame has come: `prompt` is the one in force, `attributes` what a session says of its play."""
        if order.fresh:
            self._end_session()
        if self._next is not None:
            path, self._next = self._next, None
            self._tape = Tape(path, size_px=self._size_px, fps=self._fps, attributes=attributes, backlog=self._backlog)
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
        elif (path := self._free_path(reel.SUFFIX)) is not None:
            self._reel = Reel(path, size_px=self._size_px, fps=self._fps, backlog=self._backlog)
            self._film(step, x_px, y_px)

    def screenshot(self, step: Step, x_px: int, y_px: int) -> None:
        """Save what is shown, with the pointer."""
        path = self._free_path(".png")
        if path is not None:
            self._saving.append((path, self._backlog.submit(save_png, _with_pointer(step, x_px, y_px), path)))

    def look_after(self) -> None:
        """End what can't be written, and say what has been."""
        if self._tape is not None and self._tape.broken:
            self._end_session()
        if self._reel is not None and self._reel.broken:
            self._end_gif()
        done = [saving for saving in self._saving if saving[1].done()]
        for path, saved in done:
            self._saving.remove((path, saved))
            error = saved.exception()
            self._lost = self._lost or error
            self._say(f"saved {path}" if error is None else f"not saved: {error}")

    def close(self) -> None:
        """End everything and wait until it is complete.

        Raises OSError or ValueError, the first one, where something of the whole play could not be written.
        """
        self._end_session()
        self._end_gif()
        wait([saved for _, saved in self._saving])
        self.look_after()
        if self._lost is not None:
            raise self._lost

    def _film(self, step: Step, x_px: int, y_px: int) -> None:
        if self._reel is not None:
            self._reel.add(_with_pointer(step, x_px, y_px))
            if self._reel.full:
                self._end_gif()

    def _end_session(self) -> None:
        tape, self._tape = self._tape, None
        if tape is not None:
            self._saving.append((tape.path, tape.close()))

    def _end_gif(self) -> None:
        film, self._reel = self._reel, None
        if film is not None:
            self._saving.append((film.path, film.close()))

    def _free_path(self, suffix: str) -> Path | None:
        """A name that can be written, or None after the player was told why there is none."""
        if self.full:
            self._say("not saved: the disk is behind; try again")
            return None
        making = [take.path for take in (self._tape, self._reel) if take is not None]
        path = free_path(self._folder, suffix, taken=[*making, *(path for path, _ in self._saving)])
        try:
            check_place(path)
        except ValueError as error:
            self._say(f"not saved: {error}")
            return None
        return path


def _with_pointer(step: Step, x_px: int, y_px: int) -> NDArray[np.uint8]:
    return step.frame_u8 if step.shape is None else draw_pointer(step.frame_u8, step.shape, x_px, y_px)
