"""The README's numbers are those of the report and the benchmark in docs/."""

import shutil
from pathlib import Path

import pytest

from simulator.numbers import fill

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
