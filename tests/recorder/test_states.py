"""A reader may begin at any frame; keys whose release nobody saw are released; raw motion and locks are kept."""

import shutil
import struct
import subprocess
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recorder import schema
from recorder.actions import BUTTONS, KEY_INDEX, KEYS, Event, EventKind
from recorder.capture import capture
from recorder.clock import FakeClock
from recorder.doors import RawKind, RawMove
from recorder.doors.fake import FakeInput, FakePointer, FakeRaw, FakeScreen, FakeSwitches
from recorder.excerpt import write_excerpt
from recorder.pointer import PointerState
from recorder.session import Session
from recorder.states import CAPS_LOCK, UNKNOWN, Keyboard, State
from recorder.stuck import StuckKeys
from recorder.verify import faults
from recorder.writer import SessionWriter
from tests.recorder.sessions import SIZE_PX, frame
from tests.recorder.test_segments import record
from tests.recorder.test_x11 import collect, server

__all__ = ["server"]
PERIOD_NS = 300_000_000
needs_server = pytest.mark.skipif(shutil.which("Xvfb") is None, reason="Xvfb is missing: apt-get install xvfb")
PRESSES = st.tuples(
    st.integers(0, 20 * PERIOD_NS),
    st.sampled_from([EventKind.KEY_DOWN, EventKind.KEY_UP, EventKind.BUTTON_DOWN, EventKind.BUTTON_UP]),
    st.integers(0, len(BUTTONS) - 1),
)


@settings(deadline=None)
@given(
    st.sets(st.integers(0, len(BUTTONS) - 1)),
    st.sets(st.integers(0, len(KEYS) - 1)),
    st.integers(0, 255),
    st.integers(0, 255),
)
def test_a_state_is_what_its_row_says(buttons: set[int], keys: set[int], locks: int, layout: int) -> None:
    keyboard = Keyboard(locks=locks, layout=layout)
    state = State(t_ns=5, x_px=-1, y_px=2, buttons=frozenset(buttons), keys=frozenset(keys), keyboard=keyboard)
    rows = np.array([state.row()], schema.LATER_COLUMNS[schema.STATES])
    assert State.of(rows[0]) == state


@settings(max_examples=20, deadline=None)
@given(st.lists(PRESSES, max_size=30))
def test_actions_from_any_frame_are_those_from_the_beginning(presses) -> None:
    events = [Event(t_ns=t_ns, kind=kind, code=code, x_px=3) for t_ns, kind, code in sorted(presses)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.h5"
        with SessionWriter(path, size_px=SIZE_PX, fps=10) as writer:
            writer.add_events(events)
            for index in range(20):
                writer.add_frame(frame(index), index * PERIOD_NS, PointerState(x_px=3, y_px=0, shape=None))
        with Session(path) as session:
            assert [state.t_ns for state in session.states()] == [index * PERIOD_NS for index in range(0, 20, 4)]
            whole = session.actions()
            for start in range(20):
                assert session.actions(start, 20) == whole[start:]
            assert session.actions(6, 9) == whole[6:9]


def test_segments_begin_with_a_state(tmp_path: Path) -> None:
    for path in record(tmp_path)[1:]:
        with Session(path) as session:
            assert session.states()[0].keys == frozenset({0})
            assert session.states()[0].t_ns == session.t_ns[0]


def test_raw_moves_and_switches_come_to_the_file_and_into_its_copies(tmp_path: Path) -> None:
    clock, path = FakeClock(), tmp_path / "a.h5"
    moves = [RawMove(t_ns=t_ns, kind=RawKind.SCROLL, dx=0.0, dy=0.25) for t_ns in (50_000_000, 450_000_000)]
    switches = FakeSwitches(Keyboard(locks=0, layout=1))
    key = Event(t_ns=450_000_000, kind=EventKind.KEY_DOWN, code=KEY_INDEX["CapsLock"])

    def stop(stats) -> bool:
        switches.on = Keyboard(locks=CAPS_LOCK if stats.frames > 4 else 0, layout=1 + (stats.frames > 6))
        return stats.frames == 19

    with SessionWriter(path, size_px=(128, 96), fps=10) as writer:
        capture(
            writer, FakeScreen(clock), FakePointer(clock), FakeInput(clock, [key]), clock, fps=10, stop=stop,
            raw=FakeRaw(clock, moves), switches=switches,
        )  # fmt: skip
    with Session(path) as session:
        assert session.raw_rows.tolist() == [(50_000_000, 1, 0.0, 0.25), (450_000_000, 1, 0.0, 0.25)]
        told = [(state.t_ns // 100_000_000, state.keyboard.locks, state.keyboard.layout) for state in session.states()]
        assert told == [(0, 0, 1), (5, 1, 1), (15, 1, 2)], "after a key at once, else within a second"
        write_excerpt(session, tmp_path / "b.h5", start=3, stop=19, chunk_frames=4, level=1)
        whole = session.states()
    with Session(tmp_path / "b.h5") as session:
        assert session.raw_rows["t_ns"].tolist() == [450_000_000]
        assert [state.keyboard for state in session.states()] == [state.keyboard for state in whole]
    assert faults(path) == faults(tmp_path / "b.h5") == []


def test_a_key_is_stuck_when_two_looks_miss_it() -> None:
    keys = StuckKeys()
    assert keys.look({1, 2}, {2}) == set() and keys.suspected
    assert keys.look({1, 2}, {1, 2}) == set() and not keys.suspected  # its press was on the way
    assert keys.look({1, 2}, set()) == set()
    assert keys.look({2}, set()) == {2} and not keys.suspected  # the release of 1 has come


@needs_server
def test_a_key_whose_release_nobody_saw_is_released(server) -> None:
    x11 = pytest.importorskip("recorder.doors.x11", reason="python-xlib or mss is missing")
    inputs, injector = x11.X11Input(server[0]), x11.X11Injector(server[0])
    injector.move(5, 6)
    collect(inputs, 1)
    injector.key(KEY_INDEX["KeyB"], True)
    (pressed,) = collect(inputs, 1)
    inputs._held.add(KEY_INDEX["AltLeft"])  # pressed and released where no observer was
    (released,) = collect(inputs, 1)
    assert (released.kind, released.code) == (EventKind.KEY_UP, KEY_INDEX["AltLeft"])
    assert (released.x_px, released.y_px) == (5, 6) and released.t_ns >= pressed.t_ns
    inputs.close()
    injector.close()


@needs_server
def test_locks_of_a_server_are_seen(server) -> None:
    x11 = pytest.importorskip("recorder.doors.x11", reason="python-xlib or mss is missing")
    switches, injector = x11.X11Switches(server[0]), x11.X11Injector(server[0])
    before = switches.read()
    for down in (True, False):
        injector.key(KEY_INDEX["CapsLock"], down)
    assert (before.locks, switches.read()) == (0, Keyboard(locks=CAPS_LOCK, layout=0))
    assert UNKNOWN not in (before.locks, before.layout)
    switches.close()
    injector.close()


@needs_server
@pytest.mark.skipif(shutil.which("xdotool") is None, reason="xdotool is missing: apt-get install xdotool")
def test_relative_motion_of_a_server_is_seen_beyond_the_edge(server) -> None:
    raw = pytest.importorskip("recorder.doors.x11_raw", reason="python-xlib is missing")
    door = raw.X11Raw(server[0])
    before_ns = time.monotonic_ns()
    for _ in range(2):
        move = ["xdotool", "mousemove_relative", "--", "-300", "7"]
        subprocess.run(move, env={"DISPLAY": server[0], "PATH": "/usr/bin"}, check=True)
    moves: list[RawMove] = []
    while len(moves) < 2 and time.monotonic_ns() < before_ns + 20_000_000_000:
        moves += door.drain()
        time.sleep(0.05)
    assert [(move.kind, move.dx, move.dy) for move in moves] == [(RawKind.MOTION, -300.0, 7.0)] * 2
    assert all(before_ns - 20_000_000 <= move.t_ns <= time.monotonic_ns() for move in moves)
    door.close()


def test_smooth_scrolling_is_told_in_steps_right_and_up() -> None:
    raw = pytest.importorskip("recorder.doors.x11_raw", reason="python-xlib is missing")
    scroll = [
        SimpleNamespace(type=3, number=2, scroll_type=2, increment=120.0),
        SimpleNamespace(type=3, number=3, scroll_type=1, increment=15.0),
    ]
    axes = raw.axes_of([SimpleNamespace(type=2, number=0, mode=0), SimpleNamespace(type=2, number=1, mode=0), *scroll])
    values = [1.5, -2.0, 30.0, 7.5]

    def fixed(numbers: list[float]) -> bytes:
        return b"".join(struct.pack("=iI", int(n // 1), round(n % 1 * 2**32)) for n in numbers)

    data = struct.pack("=HIIHHI4xI", 2, 77, 0, 9, 1, 0, 0b1111) + fixed(values) + fixed([3.0, -4.0, 30.0, 7.5])
    event = raw.RawEvent.parse(data)
    assert (event.time_ms, event.source, list(event.values.values())) == (77, 9, values)
    told = [(move.kind, move.dx, move.dy) for move in event.moves(axes)]
    assert told == [(RawKind.MOTION, 3.0, -4.0), (RawKind.SCROLL, 0.25, 0.0), (RawKind.SCROLL, 0.0, -0.5)]
    absolute = raw.axes_of([SimpleNamespace(type=2, number=number, mode=1) for number in (0, 1)])
    assert list(event.moves(absolute)) == []
