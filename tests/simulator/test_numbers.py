"""The README's numbers are those of the report and the benchmark in docs/."""

import json
import shutil
from pathlib import Path

import pytest

from models.checkpoint import load_config
from simulator.numbers import fill, tell
from simulator.shipped import CHECKPOINT

ROOT = Path(__file__).parents[2]


def test_the_readme_tells_the_numbers_that_were_measured(tmp_path: Path) -> None:
    copy = tmp_path / "README.md"
    shutil.copy(ROOT / "README.md", copy)
    fill(copy, ROOT / "docs" / "evaluation")
    assert copy.read_text() == (ROOT / "README.md").read_text()


def test_a_text_without_marks_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("no marks")
    with pytest.raises(ValueError, match="numbers"):
        fill(tmp_path / "README.md", ROOT / "docs" / "evaluation")
    assert (tmp_path / "README.md").read_text() == "no marks"


def test_the_checkpoint_tells_the_metrics_of_its_own_report(tmp_path: Path) -> None:
    shutil.copytree(CHECKPOINT, tmp_path / "desk")
    tell(tmp_path / "desk", ROOT / "docs" / "evaluation")
    assert load_config(tmp_path / "desk") == load_config(CHECKPOINT)
    (tmp_path / "desk" / "world.safetensors").write_bytes(b"another")
    with pytest.raises(ValueError, match="other weights"):
        tell(tmp_path / "desk", ROOT / "docs" / "evaluation")


def test_a_report_of_unseen_combinations_has_a_table_of_its_own(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "docs" / "evaluation", tmp_path / "evaluation")
    report = json.loads((tmp_path / "evaluation" / "report.json").read_text())
    report["data"] |= {"split": "compositional", "sessions": report["data"]["sessions"][:3]}
    report["metrics"]["event_iou"] = 0.123
    (tmp_path / "evaluation" / "compositional.json").write_text(json.dumps(report))
    shutil.copy(ROOT / "README.md", tmp_path)
    fill(tmp_path / "README.md", tmp_path / "evaluation")
    _, table = (tmp_path / "README.md").read_text().split("| sessions of looks that training never combines: 3 |")
    assert "| event IoU, closed loop for 20 frames | 0.12 |" in table
