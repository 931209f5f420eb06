"""A Counter-Strike file as DIAMOND trains on them becomes a session; what is no such file is one sentence."""

from pathlib import Path

import h5py
import numpy as np
import pytest

from recorder.actions import KEY_INDEX
from recorder.csgo import ACTION_LENGTH, MOUSE, MOUSE_X_PX, MOUSE_Y_PX, ImportCsgo
from recorder.session import Session
from recorder.verify import faults


def write_game(path: Path, frames: int = 20) -> Path:
    """Frame i is blue at strength i; W is held in frames 3 to 6, the left button in frame 5, the mouse goes right."""
    with h5py.File(path, "w") as file:
        for index in range(frames):
            bgr = np.zeros((150, 280, 3), np.uint8)
            bgr[..., 0] = index
            action = np.zeros(ACTION_LENGTH)
            action[0], action[11] = 3 <= index <= 6, index == 5
            action[13 + MOUSE_X_PX.index(60)] = action[13 + 23 + MOUSE_Y_PX.index(-4)] = 1
            file[f"frame_{index}_x"], file[f"frame_{index}_y"] = bgr, action
    return path


def test_frames_and_actions_are_the_games(tmp_path: Path) -> None:
    assert ACTION_LENGTH == 51
    ImportCsgo(source=write_game(tmp_path / "game.hdf5"), out=tmp_path / "a.h5").run()
    assert faults(tmp_path / "a.h5") == []
    with Session(tmp_path / "a.h5") as session:
        assert (session.size_px, session.fps, len(session)) == ((280, 150), 16, 20)
        assert session.frames[7][0, 0].tolist() == [0, 0, 7]
        actions = session.actions()
        assert [KEY_INDEX["KeyW"] in action.keys for action in actions] == [3 <= index <= 6 for index in range(20)]
        assert [0 in action.buttons for action in actions] == [index == 5 for index in range(20)]
        assert session.attributes[MOUSE].tolist() == [[60, -4]] * 20


def test_what_is_no_such_file_is_one_sentence(tmp_path: Path) -> None:
    broken, foreign = write_game(tmp_path / "broken.hdf5"), tmp_path / "foreign.hdf5"
    with h5py.File(broken, "r+") as file:
        del file["frame_9_x"]
    foreign.write_text("x")
    for source in (broken, foreign, tmp_path / "none.hdf5"):
        with pytest.raises(ValueError, match=source.name):
            ImportCsgo(source=source, out=tmp_path / "a.h5").run()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["broken.hdf5", "foreign.hdf5"]
