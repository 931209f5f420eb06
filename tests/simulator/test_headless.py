"""`play.py --headless` with the fake world: files that are right and whole, or one sentence and no file."""

from dataclasses import replace
from pathlib import Path

import imageio.v3 as iio
import numpy as np
import pytest
from numpy.testing import assert_array_equal

from recorder.actions import Action
from recorder.caption import HEIGHT_PX
from recorder.pointer import draw_pointer
from recorder.session import Session
from simulator.fake_world import ARROW, FakeWorld
from simulator.player import Loaded, main
from simulator.world import Step
from tests.simulator.tracks import world_frames, write_track


class FailingWorld(FakeWorld):
    """Breaks when the pointer passes the middle."""

    def step(self, action: Action) -> Step:
        if action.x_px > self.size_px[0] // 2:
            raise ValueError("the model fell over; pick it up")
        return super().step(action)


def load(folder: Path, *, device: str | None, steps: int | None) -> Loaded:
    """The fake world; a checkpoint called 'failing' breaks."""
    assert device is None and steps is None
    return Loaded(world=FailingWorld() if folder.name == "failing" else FakeWorld(), about="rules")


def play(*arguments: object) -> None:
    main(["--headless", *(str(argument) for argument in arguments)], load)


def fails(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """Exit code 2 and its one sentence."""
    with pytest.raises(SystemExit) as stop:
        main([str(argument) for argument in arguments], load)
    assert stop.value.code == 2
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("play: ")]
    assert len(lines) == 1
    return lines[0]


@pytest.fixture
def track(tmp_path: Path) -> Path:
    return write_track(tmp_path / "track.h5")


def test_session(track: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.h5"
    play("--actions", track, "--out", out, "--prompt", "dark", "--seed", 5)
    with Session(out) as played, Session(track) as driven:
        assert played.attributes["source"] == "dream" and played.attributes["seed"] == 5
        assert played.actions() == driven.actions()
        assert played.events() == driven.events()
        assert played.prompts() == [(0, "dark")]
        assert_array_equal(played.frames[:], world_frames(track))
        assert_array_equal(played.pointer_x_px, driven.pointer_x_px)
    said = capsys.readouterr().out
    assert "12 frames at" in said and "(p95)" in said and "dirty tiles" in said and "rules" in said


@pytest.mark.parametrize(("reason", "said"), [("", "rules, compiled"), ("there is no compiler", "rules")])
def test_what_cannot_be_compiled_is_played_without(
    track: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], reason: str, said: str
) -> None:
    out, loaded = tmp_path / "out.h5", Loaded(world=FakeWorld(), about="rules", compile=lambda: reason)
    arguments = ["--headless", "--compile", "--actions", str(track), "--out", str(out)]
    main(arguments, lambda _folder, device, steps: loaded)  # noqa: ARG005
    with Session(out) as played:
        assert played.attributes["about"] == said and len(played) == 12
    told = capsys.readouterr().err
    assert (f"play: {reason}; playing without" in told) == bool(reason)


def test_a_world_without_a_model_has_nothing_to_compile(
    track: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ("--headless", "--compile", "--actions", track, "--out", tmp_path / "out.gif")
    assert "nothing to compile" in fails(capsys, *arguments)
    assert not (tmp_path / "out.gif").exists()


def test_a_shorter_session_has_no_later_events(track: Path, tmp_path: Path) -> None:
    play("--actions", track, "--out", tmp_path / "out.h5", "--frames", 4)
    with Session(tmp_path / "out.h5") as played:
        assert len(played) == 4 and played.events()[-1].t_ns <= played.t_ns[-1]


@pytest.mark.parametrize("suffix", [".mp4", ".gif"])
def test_video(track: Path, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"out{suffix}"
    play("--actions", track, "--out", out, "--scale", 2)
    video = iio.imread(out)[..., :3]
    frames = world_frames(track)
    wanted = [draw_pointer(frame, ARROW, 8 * index, 30) for index, frame in enumerate(frames)]
    assert video.shape == (12, 192, 256, 3)
    error = np.abs(video[:, ::2, ::2].astype(int) - np.stack(wanted))
    assert error.mean() < 2, "the pictures differ from frames with pointers"
    assert not list(tmp_path.glob("*partial*"))


def test_beside(track: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.gif"
    play("--actions", track, "--out", out, "--beside")
    video = iio.imread(out)[..., :3]
    assert video.shape == (12, 96 + HEIGHT_PX, 256, 3)
    recorded, generated = video[-1, HEIGHT_PX:, :128], video[-1, HEIGHT_PX:, 128:]
    assert (recorded == 128).all(-1).mean() > 0.97, "the recorded screen is still"
    assert (generated == 128).all(-1).mean() < 0.97, "the generated one has painted tiles"


def test_the_tracks_end_is_said(track: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    play("--actions", track, "--out", tmp_path / "out.h5", "--frames", 99)
    assert "ends after 12 of the 99 frames" in capsys.readouterr().out


@pytest.mark.parametrize("suffix", [".mp4", ".gif", ".h5"])
def test_nothing_half_written_stays(
    track: Path, tmp_path: Path, suffix: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / f"out{suffix}"
    arguments = ("--headless", "--checkpoint", "failing", "--actions", track, "--out", out)
    assert "the model fell over; pick it up" in fails(capsys, *arguments)
    assert [path.name for path in tmp_path.iterdir()] == ["track.h5"]


def test_bad_arguments(track: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    headless = ("--headless", "--actions", track)
    assert "not a format" in fails(capsys, *headless, "--out", tmp_path / "out.avi")
    assert "exists already" in fails(capsys, *headless, "--out", track)
    assert "is not there" in fails(capsys, *headless, "--out", tmp_path / "none" / "out.gif")
    assert "needs '--out FILE'" in fails(capsys, *headless)
    assert "1 or more" in fails(capsys, *headless, "--frames", 0, "--out", tmp_path / "out.gif")
    assert "1 or more" in fails(capsys, *headless, "--scale", 0, "--out", tmp_path / "out.gif")
    assert "keep their size" in fails(capsys, *headless, "--beside", "--out", tmp_path / "out.h5")
    assert "need '--headless'" in fails(capsys, "--out", tmp_path / "out.gif")
    assert "use '--out FILE.h5'" in fails(capsys, *headless, "--out", tmp_path / "o.gif", "--record", tmp_path / "r.h5")
    assert "to record a replay" in fails(capsys, "--actions", track, "--record", tmp_path / "r.h5")
    assert "name it .h5" in fails(capsys, "--record", tmp_path / "r.mp4")


def test_a_folder_that_takes_nothing(
    track: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda path, _: path != tmp_path)
    assert "may not be written" in fails(capsys, "--headless", "--actions", track, "--out", tmp_path / "out.mp4")


def test_a_track_that_does_not_fit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.gif"
    other_size = write_track(tmp_path / "size.h5", size_px=(64, 64))
    assert "is 64x64 and the checkpoint plays 128x96" in fails(
        capsys, "--headless", "--actions", other_size, "--out", out
    )
    other_rate = write_track(tmp_path / "rate.h5", fps=30)
    assert "use a session of that rate" in fails(capsys, "--headless", "--actions", other_rate, "--out", out)
    broken = tmp_path / "broken.h5"
    broken.write_bytes(b"no session")
    assert "not a readable HDF5 file" in fails(capsys, "--headless", "--actions", broken, "--out", out)
    assert not out.exists()
    assert "use a session of that size" in fails(capsys, "--actions", other_size)


def test_a_prompt_begins_at_a_screen_of_the_worlds_own(track: Path, tmp_path: Path) -> None:
    def understanding(folder: Path, *, device: str | None, steps: int | None) -> Loaded:
        return replace(load(folder, device=device, steps=steps), takes_prompts=True)

    arguments = ["--headless", "--actions", track, "--seed", 5, "--out"]
    main([*map(str, arguments), str(tmp_path / "told.h5"), "--prompt", "dark"], understanding)
    main([*map(str, arguments), str(tmp_path / "untold.h5")], understanding)
    with Session(tmp_path / "told.h5") as told, Session(tmp_path / "untold.h5") as untold, Session(track) as driven:
        assert_array_equal(told.frames[0], FakeWorld().reset(seed=5).frame_u8)
        assert_array_equal(untold.frames[0], driven.frames[0])


def test_a_prompt_that_nothing_understands_is_said_in_one_sentence(
    track: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    play("--actions", track, "--out", tmp_path / "out.h5", "--prompt", "dark")
    said = [line for line in capsys.readouterr().err.splitlines() if line.startswith("play: ")]
    assert len(said) == 1 and "no CLIP" in said[0]
