"""The figure of how losses fell."""

import json
from pathlib import Path

import numpy as np
import pytest

from simulator.__main__ import main
from simulator.curves import SMOOTH_ROWS, read_curves

ROWS = SMOOTH_ROWS + 5


def _log(path: Path, **first: float) -> Path:
    """One of a row a minute, in which each loss falls by a tenth a row."""
    rows = [{"minutes": row + 1, **{name: value - row / 10 for name, value in first.items()}} for row in range(ROWS)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_logs_follow_each_other_and_are_smoothed(tmp_path: Path) -> None:
    curves = read_curves([_log(tmp_path / "a", when=9.0), _log(tmp_path / "b", when=5.0, place=8.0)])
    (hours, values), (later, _) = curves["when"]
    middle = (SMOOTH_ROWS - 1) / 2
    assert len(hours) == len(values) == 6 and [*curves] == ["when", "place"]
    np.testing.assert_allclose(hours[:2] * 60, [middle + 1, middle + 2])
    np.testing.assert_allclose(values[:2], [9 - middle / 10, 8.9 - middle / 10])
    assert later[0] * 60 == pytest.approx(ROWS + middle + 1) and curves["place"][0][0][0] == later[0]


def test_the_command_draws_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "curves.png"
    monkeypatch.setattr("sys.argv", ["simulator", "curves", str(_log(tmp_path / "a", when=9.0)), "--out", str(out)])
    main()
    assert out.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("content", ["", "no log", "[1]", '{"step": 3}', "\x00"])
def test_what_is_no_log_is_one_sentence(tmp_path: Path, content: str) -> None:
    (tmp_path / "a").write_text(content)
    with pytest.raises(ValueError, match="no log of a training"):
        read_curves([tmp_path / "a"])
