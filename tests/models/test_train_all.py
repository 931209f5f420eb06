"""All stages by one command."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from models.clip import NAME as CLIP
from models.desk import load_desk
from models.train import DESK_FOLDER, STATES, Order, train_all
from models.training import STATE
from recorder.dataset import session_name
from tests.models.described import write_described_session
from tests.models.toy import StepClock, write_toy_session

MINUTES = 3.0


def _train(data: Path, out: Path, *, resume: bool = False) -> None:
    threads = torch.get_num_threads()
    order = Order(data=data, out=out, preset="tiny", minutes=MINUTES, resume=resume, seed=0, threads=1)
    train_all(order, StepClock())
    torch.set_num_threads(threads)


def _steps(out: Path) -> dict[str, int]:
    found = {name: out / folder / STATE for name, folder in STATES.items()}
    return {name: int(load_file(path)["step"]) for name, path in found.items() if path.is_file()}


def test_it_leaves_a_desk_that_takes_text_and_resumes_what_was_begun(tmp_path: Path) -> None:
    write_toy_session(tmp_path / session_name(0), seed=0, frames=160)
    write_described_session(tmp_path / session_name(1), looks=[("light", "blue"), ("dark", "red")])
    _train(tmp_path, tmp_path / "run")
    steps = _steps(tmp_path / "run")
    assert steps["vae"] >= 1 and steps["clip"] >= 1 and steps["world"] > steps["vae"] > steps["clip"]
    assert load_desk(tmp_path / "run" / DESK_FOLDER).clip
    (tmp_path / "run" / STATES["world"] / STATE).unlink()  # as if it had been stopped before the world model
    _train(tmp_path, tmp_path / "run", resume=True)
    assert _steps(tmp_path / "run") == steps


def test_without_prompts_it_trains_no_clip_and_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_toy_session(tmp_path / session_name(0), seed=0, frames=160)
    _train(tmp_path, tmp_path / "run")
    assert "takes no text" in capsys.readouterr().out
    assert set(_steps(tmp_path / "run")) == {"vae", "world"} and not (tmp_path / "run" / CLIP).exists()
    assert load_desk(tmp_path / "run" / DESK_FOLDER).clip is None
