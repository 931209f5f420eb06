"""Tesseract reads what is written; where it is missing or fails one sentence says what to do."""

import os
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from simulator.__main__ import main
from simulator.fake_world import FakeWorld
from simulator.tesseract import missing_reason, read_text, remembering
from tests.simulator.held_out import FPS, SIZE_PX, write_held_out

FRAME = np.zeros((32, 48, 3), np.uint8)


def test_what_is_written_is_read() -> None:
    if reason := missing_reason():
        pytest.skip(reason)
    picture = Image.new("RGB", (256, 96), "white")
    font = ImageFont.load_default(18)
    for row, words in enumerate(("Hello desktop", "File Edit View")):
        ImageDraw.Draw(picture).text((16, 16 + 36 * row), words, fill="black", font=font)
    assert read_text(np.asarray(picture)).splitlines() == ["Hello desktop", "File Edit View"]


def test_where_it_is_missing_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert missing_reason() == "Tesseract is missing; install it with 'apt-get install tesseract-ocr'"
    (tmp_path / "tesseract").write_text("#!/bin/sh\n")
    (tmp_path / "tesseract").chmod(0o755)
    assert missing_reason() is None


@pytest.mark.parametrize(
    ("program", "said"),
    [
        (
            "echo \"Failed loading language 'eng'\" >&2; echo 'Could not initialize.' >&2; exit 1",
            "Failed loading language",
        ),
        ("exec sleep 9", "timed out"),
    ],
    ids=["no language", "too slow"],
)
def test_a_failure_is_one_sentence(program: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _install(tmp_path, program, monkeypatch)
    monkeypatch.setattr("simulator.tesseract._TIMEOUT_S", 0.2)
    with pytest.raises(ValueError, match="apt-get install --reinstall") as info:
        read_text(FRAME)
    assert "\n" not in str(info.value) and said in str(info.value)


def test_a_failure_ends_an_evaluation_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _install(tmp_path, "exit 1", monkeypatch)
    data, out = write_held_out(tmp_path / "data", sessions=1, frames=60), tmp_path / "out"
    little = ["--minutes", "0.02", "--events", "2", "--tracks", "0"]
    arguments = ["evaluate", str(data), str(data), "--world", f"{__name__}:load_fake", "--out", str(out), *little]
    monkeypatch.setattr(sys, "argv", ["simulator", *arguments])
    with pytest.raises(SystemExit) as exit_info:
        main()
    said = capsys.readouterr().err.strip().splitlines()[-1]
    assert exit_info.value.code == 2 and said.startswith("simulator: Tesseract cannot read a frame (") and ";" in said
    assert not out.exists()


def test_each_distinct_frame_is_read_once() -> None:
    asked = []

    def read(frame_u8: np.ndarray) -> str:
        asked.append(frame_u8.copy())
        return f"reading {len(asked)}"

    read_once = remembering(read)
    other = FRAME + 1
    said = [read_once(frame_u8) for frame_u8 in (FRAME, other, FRAME.copy(), other)]
    assert said == ["reading 1", "reading 2", "reading 1", "reading 2"] and len(asked) == 2


def load_fake(folder: Path, *, device: str | None = None) -> FakeWorld:
    """A world of the sessions' size."""
    del folder, device
    return FakeWorld(SIZE_PX, FPS)


def _install(folder: Path, program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first `tesseract` of the path is this shell script."""
    script = folder / "tesseract"
    script.write_text(f"#!/bin/sh\n{program}\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
