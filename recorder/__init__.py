"""Records a desktop with its mouse and keyboard; owns the action table, the session file and the clock."""

from recorder.actions import BUTTONS, KEYS, Action, Event, EventKind, Key
from recorder.arrays import FrameArrays, frame_arrays
from recorder.pointer import PointerShape, PointerState, draw_pointer
from recorder.segments import open_session
from recorder.session import Session
from recorder.states import Keyboard, State
from recorder.verify import faults
from recorder.writer import SessionWriter

__all__ = [
    "BUTTONS",
    "KEYS",
    "Action",
    "Event",
    "EventKind",
    "FrameArrays",
    "Key",
    "Keyboard",
    "PointerShape",
    "PointerState",
    "Session",
    "SessionWriter",
    "State",
    "draw_pointer",
    "faults",
    "frame_arrays",
    "open_session",
]
