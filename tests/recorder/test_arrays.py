"""What a training program reads: arrays a frame, and sessions that each worker opens for itself."""

import pickle
from pathlib import Path

import numpy as np

from recorder import frame_arrays, open_session
from recorder.actions import BUTTONS, KEYS, Event, EventKind
from recorder.pointer import PointerState
from recorder.writer import SessionWriter
from tests.recorder.sessions import SIZE_PX, frame, write_session


def test_arrays_say_what_the_actions_say(tmp_path: Path) -> None:
    with open_session(write_session(tmp_path / "a.h5")) as session:
        arrays, actions = frame_arrays(session), session.actions()
    assert arrays.keys_held.shape == (40, len(KEYS)) and arrays.buttons_held.shape == (40, len(BUTTONS))
    assert np.flatnonzero(arrays.keys_held[:, 0]).tolist() == list(range(5, 20))
    assert np.argwhere(arrays.keys_pressed).tolist() == [[5, 0]]
    assert np.argwhere(arrays.buttons_pressed).tolist() == [[10, 2]]  # shorter than a frame
    assert not arrays.buttons_held.any()
    assert arrays.pointer_px[:, 0].tolist() == [action.x_px for action in actions]
    assert arrays.prompts.tolist() == ["first"] * 15 + ["second"] * 25


def test_scroll_steps_of_a_frame_add_up(tmp_path: Path) -> None:
    with SessionWriter(tmp_path / "a.h5", size_px=SIZE_PX, fps=10) as writer:
        for dx, dy in ((0, 1), (0, 1), (-1, 0)):
            writer.add_events([Event(t_ns=1, kind=EventKind.SCROLL, dx=dx, dy=dy)])
        for t_ns in (1, 2):
            writer.add_frame(frame(t_ns), t_ns, PointerState(x_px=0, y_px=0, shape=None))
    with open_session(tmp_path / "a.h5") as session:
        assert frame_arrays(session).scroll.tolist() == [[-1, 2], [0, 0]]


def test_a_session_goes_to_a_worker_by_its_name(tmp_path: Path) -> None:
    with open_session(write_session(tmp_path / "a.h5")) as session:
        sent = pickle.dumps(session)
        assert len(sent) < 1000
        np.testing.assert_array_equal(session.frames[17], frame(17))
    with pickle.loads(sent) as opened:
        np.testing.assert_array_equal(opened.frames[17], frame(17))


def test_the_page_of_the_standard_runs_and_is_current(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs" / "session.md").read_text()
    code = text.split("```python\n")[1].split("```")[0]
    names: dict[str, object] = {}
    exec(code.replace("session.h5", str(write_session(tmp_path / "a.h5"))), names)
    assert len(names["clip"]) == 16  # type: ignore[arg-type]
