"""What a headless play is saved as: a video, or a session of generated frames."""

import os
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recorder.actions import Action, Event
from recorder.caption import HEIGHT_PX, action_text, caption
from recorder.pointer import PointerShape, PointerState, draw_pointer
from recorder.schema import NO_SHAPE
from recorder.session import Session
from recorder.writer import SessionWriter, partial_path
from simulator import film
from simulator.tape import SOURCE
from simulator.world import Step

SESSION_SUFFIX = ".h5"


@dataclass(frozen=True, kw_only=True)
class VideoConfig:
    """`beside` puts the recorded screen at the left of the generated one; `scale` enlarges by whole pixels."""

    beside: bool = False
    scale: int = 1


class Output(ABC):
    """Context manager: frame by frame in, a complete file on a clean exit, nothing on an exception."""

    @abstractmethod
    def add(self, index: int, action: Action, step: Step) -> None:
        """Append what the world showed for frame `index` of the track."""

    @abstractmethod
    def __enter__(self) -> "Output": ...

    @abstractmethod
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def check_path(path: Path) -> None:
    """Raises ValueError, with the remedy, where nothing can be written at `path`."""
    if path.suffix not in (*film.SUFFIXES, SESSION_SUFFIX):
        known = ", ".join((*film.SUFFIXES, SESSION_SUFFIX))
        raise ValueError(f"'{path.suffix}' of {path} is not a format this program writes; use one of {known}")
    check_place(path)


def check_place(path: Path) -> None:
    """Raises ValueError, with the remedy, where no file of any format can be written at `path`."""
    if path.exists():
        raise ValueError(f"{path} exists already; name another file or move it away")
    if not path.parent.is_dir():
        raise ValueError(f"the folder {path.parent} is not there; make it or name another")
    if not os.access(path.parent, os.W_OK):
        raise ValueError(f"the folder {path.parent} may not be written; name another or change its rights")


def open_output(path: Path, track: Session, *, video: VideoConfig, attributes: dict[str, Any], prompt: str) -> Output:
    """The output for the path's suffix."""
    if path.suffix == SESSION_SUFFIX:
        if video != VideoConfig():
            raise ValueError(f"{path} is a session, and sessions keep their size; leave '--beside' and '--scale' out")
        return SessionOutput(path, track, attributes=attributes, prompt=prompt)
    return VideoOutput(path, track, video)


class VideoOutput(Output):
    """Pictures as a person sees them: with the pointer, of the shape the world predicts, where it truly was."""

    def __init__(self, path: Path, track: Session, config: VideoConfig) -> None:
        if config.scale < 1:
            raise ValueError(f"a scale of {config.scale} makes no picture; use 1 or more")
        self._track, self._config = track, config
        self._shapes = track.shapes()
        width, height = track.size_px
        if config.beside:
            width, height = 2 * width, height + HEIGHT_PX
        size_px = width * config.scale, height * config.scale
        self._film = film.Film(path, size_px=size_px, fps=track.fps)

    def add(self, index: int, action: Action, step: Step) -> None:
        picture = self._with_pointer(step.frame_u8, step.shape, index)
        if self._config.beside:
            picture = self._beside(picture, index, action, step)
        self._film.add(picture.repeat(self._config.scale, 0).repeat(self._config.scale, 1))

    def __enter__(self) -> "VideoOutput":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._film.__exit__(kind, error, trace)

    def _with_pointer(self, frame_u8: NDArray[np.uint8], shape: PointerShape | None, index: int) -> NDArray[np.uint8]:
        if shape is None:
            return frame_u8
        return draw_pointer(frame_u8, shape, int(self._track.pointer_x_px[index]), int(self._track.pointer_y_px[index]))

    def _beside(self, generated: NDArray[np.uint8], index: int, action: Action, step: Step) -> NDArray[np.uint8]:
        number = int(self._track.pointer_shape[index])
        shape = None if number == NO_SHAPE else self._shapes[number]
        recorded = self._with_pointer(self._track.frames[index], shape, index)
        width = generated.shape[1]
        left = caption(f"recorded   {index / self._track.fps:.1f} s   {action_text(action)}", width)
        right = caption(f"generated   dirty {int(step.dirty.sum())}   p {step.change_probability:.2f}", width)
        return np.vstack([np.hstack([left, right]), np.hstack([recorded, generated])])


class SessionOutput(Output):
    """A session of generated frames with the track's times, events and pointer positions."""

    def __init__(self, path: Path, track: Session, *, attributes: dict[str, Any], prompt: str) -> None:
        self._path, self._track = path, track
        self._events = track.events()
        self._written: int = 0
        self._prompt = prompt
        self._writer = SessionWriter(
            path, size_px=track.size_px, fps=track.fps, attributes={"source": SOURCE, **attributes}
        )

    def add(self, index: int, action: Action, step: Step) -> None:
        del action  # it derives from the events
        t_ns = int(self._track.t_ns[index])
        if index == 0:
            self._writer.add_prompt(self._prompt)
        self._writer.add_events(self._events_until(t_ns))
        pointer = PointerState(
            x_px=int(self._track.pointer_x_px[index]), y_px=int(self._track.pointer_y_px[index]), shape=step.shape
        )
        self._writer.add_frame(step.frame_u8, t_ns, pointer, int(self._track.late_ns[index]))

    def __enter__(self) -> "SessionOutput":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._writer.__exit__(kind, error, trace)
        finally:
            partial_path(self._path).unlink(missing_ok=True)  # made again by the same command: nothing to repair

    def _events_until(self, t_ns: int) -> list[Event]:
        start = self._written
        while self._written < len(self._events) and self._events[self._written].t_ns <= t_ns:
            self._written += 1
        return self._events[start : self._written]
