"""An excerpt holds the frames, pointer, actions and prompts of its range, counted from its own start."""

from pathlib import Path

import numpy as np
import pytest

from recorder.actions import Event, EventKind
from recorder.excerpt import excerpt_prompts, held, write_excerpt
from recorder.session import Session
from recorder.verify import faults
from tests.recorder.sessions import write_session


def cut(source: Path, out: Path, start: int, stop: int) -> Path:
    with Session(source) as session:
        counts: list[int] = []
        write_excerpt(session, out, start=start, stop=stop, chunk_frames=8, level=1, progress=counts.append)
        assert sum(counts) == stop - start
    return out


@pytest.mark.parametrize(("start", "stop"), [(0, 40), (0, 2), (8, 30), (10, 11), (21, 40)])
def test_actions_and_frames_are_those_of_the_source(tmp_path: Path, start: int, stop: int) -> None:
    source = write_session(tmp_path / "a.h5")
    out = cut(source, tmp_path / "b.h5", start, stop)
    assert faults(out) == []
    with Session(source) as whole, Session(out) as part:
        np.testing.assert_array_equal(part.frames[:], whole.frames[start:stop])
        np.testing.assert_array_equal(part.t_ns, whole.t_ns[start:stop])
        np.testing.assert_array_equal(part.pointer_x_px, whole.pointer_x_px[start:stop])
        expected = whole.actions()[start:stop]
        assert [action.keys for action in part.actions()] == [action.keys for action in expected]
        assert [action.events for action in part.actions()][1:] == [action.events for action in expected][1:]
        assert part.attributes.get("excerpt_from_frame") == (None if (start, stop) == (0, 40) else start)


def test_a_key_held_from_before_is_held(tmp_path: Path) -> None:
    with Session(cut(write_session(tmp_path / "a.h5"), tmp_path / "b.h5", 8, 30)) as part:
        assert [sorted(action.keys) for action in part.actions()] == [[0]] * 12 + [[]] * 10


def test_prompts_are_counted_from_the_start() -> None:
    prompts = [(0, "a"), (5, "b"), (20, "c"), (30, "d")]
    assert excerpt_prompts(prompts, 0, 40) == prompts
    assert excerpt_prompts(prompts, 10, 30) == [(0, "b"), (10, "c")]
    assert excerpt_prompts(prompts, 5, 6) == [(0, "b")]


def test_held_forgets_what_was_released() -> None:
    down = [Event(t_ns=code, kind=EventKind.KEY_DOWN, code=code) for code in range(3)]
    click = Event(t_ns=4, kind=EventKind.BUTTON_DOWN, code=1)
    assert held([*down, click, Event(t_ns=5, kind=EventKind.KEY_UP, code=1)]) == [down[0], down[2], click]


@pytest.mark.parametrize(("start", "stop"), [(-1, 5), (5, 5), (0, 41)])
def test_a_range_that_is_not_there(tmp_path: Path, start: int, stop: int) -> None:
    with pytest.raises(ValueError, match="not all there"):
        cut(write_session(tmp_path / "a.h5"), tmp_path / "b.h5", start, stop)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.h5"]
