"""Records a desktop with its mouse and keyboard; owns the action table, the session file and the clock."""

from recorder.actions import BUTTONS, KEYS, Action, Event, EventKind, Key, table_hash
from recorder.alignment import ActionBuilder, frame_actions
from recorder.arrays import FrameArrays, frame_arrays
from recorder.clock import Clock, FakeClock, MonotonicClock, deadlines
from recorder.pointer import PointerShape, PointerState, draw_pointer
from recorder.recording import RecordingWriter
from recorder.repair import repair
from recorder.segments import open_session
from recorder.session import Session
from recorder.verify import faults
from recorder.writer import SessionWriter

__all__ = [
    "BUTTONS",
    "KEYS",
    "Action",
    "ActionBuilder",
    "Clock",
    "Event",
    "EventKind",
    "FakeClock",
    "FrameArrays",
    "Key",
    "MonotonicClock",
    "PointerShape",
    "PointerState",
    "RecordingWriter",
    "Session",
    "SessionWriter",
    "deadlines",
    "draw_pointer",
    "faults",
    "frame_actions",
    "frame_arrays",
    "open_session",
    "repair",
    "table_hash",
]
