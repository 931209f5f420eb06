"""A queue before the writer: order and all content as without it, a bound, and failures that are heard."""

import threading
from pathlib import Path

import numpy as np
import pytest

from recorder.actions import Event, EventKind
from recorder.pointer import PointerState
from recorder.queued import QueuedWriter
from recorder.recording import RecordingWriter
from recorder.session import Session
from recorder.states import Keyboard
from recorder.verify import faults
from tests.recorder.sessions import ARROW, PERIOD_NS, SIZE_PX, frame

POINTER = PointerState(x_px=1, y_px=2, shape=ARROW)


def recording(path: Path) -> RecordingWriter:
    return RecordingWriter(path, size_px=SIZE_PX, fps=10, recording_id="one")


def play(writer: RecordingWriter | QueuedWriter) -> int:
    """Everything that a recording does; how many frames were forgotten."""
    forgotten = 0
    for index in range(30):
        t_ns = (index + 1) * PERIOD_NS
        if index in (3, 4):
            writer.add_prompt(f"from {index}", '{"a":1}')
        if index == 7:
            writer.add_pause()
        if index == 25:
            forgotten = writer.forget(5 * PERIOD_NS / 60e9, t_ns - 9)
        writer.add_raw([(t_ns - 5, 0, 1.0, float(index))])
        writer.switch_keyboard(Keyboard(locks=index // 10, layout=0))
        writer.add_events([Event(t_ns=t_ns - 1, kind=EventKind.MOTION, x_px=index)])
        writer.add_frame(frame(index + 1), t_ns, POINTER, index)
    return forgotten


def test_what_comes_through_the_queue_is_what_went_in(tmp_path: Path) -> None:
    with recording(tmp_path / "a.h5") as writer:
        plain = play(writer)
    with recording(tmp_path / "b.h5") as writer, QueuedWriter(writer, room=3) as queued:
        assert play(queued) == plain > 0
    assert faults(tmp_path / "b.h5") == []
    with Session(tmp_path / "a.h5") as one, Session(tmp_path / "b.h5") as other:
        assert one.attributes["sha256"] == other.attributes["sha256"]
        np.testing.assert_array_equal(one.frames[:], other.frames[:])


class Slow(RecordingWriter):
    """Writes no frame before it is let go."""

    go = threading.Event()

    def add_frame(self, rgb: np.ndarray, t_ns: int, pointer: PointerState, late_ns: int = 0) -> None:
        assert self.go.wait(20)
        super().add_frame(rgb, t_ns, pointer, late_ns)


def test_at_most_so_many_wait_and_then_the_caller_does(tmp_path: Path) -> None:
    told = threading.Semaphore(0)

    def record() -> None:
        writer = Slow(tmp_path / "a.h5", size_px=SIZE_PX, fps=10, recording_id="one")
        with writer, QueuedWriter(writer, room=3) as queued:
            for index in range(8):
                queued.add_frame(frame(index + 1), index + 1, POINTER)
                told.release()

    thread = threading.Thread(target=record, daemon=True)
    thread.start()
    assert all(told.acquire(timeout=20) for _ in range(3))
    assert not told.acquire(timeout=0.3)
    Slow.go.set()
    thread.join(timeout=20)
    with Session(tmp_path / "a.h5") as session:
        assert len(session) == 8


class Full(RecordingWriter):
    """The disk is full from the third frame on."""

    tried = 0

    def add_frame(self, rgb: np.ndarray, t_ns: int, pointer: PointerState, late_ns: int = 0) -> None:
        self.tried += 1
        if self.tried >= 3:
            raise ValueError("no space left")
        super().add_frame(rgb, t_ns, pointer, late_ns)


@pytest.mark.parametrize("frames", [3, 40])
def test_a_failure_is_raised_once_and_nothing_is_written_after_it(tmp_path: Path, frames: int) -> None:
    writer = Full(tmp_path / "a.h5", size_px=SIZE_PX, fps=10, recording_id="one")
    with pytest.raises(ValueError, match="no space left"), writer, QueuedWriter(writer, room=5) as queued:
        for index in range(frames):
            queued.add_frame(frame(index), index + 1, POINTER)
    assert writer.tried == 3
    with Session(tmp_path / "a.h5.partial") as session:
        assert len(session) == 2
