"""LPIPS is measured where its libraries and weights are here, and its reason is told where they are not."""

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from simulator.perception import load_lpips, missing_reason


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> set[str]:
    """The libraries that can be found, to be changed; the weights would lie in `checkpoints` of the test's folder."""
    found: set[str] = {"torchmetrics", "torchvision"}
    monkeypatch.setattr("simulator.perception.find_spec", lambda name: name if name in found else None)
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    return found


def test_missing_libraries_are_named(here: set[str]) -> None:
    here.clear()
    assert missing_reason() == "torchmetrics and torchvision with AlexNet's weights would be needed"
    here.add("torchvision")
    assert missing_reason() == "torchmetrics with AlexNet's weights would be needed"


@pytest.mark.usefixtures("here")
def test_the_weights_are_looked_for_and_not_fetched(tmp_path: Path) -> None:
    assert missing_reason() == "AlexNet's pretrained weights are not on this machine"
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / "checkpoints" / "alexnet-owt-7be5be79.pth").touch()
    assert missing_reason() is None


class _Network:
    """What LPIPS would be told and asked; it answers with the mean difference."""

    def __init__(self, **options: Any) -> None:
        assert options == {"net_type": "alex", "normalize": True}, "pictures in [0, 1]"

    def eval(self) -> "_Network":
        return self

    def __call__(self, true: torch.Tensor, shown: torch.Tensor) -> torch.Tensor:
        assert true.shape == shown.shape == (1, 3, 32, 48)
        return (true - shown).abs().mean()


def test_frames_reach_the_network_as_planes_in_the_unit_range(monkeypatch: pytest.MonkeyPatch) -> None:
    library = SimpleNamespace(LearnedPerceptualImagePatchSimilarity=_Network)
    monkeypatch.setitem(sys.modules, "torchmetrics.image.lpip", library)
    perceive = load_lpips()
    black, red = np.zeros((32, 48, 3), np.uint8), np.zeros((32, 48, 3), np.uint8)
    red[..., 0] = 255
    assert perceive(black, black) == 0 and perceive(black, red) == pytest.approx(1 / 3)
