"""What a user can cause ends in one sentence and exit code 2, and leaves what was there alone."""

import sys
from pathlib import Path

import pytest

from tests.by_hand.__main__ import main


def refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """What the command says as it refuses."""
    monkeypatch.setattr(sys, "argv", ["by_hand", *(str(argument) for argument in arguments)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    (line,) = capsys.readouterr().err.strip().splitlines()
    return line


def test_a_folder_with_something_in_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "play.json").write_text("of another run")
    assert "is not empty" in refused(monkeypatch, capsys, tmp_path)
    assert (tmp_path / "play.json").read_text() == "of another run"


def test_a_checkpoint_that_is_not_there(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    said = refused(monkeypatch, capsys, tmp_path / "out", "--checkpoint", tmp_path / "missing")
    assert str(tmp_path / "missing") in said
