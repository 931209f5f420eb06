"""The recording loop against fake doors: one frame a deadline, lateness told, events in their frame, hotkey seen."""

from pathlib import Path

import numpy as np
import pytest

from recorder.actions import KEY_INDEX, Event, EventKind
from recorder.capture import capture
from recorder.clock import FakeClock
from recorder.doors import DisplayGone
from recorder.doors.fake import FakeInput, FakePointer, FakeScreen
from recorder.hotkey import HotkeyInput
from recorder.session import Session
from recorder.writer import SessionWriter


class SlowScreen(FakeScreen):
    """Takes 1 ms for a frame, 180 ms more for its fifth, and dies after its tenth."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock, (32, 24))
        self._fake_clock = clock
        self._grabs = 0

    def grab(self) -> np.ndarray:
        self._grabs += 1
        self._fake_clock.advance(1_000_000)
        if self._grabs == 5:
            self._fake_clock.advance(180_000_000)
        if self._grabs == 11:
            raise DisplayGone("the display went away")
        return super().grab()


def test_lateness_and_what_is_kept_when_the_display_goes(tmp_path: Path) -> None:
    clock = FakeClock(start_ns=1)
    screen = SlowScreen(clock)
    clicks = [Event(t_ns=250_000_000 + i, kind=EventKind.BUTTON_DOWN + i, code=0) for i in range(2)]
    with (
        pytest.raises(DisplayGone),
        SessionWriter(tmp_path / "a.h5", size_px=screen.size_px, fps=10) as writer,
    ):
        capture(writer, screen, FakePointer(clock), FakeInput(clock, clicks), clock, fps=10, stop=lambda _: False)
    with Session(tmp_path / "a.h5.partial") as session:
        assert len(session) == 10
        assert (session.late_ns // 1_000_000).tolist() == [1] * 4 + [181, 82] + [1] * 4
        assert ((session.t_ns - 1) // 1_000_000).tolist() == [1, 101, 201, 301, 581, 582, 601, 701, 801, 901]
        assert [len(action.events) for action in session.actions()] == [0, 0, 0, 2] + [0] * 6


def test_stats_count_late_and_skipped(tmp_path: Path) -> None:
    clock = FakeClock()
    screen = SlowScreen(clock)
    with SessionWriter(tmp_path / "a.h5", size_px=screen.size_px, fps=10) as writer:
        stats = capture(
            writer, screen, FakePointer(clock), FakeInput(clock), clock, fps=10, stop=lambda stats: stats.frames == 8
        )
    assert (stats.frames, stats.late, stats.skipped, stats.worst_late_ns) == (8, 2, 0, 181_000_000)


def press(name: str, down: bool = True) -> Event:
    return Event(t_ns=0, kind=EventKind.KEY_DOWN if down else EventKind.KEY_UP, code=KEY_INDEX[name])


@pytest.mark.parametrize(
    ("events", "stops"),
    [
        ([press("ControlLeft"), press("ShiftRight"), press("F12")], True),
        ([press("F12"), press("ShiftLeft"), press("ControlRight")], True),
        ([press("ControlLeft"), press("F12")], False),
        ([press("ControlLeft"), press("ControlLeft", False), press("ShiftLeft"), press("F12")], False),
        ([press("ControlLeft"), press("ShiftLeft"), press("F9")], False),
    ],
)
def test_stop_hotkey(events: list[Event], stops: bool) -> None:
    watched = HotkeyInput(FakeInput(FakeClock(), events))
    assert watched.drain() == events
    assert watched.pressed == stops


def test_fake_input_waits_for_its_time() -> None:
    clock = FakeClock()
    events = [Event(t_ns=t_ns, kind=EventKind.MOTION) for t_ns in (0, 5, 9)]
    inputs = FakeInput(clock, events)
    drained = [inputs.drain()]
    clock.advance(5)
    drained += [inputs.drain(), inputs.drain()]
    assert drained == [events[:1], events[1:2], []]
