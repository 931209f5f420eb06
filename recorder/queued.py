"""A recording's writer in, the same verbs out, done by a thread: packing a chunk of frames delays no frame."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from recorder.actions import Event
from recorder.pointer import PointerState
from recorder.recording import RecordingWriter
from recorder.states import Keyboard

Result = TypeVar("Result")


class QueuedWriter:
    """Context manager within that of a RecordingWriter, whose verbs it does in their order.

    At most `room` verbs, and so frames, wait. A writer that can't keep up lets the next verb wait: then frames are late
    or left out, which the file tells, and neither memory grows nor is anything lost that was taken. What a verb raises
    comes out of a later one or of the end, and nothing is written after it.
    """

    def __init__(self, writer: RecordingWriter, room: int) -> None:
        self._writer, self._room = writer, room
        self._waiting: deque[Future[Any]] = deque()
        self._thread = ThreadPoolExecutor(1, "writer")
        self._failed = False

    def add_events(self, events: Sequence[Event]) -> None:
        """Append input events; they come in time order."""
        self._ask(self._writer.add_events, events)

    def add_raw(self, rows: Iterable[tuple[object, ...]]) -> None:
        """Append rows of RAW_DTYPE; they come in time order."""
        self._ask(self._writer.add_raw, rows)

    def switch_keyboard(self, keyboard: Keyboard) -> None:
        """Which locks and layout hold from the next frame on."""
        self._ask(self._writer.switch_keyboard, keyboard)

    def add_prompt(self, text: str, attributes_json: str = "") -> None:
        """What the screen shows from the next frame on, and the same as a JSON object where that is known."""
        self._ask(self._writer.add_prompt, text, attributes_json)

    def add_pause(self) -> None:
        """Say that nothing was recorded for a while before the next frame."""
        self._ask(self._writer.add_pause)

    def add_frame(self, rgb: NDArray[np.uint8], t_ns: int, pointer: PointerState, late_ns: int = 0) -> None:
        """Append a frame (H, W, 3) captured at t_ns; nobody changes `rgb` afterwards."""
        self._ask(self._writer.add_frame, rgb, t_ns, pointer, late_ns)

    def forget(self, minutes: float, t_ns: int) -> int:
        """As that of a RecordingWriter; waits until it is done."""
        return self._ask(self._writer.forget, minutes, t_ns).result()

    def _ask(self, verb: Callable[..., Result], *values: Any) -> "Future[Result]":
        while self._waiting and (self._waiting[0].done() or len(self._waiting) >= self._room):
            self._waiting.popleft().result()
        asked = self._thread.submit(self._do, verb, *values)
        self._waiting.append(asked)
        return asked

    def _do(self, verb: Callable[..., Any], *values: Any) -> Any:
        if self._failed:
            return None
        try:
            return verb(*values)
        except BaseException:
            self._failed = True
            raise

    def __enter__(self) -> "QueuedWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._thread:
            while self._waiting:
                self._waiting.popleft().result()
