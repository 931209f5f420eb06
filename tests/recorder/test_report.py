"""What a report says of jitter, gaps, black and frozen stretches is what the session was made of."""

from itertools import accumulate
from pathlib import Path

import numpy as np
import pytest

from recorder.actions import Event, EventKind
from recorder.pointer import PointerState
from recorder.report import lines
from recorder.session import Session
from recorder.stretches import Looks, black_stretches, frozen_stretches
from recorder.verify import faults
from recorder.writer import SessionWriter
from tests.recorder.sessions import PERIOD_NS, SIZE_PX, recorder

WIDTH_PX, HEIGHT_PX = SIZE_PX


def write(path: Path, shown: list[int], *, events: list[Event] | None = None, steps: list[float] | None = None,
          pauses: tuple[int, ...] = (), attributes: dict[str, int] | None = None) -> Path:  # fmt: skip
    """Frame i is filled with shown[i] and comes steps[i] periods after the one before."""
    times = list(accumulate(steps or [1.0] * len(shown)))
    with SessionWriter(path, size_px=SIZE_PX, fps=1e9 / PERIOD_NS, attributes=attributes) as writer:
        writer.add_events(events or [])
        for index, (value, periods) in enumerate(zip(shown, times, strict=True)):
            if index in pauses:
                writer.add_pause()
            rgb = np.full((HEIGHT_PX, WIDTH_PX, 3), value, np.uint8)
            writer.add_frame(rgb, round(periods * PERIOD_NS), PointerState(x_px=0, y_px=0, shape=None))
    return path


def press(periods: float, kind: EventKind = EventKind.KEY_DOWN) -> Event:
    return Event(t_ns=round(periods * PERIOD_NS), kind=kind)


def test_stretches_of_a_session_made_by_hand(tmp_path: Path) -> None:
    shown = [0, 0, 9, 9, 9, 9, 0, 5, 5, 5, 5]
    events = [press(4.5), press(5.0, EventKind.SCROLL), press(8.5, EventKind.MOTION)]
    with Session(write(tmp_path / "a.h5", shown, events=events)) as session:
        looks = Looks.of(session)
        black = [(stretch.start, stretch.stop) for stretch in black_stretches(session, looks)]
        (frozen,) = frozen_stretches(session, looks, seconds=0.25)
        assert black == [(0, 2), (6, 7)]
        assert (frozen.start, frozen.stop, frozen.inputs) == (2, 6, 2)  # frames 7 to 10 saw nothing but motion
        assert frozen.seconds == pytest.approx(0.3)
        assert frozen_stretches(session, looks, seconds=0.3) == []


def test_jitter_and_gaps_leave_pauses_out(tmp_path: Path) -> None:
    steps = [1, 1, 1, 1.1, 2, 3, 0.6, 50]
    with Session(write(tmp_path / "a.h5", [9] * 8, steps=steps, pauses=(7,))) as session:
        told = [" ".join(line.split()) for line in lines(session)]
    assert "pauses 1" in told
    assert "gaps 2 over 1.5 periods, longest 300.0 ms" in told
    at = told.index("gaps 2 over 1.5 periods, longest 300.0 ms")
    assert told[at + 1 : at + 3] == ["300.0 ms before frame 5", "200.0 ms before frame 4"]
    histogram = [line.partition("periods ")[2].split() for line in told if " periods " in line and "gaps" not in line]
    assert [int(count) for count, *_ in histogram] == [0, 1, 0, 2, 1, 0, 1, 1]
    assert len(histogram[3][1]) == round(40 * 2 / 6)


def test_a_report_tells_of_frozen_stretches_as_asked(tmp_path: Path) -> None:
    path = write(tmp_path / "a.h5", [1, 2, 2, 2, 2, 2], events=[press(4)])
    for seconds, line in ((0.3, "frozen 1 stretches over 0.3 s with input"), (3, "frozen 0 stretches over 3 s with")):
        done = recorder("report", path, "--frozen-seconds", seconds)
        assert done.returncode == 0, done.stderr
        assert line in " ".join(done.stdout.split())
    done = recorder("report", path, "--frozen-seconds", 0)
    assert (done.returncode, done.stderr) == (2, "recorder: --frozen-seconds must be above 0\n")


def test_a_black_recording_is_a_fault_and_a_black_segment_of_a_longer_one_is_not(tmp_path: Path) -> None:
    (fault,) = faults(write(tmp_path / "a.h5", [0] * 5))
    assert "all its frames are black; wake the screen" in fault
    assert faults(write(tmp_path / "b.h5", [0, 0, 0, 1])) == []
    assert faults(write(tmp_path / "c.h5", [0] * 5, attributes={"segment": 1})) == []
    assert "it holds no frame" in faults(write(tmp_path / "d.h5", []))[0]
