"""Frames, pointer, events and prompts in; the files of a recording out, which rolls over and can forget its end."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recorder import schema
from recorder.actions import Event
from recorder.excerpt import held, releases
from recorder.forget import MINUTE_NS, Cut, forget
from recorder.pointer import PointerState
from recorder.prompt import Prompt
from recorder.segments import later_segments, segment_path
from recorder.session import Session
from recorder.states import Keyboard
from recorder.writer import SessionWriter, partial_path


class RecordingWriter:
    """Context manager with the verbs of SessionWriter, for one recording in one or more files.

    A segment holds at most `segment_minutes` from its first frame to its last; then the next one begins, and the full
    one gets its final name as soon as the next has a frame, so that a crash costs the running one's last second.
    Each begins with the presses, where the last event was, and the prompt that still hold: a session by itself.
    `recording_id` tells the files of this recording from those of others.

    Raises ValueError as SessionWriter does, and when a file has the name of a later segment.
    """

    def __init__(
        self,
        path: Path,
        *,
        size_px: tuple[int, int],
        fps: float,
        recording_id: str,
        attributes: dict[str, Any] | None = None,
        segment_minutes: float = math.inf,
    ) -> None:
        for file in later_segments(path).values():
            raise ValueError(f"{file} is there already, of another recording; name another file or move it away")
        self.path, self._segment_ns = path, segment_minutes * MINUTE_NS
        self._attributes = {**(attributes or {}), schema.RECORDING: recording_id}
        self._new_file = partial(SessionWriter, size_px=size_px, fps=fps)
        self._number = self._frames_before = 0
        self._held: list[Event] = []
        self._keyboard = Keyboard()
        self._at_px = (0, 0)  # of the last event
        self._prompt: list[Prompt] = []  # the one in force, or none
        self._first_t_ns: int | None = None
        self._forget_pending()
        self._begin_segment()

    @property
    def frames_written(self) -> int:
        """How many frames of the recording the operating system has."""
        return self._frames_before + self._writer.frames_written

    def add_events(self, events: Sequence[Event]) -> None:
        """Append input events; they come in time order and are written with the frame they belong to."""
        self._events.extend(events)

    def add_raw(self, rows: Iterable[tuple[object, ...]]) -> None:
        """Append rows of RAW_DTYPE; they come in time order."""
        self._writer.add_raw(rows)

    def switch_keyboard(self, keyboard: Keyboard) -> None:
        """Which locks and layout hold from the next frame on."""
        self._keyboard = keyboard
        self._writer.switch_keyboard(keyboard)

    def add_prompt(self, text: str, attributes_json: str = "") -> None:
        """What the screen shows from the next frame on, and the same as a JSON object where that is known."""
        self._prompts.append(Prompt(text, attributes_json))

    def add_pause(self) -> None:
        """Say that nothing was recorded for a while before the next frame."""
        self._paused = True

    def add_frame(self, rgb: NDArray[np.uint8], t_ns: int, pointer: PointerState, late_ns: int = 0) -> None:
        """Append a frame (H, W, 3) captured at t_ns.

        Raises ValueError when the disk is full; the files then hold everything up to the last flush.
        """
        if self._first_t_ns is None or t_ns - self._first_t_ns < self._segment_ns:
            self._append(rgb, t_ns, pointer, late_ns)
            return
        with self._writer as full:  # complete only once what follows it is there
            full.flush()
            self._frames_before += full.frames_written
            self._number, self._first_t_ns = self._number + 1, None
            self._begin_segment()
            self._append(rgb, t_ns, pointer, late_ns)
            self._writer.flush()
            full.set_attribute(schema.CONTINUES, True)

    def forget(self, minutes: float, t_ns: int) -> int:
        """Remove the last minutes of recorded time from the files' bytes too; returns how many frames that were.

        What is held where the recording is cut is released at t_ns, the time of asking, and the place is marked as a
        pause. Raises ValueError, with the remedy, where the system refuses.
        """
        self._forget_pending()
        self._writer.close(complete=False)
        paths = [segment_path(self.path, number) for number in range(self._number + 1)]
        cut = forget([*paths[:-1], partial_path(paths[-1])], minutes)
        self._resume(paths[cut.segment], cut)
        self._events = releases(self._held, t_ns)
        self._paused = True
        return cut.forgotten

    def _begin_segment(self) -> None:
        carried = [] if self._prompts else self._prompt
        numbers = {
            schema.SEGMENT: self._number,
            schema.CONTINUES: False,
            schema.CARRIED_EVENTS: len(self._held),
            schema.CARRIED_PROMPTS: len(carried),
        }
        self._writer = self._new_file(segment_path(self.path, self._number), attributes={**self._attributes, **numbers})
        self._writer.add_events([replace(press, x_px=self._at_px[0], y_px=self._at_px[1]) for press in self._held])
        self._writer.switch_keyboard(self._keyboard)
        for prompt in carried:
            self._writer.add_prompt(*prompt)

    def _resume(self, path: Path, cut: Cut) -> None:
        with Session(partial_path(path)) as session:
            self._held = held(session.events())
            self._prompt = [prompt for _, prompt in session.whole_prompts()][-1:]
            self._first_t_ns = int(session.t_ns[0]) if len(session) else None
        self._number, self._frames_before = cut.segment, cut.before
        self._writer = SessionWriter.resume(path)
        self._writer.switch_keyboard(self._keyboard)

    def _append(self, rgb: NDArray[np.uint8], t_ns: int, pointer: PointerState, late_ns: int) -> None:
        if self._paused:
            self._writer.add_pause()
        for prompt in self._prompts:
            self._writer.add_prompt(*prompt)
        self._prompt = [*self._prompt, *self._prompts][-1:]
        later = next((place for place, event in enumerate(self._events) if event.t_ns > t_ns), len(self._events))
        happened, to_come = self._events[:later], self._events[later:]
        self._writer.add_events(happened)
        self._held = held([*self._held, *happened])
        self._at_px = next(((event.x_px, event.y_px) for event in reversed(happened)), self._at_px)
        self._writer.add_frame(rgb, t_ns, pointer, late_ns)
        self._forget_pending()
        self._events = to_come
        self._first_t_ns = t_ns if self._first_t_ns is None else self._first_t_ns

    def _forget_pending(self) -> None:
        self._events: list[Event] = []
        self._prompts: list[Prompt] = []
        self._paused = False

    def __enter__(self) -> "RecordingWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.add_events(self._events)
        self._writer.__exit__(kind, error, trace)
