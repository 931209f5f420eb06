"""A track knows which changes can have come of the inputs."""

from pathlib import Path

import numpy as np
import pytest

from models.track import load_track
from recorder.actions import Event, EventKind
from recorder.pointer import PointerState
from recorder.prompt import Prompt
from recorder.writer import SessionWriter
from tests.models.toy import ARROW, FPS, PERIOD_NS, SIZE_PX, write_toy_session

FIRST_INPUT, WISH, DONE, FRAMES = 2, 4, 6, 9


def test_changes_before_the_first_input_and_under_a_wish_are_not_caused_by_inputs(tmp_path: Path) -> None:
    path = tmp_path / "seed-00000.h5"
    said = {WISH: {"theme": "dark", "event": "open the terminal"}, DONE: {"theme": "dark"}}
    with SessionWriter(path, size_px=SIZE_PX, fps=FPS, attributes={"source": "toy", "seed": 0}) as writer:
        for frame in range(FRAMES):
            if frame == FIRST_INPUT:
                moved = Event(t_ns=frame * PERIOD_NS - 1000, kind=EventKind.BUTTON_DOWN, x_px=3, y_px=3)
                writer.add_events([moved])
            if frame in said:
                writer.add_prompt(*Prompt.of("words", said[frame]))
            screen = np.full((SIZE_PX[1], SIZE_PX[0], 3), 20 * frame, np.uint8)
            writer.add_frame(screen, frame * PERIOD_NS, PointerState(x_px=3, y_px=3, shape=ARROW))
    track = load_track(path, tmp_path)
    assert np.flatnonzero(track.begun).tolist() == [2, 3, 4, 5, 6, 7, 8]
    assert track.wish.tolist() == [-1] * WISH + [0] * (DONE - WISH) + [-1] * (FRAMES - DONE)
    assert track.wishes.tolist() == ["open the terminal"]


def test_two_processes_may_make_the_same_track_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, cache = tmp_path / "toy.h5", tmp_path / "tracks"
    write_toy_session(path, seed=0, frames=5)
    save = np.savez

    def overtaken(place: Path, **arrays: np.ndarray) -> None:
        """Written, and before it takes its name the other has made the track from begin to end."""
        save(place, **arrays)
        monkeypatch.setattr(np, "savez", save)
        load_track(path, cache)

    monkeypatch.setattr(np, "savez", overtaken)
    load_track(path, cache)
    assert len(list(cache.iterdir())) == 1
