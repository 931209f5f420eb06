"""What `verify` rejects, each for its reason: events that do not take turns, another rate than the file says."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recorder.actions import KEY_INDEX, Event, EventKind
from recorder.balance import unbalanced_events
from recorder.clock import FakeClock
from recorder.doors.fake import FakeInput
from recorder.export import Export
from recorder.hotkey import HotkeyInput
from recorder.intervals import skipped_frames
from recorder.pointer import PointerState
from recorder.session import Session
from recorder.verify import damage, faults
from recorder.writer import SessionWriter
from tests.recorder.sessions import PERIOD_NS, SIZE_PX, frame, recorder

DOWN, UP = (EventKind.KEY_DOWN, EventKind.BUTTON_DOWN), (EventKind.KEY_UP, EventKind.BUTTON_UP)
POINTER = PointerState(x_px=0, y_px=0, shape=None)


def write(path: Path, t_ns: Sequence[int], events: Sequence[Event] = (), pauses: Sequence[int] = ()) -> Path:
    """A session at 10 frames a second with frames at these times, none of them black."""
    with SessionWriter(path, size_px=SIZE_PX, fps=10, flush_ns=1e18) as writer:
        writer.add_events(events)
        for index, at_ns in enumerate(t_ns):
            if index in pauses:
                writer.add_pause()
            writer.add_frame(frame(index % 200 + 1), at_ns, POINTER)
        if len(t_ns) in pauses:
            writer.add_pause()
    return path


def slowly(events: Sequence[Event], frame_t_ns: Sequence[int], pauses: Sequence[int]) -> list[int]:
    """`unbalanced_events`, event by event."""
    last: dict[tuple[bool, int], bool] = {}
    stretch, strange, latest = -1, [], -1
    bounds = [(frame_t_ns[p - 1] if p else -1, frame_t_ns[p] if p < len(frame_t_ns) else 10**9) for p in pauses]
    for number, event in enumerate(events):
        latest = max(latest, event.t_ns)
        here = sum((latest > begin) + (latest > end) for begin, end in bounds)
        if here != stretch:
            stretch, last = here, {}
        if event.kind not in (*DOWN, *UP) or here % 2:
            continue
        whose, down = (event.kind in (EventKind.KEY_DOWN, EventKind.KEY_UP), event.code), event.kind in DOWN
        if last.get(whose) == down:
            strange.append(number)
        last[whose] = down
    return strange


EVENTS = st.lists(
    st.builds(Event, t_ns=st.integers(0, 70), kind=st.sampled_from(EventKind), code=st.integers(0, 1)), max_size=30
)


@settings(max_examples=60, deadline=None)
@given(EVENTS, st.sets(st.integers(0, 6)))
def test_events_take_turns_but_for_pauses(events: list[Event], pauses: set[int]) -> None:
    times = [10, 20, 30, 40, 50, 60]
    events = sorted(events, key=lambda event: event.t_ns // 3)  # some stand askew
    with (
        tempfile.TemporaryDirectory() as folder,
        Session(write(Path(folder) / "a.h5", times, events, sorted(pauses))) as session,
    ):
        assert unbalanced_events(session).tolist() == slowly(events, times, sorted(pauses))


def key(t_ns: int, kind: EventKind, name: str = "KeyA") -> Event:
    return Event(t_ns=t_ns, kind=kind, code=KEY_INDEX[name])


@pytest.mark.parametrize(
    ("kinds", "said"),
    [
        ([EventKind.KEY_DOWN, EventKind.KEY_UP, EventKind.KEY_DOWN], None),  # held at the end
        ([EventKind.KEY_UP, EventKind.KEY_DOWN], None),  # held before the beginning
        ([EventKind.KEY_DOWN, EventKind.KEY_DOWN], "event 1 presses KeyA, which is held, and there are 1 such"),
        ([EventKind.KEY_DOWN, EventKind.KEY_UP, EventKind.KEY_UP], "event 2 releases KeyA, which is not held"),
        ([EventKind.BUTTON_DOWN, EventKind.KEY_DOWN], None),
    ],
)
def test_an_unbalanced_recording_is_rejected_and_says_why(tmp_path: Path, kinds: list[EventKind], said: str) -> None:
    events = [Event(t_ns=index + 1, kind=kind, code=KEY_INDEX["KeyA"] if kind > 3 else 0)
              for index, kind in enumerate(kinds)]  # fmt: skip
    found = faults(write(tmp_path / "a.h5", [10, 20], events))
    assert len(found) == (said is not None) and all(said in fault for fault in found)


def test_a_recorder_leaves_out_a_second_press_of_what_is_held() -> None:
    kinds = [EventKind.BUTTON_DOWN, EventKind.BUTTON_DOWN, EventKind.BUTTON_UP, EventKind.BUTTON_DOWN]
    events = [Event(t_ns=0, kind=kind) for kind in kinds]
    assert HotkeyInput(FakeInput(FakeClock(), events)).drain() == [events[0], *events[2:]]


@pytest.mark.parametrize(
    ("left_out", "frames", "rejected"), [(1, 200, False), (15, 200, False), (25, 200, True), (25, 60, False)]
)
def test_a_recording_at_another_rate_is_rejected(tmp_path: Path, left_out: int, frames: int, rejected: bool) -> None:
    gone = np.linspace(1, frames - 2, left_out).astype(int)
    times = np.delete(np.arange(frames) + 1, gone) * PERIOD_NS
    path = write(tmp_path / "a.h5", times.tolist())
    said = [f"of 10, {left_out} were skipped; record it again with less to do for the machine"] * rejected
    assert all(told in fault for told, fault in zip(said, faults(path), strict=True))
    assert damage(path) == []


def test_a_pause_is_no_lack_of_frames_and_too_many_are_too_many(tmp_path: Path) -> None:
    times = np.arange(200) * PERIOD_NS
    times[100:] += 100 * PERIOD_NS
    assert "6.66 frames a second came of 10, 100 were skipped" in faults(write(tmp_path / "a.h5", times.tolist()))[0]
    paused = write(tmp_path / "b.h5", times.tolist(), pauses=[100])
    assert faults(paused) == []
    with Session(paused) as session:
        assert skipped_frames(session) == 0
    fast = write(tmp_path / "c.h5", (np.arange(300) * PERIOD_NS // 2).tolist())
    assert "20.00 frames a second came of 10, 0 were skipped" in faults(fast)[0]


def test_what_is_unfit_for_training_can_still_be_taken_elsewhere(tmp_path: Path) -> None:
    path = write(tmp_path / "a.h5", [10, 20], [key(1, EventKind.KEY_DOWN), key(2, EventKind.KEY_DOWN)])
    done = recorder("verify", path)
    assert done.returncode == 1 and "presses KeyA, which is held" in done.stdout
    Export(source=path, out=tmp_path / "b", format="webdataset").run()
    assert (tmp_path / "b-000000.tar").exists()


def test_a_pause_that_is_nowhere_is_damage(tmp_path: Path) -> None:
    with SessionWriter(tmp_path / "a.h5", size_px=SIZE_PX, fps=10) as writer:
        writer.add_frame(frame(1), 1, POINTER)
        writer.set_attribute("paused_before_frame", np.array([2]))
    assert "a pause lies outside the session's 1 frames" in damage(tmp_path / "a.h5")[0]
