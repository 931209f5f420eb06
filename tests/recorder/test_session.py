"""What is written to a session file is what is read from it."""

import tempfile
from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from recorder import schema
from recorder.pointer import PointerShape, PointerState
from recorder.session import Session
from recorder.verify import faults
from recorder.writer import SessionWriter
from tests.recorder.sessions import ARROW, frame, write_session
from tests.recorder.test_actions import EVENTS

VIDEO = hnp.arrays(np.uint8, st.tuples(st.integers(1, 6), st.integers(1, 9), st.integers(1, 9), st.just(3)))
SHAPES = st.one_of(st.none(), st.sampled_from([ARROW, PointerShape(rgba=ARROW.rgba[:2], hot_x_px=0, hot_y_px=1)]))


@settings(max_examples=15, deadline=None)
@given(
    VIDEO,
    st.lists(EVENTS, max_size=8),
    st.lists(SHAPES, min_size=6, max_size=6),
    st.text(max_size=9),
    st.integers(1, 4),
)
def test_round_trip(video, events, shapes, text, chunk_frames) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.h5"
        size_px = (video.shape[2], video.shape[1])
        with SessionWriter(path, size_px=size_px, fps=7, attributes={"seed": 3}, chunk_frames=chunk_frames) as writer:
            writer.add_prompt(text.replace("\0", ""))
            writer.add_events(events)
            for index, rgb in enumerate(video):
                state = PointerState(x_px=-index, y_px=index, shape=shapes[index])
                writer.add_frame(rgb, index * 400_000_000, state, late_ns=index)
        assert not path.with_name("a.h5.partial").exists()
        with Session(path) as session:
            np.testing.assert_array_equal(session.frames[:], video)
            assert session.t_ns.tolist() == [index * 400_000_000 for index in range(len(video))]
            assert session.late_ns.tolist() == list(range(len(video)))
            assert session.pointer_x_px.tolist() == [-index for index in range(len(video))]
            assert session.events() == events
            assert session.prompts() == [(0, text.replace("\0", ""))]
            assert (session.size_px, session.fps, session.attributes["seed"], session.complete) == (size_px, 7, 3, True)
            read = session.shapes()
            for number, shape in zip(session.pointer_shape, shapes, strict=False):
                assert (number == schema.NO_SHAPE) == (shape is None)
                assert shape is None or read[number].key() == shape.key()


def test_plain_h5py_reads_it(tmp_path: Path) -> None:
    with h5py.File(write_session(tmp_path / "a.h5"), "r") as file:
        np.testing.assert_array_equal(file["frames/rgb"][17], frame(17))
        assert file["frames/rgb"].chunks == (16, 8, 12, 3)
        assert file.attrs["complete"]


def test_a_good_session_has_no_fault(tmp_path: Path) -> None:
    assert faults(write_session(tmp_path / "a.h5")) == []


def test_an_existing_file_is_never_overwritten(tmp_path: Path) -> None:
    path = write_session(tmp_path / "a.h5")
    before = path.read_bytes()
    with pytest.raises(ValueError, match="exists already"):
        SessionWriter(path, size_px=(8, 8), fps=15)
    partial = write_session(tmp_path / "b.h5", finish=False)
    with pytest.raises(ValueError, match="verify --repair"):
        SessionWriter(tmp_path / "b.h5", size_px=(8, 8), fps=15)
    assert path.read_bytes() == before
    assert partial.exists()


def test_a_wrong_index_is_not_called_damage(tmp_path: Path) -> None:
    with Session(write_session(tmp_path / "a.h5")) as session, pytest.raises(IndexError):
        session.frames[40]
