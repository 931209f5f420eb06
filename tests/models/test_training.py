"""The training loop: exact resume, the budget, and that the chain learns."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import SafetensorError
from safetensors.torch import save_file
from torch import Tensor, nn

from models import training
from models.train import minutes_in_all
from models.training import STATE, TrainConfig, Trainer
from recorder.clock import FakeClock


class _Regression:
    """Fits a fixed matrix; both optimizers have something to do."""

    def __init__(self) -> None:
        torch.manual_seed(0)
        self.module: nn.Module = nn.Sequential(nn.Linear(64, 64), nn.GELU(), nn.Linear(64, 3))
        self.clock = FakeClock()

    def loss(self, step: int) -> tuple[Tensor, dict[str, float]]:
        self.clock.advance(60_000_000_000)  # a minute a step
        x = torch.randn(32, 64, generator=torch.Generator().manual_seed(step))
        return (self.module(x) - x[:, :3]).square().mean(), {}


def _train(folder: Path, minutes: float, budget: float, resume: bool) -> Trainer:
    stage = _Regression()
    trainer = Trainer(stage, TrainConfig(minutes=budget, log_steps=1, warmup_steps=2), folder, stage.clock)
    if resume:
        trainer.resume()
    while trainer.minutes < minutes:
        trainer.train_step()
        trainer.minutes += 1.0
    trainer.write_state()
    return trainer


def test_a_resumed_run_takes_the_same_steps(tmp_path: Path) -> None:
    whole = _train(tmp_path / "whole", 12.0, 12.0, resume=False)
    _train(tmp_path / "parts", 5.0, 12.0, resume=False)
    parts = _train(tmp_path / "parts", 12.0, 12.0, resume=True)
    assert parts.step == whole.step == 12
    for name, value in whole.stage.module.state_dict().items():
        assert torch.equal(value, parts.stage.module.state_dict()[name])
        assert torch.equal(whole.ema[name], parts.ema[name])


def test_it_stops_at_its_budget_and_logs_every_step(tmp_path: Path) -> None:
    stage = _Regression()
    trainer = Trainer(stage, TrainConfig(minutes=5.0, log_steps=1), tmp_path, stage.clock)
    saved: list[int] = []
    trainer.run(lambda trainer: saved.append(trainer.step), progress=False)
    assert trainer.step == 5
    assert saved[-1] == 5
    assert (tmp_path / STATE).exists()
    rows = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [row["step"] for row in rows] == [1, 2, 3, 4, 5]


def test_the_rate_warms_up_and_cools_down(tmp_path: Path) -> None:
    stage = _Regression()
    trainer = Trainer(stage, TrainConfig(minutes=10.0, warmup_steps=4, cooldown=0.5), tmp_path, stage.clock)
    assert trainer.rate_factor() == 0.25
    trainer.step, trainer.minutes = 4, 4.0
    assert trainer.rate_factor() == 1.0
    trainer.minutes = 7.5
    assert trainer.rate_factor() == 0.5


def test_resume_without_a_state_says_what_to_do(tmp_path: Path) -> None:
    stage = _Regression()
    with pytest.raises(ValueError, match="resume"):
        Trainer(stage, TrainConfig(minutes=1.0), tmp_path, stage.clock).resume()


def _cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


@pytest.mark.parametrize(
    "break_it", [_cut_off, lambda path: path.write_bytes(b""), lambda path: save_file({"x": torch.zeros(1)}, path)]
)
def test_a_damaged_state_says_what_to_do(tmp_path: Path, break_it: Callable[[Path], object]) -> None:
    _train(tmp_path, 1.0, 2.0, resume=False)
    break_it(tmp_path / STATE)
    with pytest.raises(ValueError, match="damaged; leave out --resume") as caught:
        _train(tmp_path, 2.0, 2.0, resume=True)
    assert "\n" not in str(caught.value)


def test_a_full_disk_leaves_the_state_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _train(tmp_path, 1.0, 3.0, resume=False)

    def fails(_: object, path: Path) -> None:
        path.write_bytes(b"half")
        raise SafetensorError("No space left on device (os error 28)")

    with monkeypatch.context() as patch, pytest.raises(ValueError, match=r"No space left.*free space"):
        patch.setattr(training, "save_file", fails)
        _train(tmp_path, 2.0, 3.0, resume=True)
    assert [path.name for path in tmp_path.iterdir()] == [STATE]
    assert _train(tmp_path, 2.0, 3.0, resume=True).step == 2


def test_the_bar_says_the_rate_and_the_time_left(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stage = _Regression()
    Trainer(stage, TrainConfig(minutes=4.0, log_steps=2), tmp_path, stage.clock).run(lambda _: None)
    last = capsys.readouterr().err.replace("\r", "\n").splitlines()[-1]
    assert "4.0/4.0 min, 00:00 left, steps/min=1, loss=" in last


def test_minutes_are_summed_over_all_that_a_training_went_on_from() -> None:
    assert minutes_in_all({"minutes": 5.0}) == 5
    first = {"minutes": 58.0, "steps": 1147}
    second = {"minutes": 96.4, "minutes_in_all": 154.4, "from_desk": first}
    assert minutes_in_all({"minutes": 30.1, "from_desk": second}) == 184.5
    assert minutes_in_all({"minutes": 30.0, "from_desk": {"steps": 3}}) == 30, "what one does not say is not counted"


def test_the_chain_learns_the_toy_desktop(toy_run: Path) -> None:
    """A hundred steps bring the losses of the world well under their start; the toy is fully predictable."""
    rows = [json.loads(line) for line in (toy_run / "world-state" / "log.jsonl").read_text().splitlines()]
    last = rows[-3:]
    # the loss of a batch of ten moments jumps, hence the median; how far 120 steps come depends on the first weights
    assert np.median([row["when"] for row in last]) < 0.7 * rows[0]["when"]
    assert np.median([row["copy_share"] for row in last]) < 0.7
