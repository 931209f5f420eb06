"""Counter-Strike files as DIAMOND trains on them are held-out data as they are."""

import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from recorder.actions import KEY_INDEX
from simulator.__main__ import main
from simulator.evaluate import evaluate, open_footage
from simulator.fake_world import FakeWorld
from simulator.footage import Footage
from simulator.plan import Effort
from tests.recorder.test_csgo import write_game

SIZE_PX = (288, 160)


def test_frames_are_whole_tiles_and_ways_are_differences(tmp_path: Path) -> None:
    film = Footage(write_game(tmp_path / "game.hdf5"))
    assert (film.size_px, film.fps, len(film)) == (SIZE_PX, 16, 20)
    frames = np.stack([*film.frames(3, 5)])
    assert frames.shape == (5, 160, 288, 3)
    assert frames[4, 149, 279].tolist() == [0, 0, 7] and not frames[:, 150:].any() and not frames[:, :, 280:].any()
    assert [KEY_INDEX["KeyW"] in action.keys for action in film.actions] == [3 <= frame <= 6 for frame in range(20)]
    places = np.array([(action.x_px, action.y_px) for action in film.actions])
    assert (np.diff(places, axis=0) == (60, -4)).all()
    assert film.shape(3) is None and film.prompt(3) == "" and film.caused[1:].all()
    film.close()


def test_a_world_is_judged_on_them(tmp_path: Path) -> None:
    (tmp_path / "1-200").mkdir()
    write_game(tmp_path / "1-200" / "game_2.hdf5", frames=60)
    write_game(tmp_path / "1-200" / "game_1.hdf5", frames=60)
    with open_footage(tmp_path) as footage:
        assert [film.path.name for film in footage] == ["game_1.hdf5", "game_2.hdf5"]
        report = evaluate(FakeWorld(SIZE_PX, 16.0), footage, Effort(minutes=1, tracks=2), seed=0).report
    assert report["metrics"]["rmse_at"]["15"] > 0 and report["baselines"]["copy_last"]["psnr_changed_db"] > 40
    assert report["metrics"]["pointer_error_px"] is None and "pointer" in report["not_measured"]["pointer_error_px"]


@pytest.mark.parametrize("case", ["missing", "no HDF5", "other layout", "a frame gone"])
def test_what_is_no_such_file_is_one_sentence(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "game.hdf5"
    if case == "no HDF5":
        path.write_bytes(b"no file of that kind")
    elif case != "missing":
        write_game(path, frames=30)
        with h5py.File(path, "r+") as file:
            del file["frame_0_y" if case == "other layout" else "frame_12_x"]
    world = f"{__name__}:load_fake"
    arguments = ["evaluate", tmp_path, path, "--world", world, "--out", tmp_path / "out"]
    monkeypatch.setattr(sys, "argv", ["simulator", *map(str, arguments)])
    monkeypatch.setattr("simulator.tesseract.missing_reason", lambda: "not tried here; its own tests do")
    with pytest.raises(SystemExit) as exit_info:
        main()
    said = capsys.readouterr().err.strip().splitlines()[-1]
    assert exit_info.value.code == 2 and said.startswith(f"simulator: {path} ") and ";" in said
    assert not (tmp_path / "out").exists()


def load_fake(folder: Path, *, device: str | None = None) -> FakeWorld:
    """A foreign world of the files' size."""
    del folder, device
    return FakeWorld(SIZE_PX, 16.0)
