"""The report of a CLIP: on a toy desktop every number is there, and a CLIP that knows all gets all."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from models.clip import ClipConfig, ClipModel, save_clip
from models.presets import PRESETS
from recorder.dataset import session_name
from simulator.__main__ import Clip
from simulator.clip_report import report
from tests.models.described import write_described_session
from tests.models.toy import write_toy_session


@pytest.fixture
def data(tmp_path: Path) -> Path:
    write_described_session(tmp_path / session_name(9), looks=[("light", "blue"), ("dark", "blue"), ("dark", "red")])
    return tmp_path


@pytest.fixture
def clip() -> ClipModel:
    torch.manual_seed(0)
    return ClipModel(ClipConfig(rows=8, columns=8, **PRESETS["tiny"].clip)).eval()


def test_everything_is_counted(data: Path, clip: ClipModel) -> None:
    told = report(clip, data, seed=0)
    assert told["screens"] == {"test": 8, "compositional": 0}
    assert told["recall"]["candidates"] == 6
    seen = told["zero_shot"]["seen"]
    assert [seen[name]["screens"] for name in ("theme", "wallpaper", "focused", "open_terminal", "menu")] == [
        8,
        8,
        4,
        8,
        8,
    ]
    assert seen["theme"]["majority"] == 0.5 and seen["open_terminal"]["majority"] == 0.5
    assert told["zero_shot"]["unseen"] is None and "zero_shot.unseen" in told["not_measured"]
    # each of four light, four dark and four open screens has a partner without that
    assert told["arithmetic"]["pairs"] == 12
    assert 3 <= told["paraphrases"]["meanings"] <= 6
    assert np.isfinite(json.loads(json.dumps(told))["zero_shot"]["seen"]["mean"])


def test_the_same_seed_says_the_same(data: Path, clip: ClipModel) -> None:
    assert report(clip, data, seed=1) == report(clip, data, seed=1)


def test_sessions_that_tell_nothing_are_refused_in_one_sentence(tmp_path: Path, clip: ClipModel) -> None:
    write_toy_session(tmp_path / session_name(9), seed=0, frames=20)
    with pytest.raises(ValueError, match="no attributes"):
        report(clip, tmp_path, seed=0)


def test_the_command_writes_the_report(data: Path, clip: ClipModel, tmp_path: Path) -> None:
    save_clip(tmp_path / "clip", clip, {})
    Clip(clip=tmp_path / "clip", data=data, out=tmp_path / "clip.json").run()
    told = json.loads((tmp_path / "clip.json").read_text())
    assert told["checkpoint"]["sha256"].keys() == {"clip.safetensors"} and told["schema"] == 1
