"""A recording in several files reads as the same recording in one; a segment that is lost is named."""

import shutil
import tempfile
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recorder import schema
from recorder.actions import Event, EventKind
from recorder.dataset import session_paths, write_manifest
from recorder.excerpt import write_excerpt
from recorder.forget import MINUTE_NS
from recorder.pointer import PointerShape, PointerState
from recorder.record import Record
from recorder.recording import RecordingWriter
from recorder.report import lines
from recorder.segments import SegmentedSession, open_session, segment_path
from recorder.session import Session
from recorder.verify import check, faults
from recorder.writer import SessionWriter
from tests.recorder.sessions import ARROW, PERIOD_NS, SIZE_PX, frame, recorder

HAND = PointerShape(rgba=ARROW.rgba[:2], hot_x_px=0, hot_y_px=1, name="hand")
HELD = [kind for kind in EventKind if kind not in (EventKind.MOTION, EventKind.SCROLL)]
MINUTES = 5 * PERIOD_NS / MINUTE_NS  # a segment has 5 frames, where none was left out


@dataclass(frozen=True)
class Step:
    """What comes before a frame, and the frame's pointer; times are in nanoseconds around the frame's.

    None is the frame's before: what happened then and came late would be held in a file that is closed already.
    """

    events: tuple[tuple[int, tuple[EventKind, int]], ...]
    prompt: str | None
    pause: bool
    shape: PointerShape | None


STEPS = st.builds(
    Step,
    events=st.lists(
        st.tuples(
            st.integers(1 - PERIOD_NS, 3_000_000), st.sampled_from([*product(HELD, range(3)), (EventKind.MOTION, 0)])
        ),
        max_size=3,
    ).map(lambda events: tuple(sorted(events))),
    prompt=st.none() | st.sampled_from("abc"),
    pause=st.booleans(),
    shape=st.sampled_from([None, ARROW, HAND]),
)


def in_turns(steps: list[Step]) -> list[Step]:
    """The steps without presses of what is held and releases of what is not."""
    held: set[tuple[EventKind, int]] = set()
    kept = []
    for step in steps:
        events = []
        for after, (kind, code) in step.events:
            press = (EventKind(kind - (kind in (EventKind.BUTTON_UP, EventKind.KEY_UP))), code)
            if kind == EventKind.MOTION or (press[0] == kind) != (press in held):
                held ^= {press} if kind != EventKind.MOTION else set()
                events.append((after, (kind, code)))
        kept.append(replace(step, events=tuple(events)))
    return kept


def play(writer: SessionWriter | RecordingWriter, steps: list[Step], first: int = 0) -> None:
    """Write these frames, the first of them filled with `first`."""
    with writer:
        for index, step in enumerate(steps):
            t_ns = (index + 1) * PERIOD_NS
            if step.pause:
                writer.add_pause()
            if step.prompt is not None:
                writer.add_prompt(step.prompt)
            writer.add_events([Event(t_ns=t_ns + after, kind=kind, code=code) for after, (kind, code) in step.events])
            state = PointerState(x_px=index, y_px=-index, shape=step.shape)
            writer.add_frame(frame(index + first), t_ns, state, late_ns=index)


def segmented(path: Path, minutes: float = MINUTES) -> RecordingWriter:
    return RecordingWriter(path, size_px=SIZE_PX, fps=10, recording_id="one", segment_minutes=minutes)


def record(folder: Path, frames: int = 18, name: str = "a.h5") -> list[Path]:
    """A recording of 5 frames a segment in which key 0 is held from the second frame on; its files."""
    press = Step(events=((-5, (EventKind.KEY_DOWN, 0)),), prompt="p", pause=False, shape=HAND)
    idle = Step(events=(), prompt=None, pause=False, shape=ARROW)
    play(segmented(folder / name), [idle, press, *[idle] * (frames - 2)])
    return [segment_path(folder / name, number) for number in range(-(-frames // 5))]


@settings(max_examples=15, deadline=None)
@given(st.lists(STEPS, min_size=1, max_size=17).map(in_turns))
def test_many_files_read_as_one(steps: list[Step]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        one, many = Path(folder) / "one.h5", Path(folder) / "many.h5"
        play(SessionWriter(one, size_px=SIZE_PX, fps=10), steps, first=1)
        play(segmented(many), steps, first=1)
        paths = [segment_path(many, number) for number in range(-(-len(steps) // 5))]
        assert sorted(Path(folder).iterdir()) == sorted([one, *paths])
        with Session(one) as whole, open_session(many) as joined:
            assert joined.actions() == whole.actions()
            np.testing.assert_array_equal(joined.event_rows, whole.event_rows)
            for name in ("t_ns", "late_ns", "pointer_x_px", "pointer_y_px", "pointer_shape"):
                np.testing.assert_array_equal(getattr(joined, name), getattr(whole, name))
                assert getattr(joined, name).dtype == getattr(whole, name).dtype
            np.testing.assert_array_equal(joined.frames[:], whole.frames[:])
            assert joined.prompts() == whole.prompts()
            assert joined.pauses == whole.pauses
            assert [shape.key() for shape in joined.shapes()] == [shape.key() for shape in whole.shapes()]
            assert (joined.complete, joined.size_px, joined.fps, len(joined)) == (True, SIZE_PX, 10, len(steps))
            assert joined.column_lengths() == whole.column_lengths()
            actions, told = whole.actions(), dict(whole.prompts())
        for number, path in enumerate(paths):
            assert faults(path) == []
            with Session(path) as part:
                expected, alone = actions[5 * number : 5 * number + 5], part.actions()
                assert [(a.keys, a.buttons) for a in alone] == [(a.keys, a.buttons) for a in expected]
                carried = int(part.attributes[schema.CARRIED_EVENTS])
                assert alone[0].events[carried:] == expected[0].events
                assert [action.events for action in alone[1:]] == [action.events for action in expected[1:]]
                in_force = [text for start, text in told.items() if start <= 5 * number][-1:]
                assert [text for start, text in part.prompts() if start == 0] == in_force
                assert part.attributes[schema.SEGMENT] == number
                assert part.attributes[schema.RECORDING] == "one"


def test_frames_are_indexed_across_segments(tmp_path: Path) -> None:
    path, *_ = record(tmp_path)
    with open_session(path) as session:
        expected = np.stack([frame(index) for index in range(18)])
        frames = session.frames
        assert (frames.shape, len(frames), frames.dtype, frames.ndim) == (expected.shape, 18, np.uint8, 4)
        for index in (0, 4, 5, 17, -1, -18, np.int64(9), slice(3, 12), slice(None), slice(1, None, 4), slice(7, 7),
                      slice(16, 40), [0, 4, 5, 6, 17], np.arange(18) % 3 == 1, (7, 2, slice(3, 5)),
                      (slice(4, 6), 1), ...):  # fmt: skip
            np.testing.assert_array_equal(frames[index], expected[index], err_msg=str(index))
        for index in (18, -19):
            with pytest.raises(IndexError):
                frames[index]
        with pytest.raises(TypeError, match="ascending"):
            frames[[6, 2]]
        np.testing.assert_array_equal(np.stack([*frames.one_by_one(3, 17)]), expected[3:17])
        assert frames.chunk_starts() == [0, 5, 10, 15]
        assert len(frames.chunk_bytes()) == 4
        assert all(map(frames.decodes, frames.chunk_starts()))


def test_a_short_recording_is_one_plain_file(tmp_path: Path) -> None:
    paths = record(tmp_path, frames=5)
    with open_session(tmp_path / "a.h5") as session:
        assert not isinstance(session, SegmentedSession)
        assert len(session) == 5
    assert list(tmp_path.iterdir()) == paths


def test_a_missing_segment_is_named(tmp_path: Path) -> None:
    for missing in (1, 2, 3):
        folder = tmp_path / str(missing)
        paths = record(folder)
        paths[missing].unlink()
        found = [fault for path in paths if path.exists() for fault in faults(path)]
        assert found == [f"{paths[missing]} is missing; copy it from where {paths[0]} was recorded, or read the other "
                         "segments one by one"]  # fmt: skip
        with pytest.raises(ValueError, match=rf"{paths[missing].name} is missing"):
            open_session(paths[0])
        done = recorder("verify", paths[0]) if missing == 2 else None
        if done is not None:
            assert done.returncode == 1
            assert done.stdout.splitlines() == [found[0], f"{paths[1]}: ok", f"{paths[3]}: ok"]


def test_a_foreign_or_damaged_segment_is_named(tmp_path: Path) -> None:
    paths = record(tmp_path)
    shutil.copy(paths[3], paths[1])
    assert [fault for fault in faults(paths[0]) if f"{paths[1]} is not segment 1 of {paths[0]}" in fault]
    with pytest.raises(ValueError, match="is not segment 1"):
        open_session(paths[0])
    paths[1].write_bytes(b"x")
    assert faults(paths[0]) == []  # its own file is told when it is checked
    with pytest.raises(ValueError, match=f"{paths[1]} is not a readable HDF5 file"):
        open_session(paths[0])


def test_a_later_segment_opens_alone(tmp_path: Path) -> None:
    paths = record(tmp_path)
    with open_session(paths[2]) as session:
        assert session.t_ns.tolist() == [PERIOD_NS * (index + 1) for index in range(10, 15)]
        assert [action.keys for action in session.actions()] == [frozenset({0})] * 5


def test_a_crash_costs_the_running_segment_its_end_alone(tmp_path: Path) -> None:
    writer = segmented(tmp_path / "a.h5")
    with pytest.raises(KeyboardInterrupt), writer:
        for index in range(13):
            writer.add_frame(frame(index), (index + 1) * PERIOD_NS, PointerState(x_px=0, y_px=0, shape=None))
        raise KeyboardInterrupt
    first, second, third = (segment_path(tmp_path / "a.h5", number) for number in range(3))
    partial = third.with_name(third.name + ".partial")
    assert sorted(tmp_path.iterdir()) == sorted([first, second, partial])
    assert faults(first) == faults(second) == []
    with pytest.raises(ValueError, match=f"{partial} was cut off; complete it with .*verify --repair"):
        open_session(first)
    done = recorder("verify", first, "--repair")
    assert (done.returncode, done.stdout.splitlines()) == (0, [f"{path}: ok" for path in (first, second, third)])
    with open_session(first) as session:
        np.testing.assert_array_equal(session.frames[:, 0, 0, 0], np.arange(13))


def test_a_full_segment_gets_its_name_when_the_next_one_has_a_frame_on_the_disk(tmp_path: Path) -> None:
    with segmented(tmp_path / "a.h5") as writer:
        for index in range(6):
            writer.add_frame(frame(index), (index + 1) * PERIOD_NS, PointerState(x_px=0, y_px=0, shape=None))
        killed = shutil.copytree(tmp_path, tmp_path / "killed")
    with Session(killed / "a.001.h5.partial") as session:
        assert len(session) == 1
    assert check(killed / "a.001.h5.partial", True, False, 0)[1] == faults(killed / "a.h5") == []


def test_a_segment_keeps_its_partial_name_until_the_next_one_has_a_frame(tmp_path: Path) -> None:
    class Full(RecordingWriter):
        def _begin_segment(self) -> None:
            if self._number == 1:
                raise ValueError("no space left")
            super()._begin_segment()

    writer = Full(tmp_path / "a.h5", size_px=SIZE_PX, fps=10, recording_id="one", segment_minutes=MINUTES)
    with pytest.raises(ValueError, match="no space left"), writer:
        for index in range(9):
            writer.add_frame(frame(index), (index + 1) * PERIOD_NS, PointerState(x_px=0, y_px=0, shape=None))
    assert [path.name for path in tmp_path.iterdir()] == ["a.h5.partial"]
    assert check(tmp_path / "a.h5.partial", True, False, 0) == (tmp_path / "a.h5", [], "")
    with open_session(tmp_path / "a.h5") as session:
        assert len(session) == 5


def test_a_name_that_a_later_segment_needs_is_told_before_anything_is_recorded(tmp_path: Path) -> None:
    taken = tmp_path / "a.002.h5"
    taken.write_text("x")
    with pytest.raises(ValueError, match=f"{taken} is there already.*name another file or move it away"):
        segmented(tmp_path / "a.h5")
    assert list(tmp_path.iterdir()) == [taken]


def test_a_data_set_takes_each_segment_as_a_session_of_its_seed(tmp_path: Path) -> None:
    paths = record(tmp_path, frames=11, name="seed-00009.h5")
    other = record(tmp_path, frames=3, name="seed-00010.h5")
    assert session_paths(tmp_path) == [*paths, *other]
    assert session_paths(tmp_path, "test") == paths
    assert [row["frames"] for row in write_manifest(tmp_path)["sessions"]] == [5, 5, 1, 3]


def test_a_copy_of_a_segment_is_a_session_of_its_own(tmp_path: Path) -> None:
    paths, copy = record(tmp_path), tmp_path / "copy.h5"
    with Session(paths[1]) as session:
        write_excerpt(session, copy, start=0, stop=5, chunk_frames=8, level=1)
    assert faults(copy) == []
    with Session(copy) as session:
        assert not set(schema.SEGMENT_ATTRIBUTES) & set(session.attributes)


def test_record_rolls_over_and_report_reads_all(tmp_path: Path) -> None:
    path = tmp_path / "a.h5"
    Record(out=path, display="fake", seconds=1, fps=20, segment_minutes=0.3 / 60).run()
    with open_session(path) as session:
        assert len([*tmp_path.iterdir()]) >= 3
        assert (np.diff(session.t_ns) > 0).all()
        assert session.stored_bytes == sum(file.stat().st_size for file in tmp_path.iterdir())
        assert f"{len(session)} of 128x96 px" in next(line for line in lines(session) if line.startswith("frames"))


@pytest.mark.parametrize("wrong", [{"segment_minutes": 0}, {"forget_minutes": -1}, {"forget_minutes": float("nan")}])
def test_no_time_at_all_is_one_sentence(tmp_path: Path, wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="--forget-minutes and --segment-minutes must be above 0"):
        Record(out=tmp_path / "a.h5", display="fake", seconds=0.2, **wrong).run()
    assert not list(tmp_path.iterdir())
