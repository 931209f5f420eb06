"""Every command as a user runs it: its output, its exit code, one line for a mistake, never a traceback."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from recorder.session import Session
from recorder.verify import faults
from tests.recorder.sessions import recorder, write_session

COMMANDS = [
    "record",
    "explore",
    "verify",
    "report",
    "view",
    "repack",
    "migrate",
    "cut",
    "export",
    "import",
    "import-csgo",
    "import-owamcap",
    "bench",
]


@pytest.mark.parametrize("command", [[], *([name] for name in COMMANDS)])
def test_help(command: list[str]) -> None:
    done = recorder(*command, "--help")
    assert done.returncode == 0
    assert "usage: python -m recorder" in done.stdout


def test_verify_reports_each_file(tmp_path: Path) -> None:
    good, bad = write_session(tmp_path / "good.h5"), tmp_path / "bad.h5"
    bad.write_bytes(good.read_bytes()[:-100])
    done = recorder("verify", good, bad, tmp_path / "none.h5")
    assert done.returncode == 1
    first, second, third = done.stdout.splitlines()
    assert first == f"{good}: ok"
    assert second.startswith(f"{bad} is cut off, 100 bytes are missing at its end")
    assert third == f"{tmp_path / 'none.h5'} is not there; check the name"
    assert "Traceback" not in done.stderr


def test_report_and_repack(tmp_path: Path) -> None:
    source = write_session(tmp_path / "a.h5")
    done = recorder("report", source, "--out", tmp_path / "sheet.png")
    assert done.returncode == 0, done.stderr
    for line in ("40 of 12x8 px in 3.90 s", "10.000 frames a second", "1 button_down, 1 button_up, 1 key_down", "arrow",
                 "from frame 15: second"):  # fmt: skip
        assert line in done.stdout
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.size == (5 * 256, 4 * (170 + 16))
        assert sheet.getpixel((250, 160)) == (0, 0, 0)  # frame 0 is black, its pointer elsewhere
        assert sheet.getpixel((5, 50)) == (157, 157, 157)  # the pointer of frame 0: 200/255 of 200

    done = recorder("repack", source, tmp_path / "b.h5", "--start", 10, "--frames", 20)
    assert done.returncode == 0, done.stderr
    assert faults(tmp_path / "b.h5") == []
    with Session(tmp_path / "b.h5") as session:
        assert len(session) == 20
        assert session.frames.chunks == (64, 8, 12, 3)
        assert session.prompts() == [(0, "first"), (5, "second")]


def test_mistakes_end_in_one_line_and_exit_code_2(tmp_path: Path) -> None:
    source, foreign = write_session(tmp_path / "a.h5"), tmp_path / "foreign.h5"
    foreign.write_text("x")
    for arguments in (
        ["report", foreign],
        ["report", source, "--out", tmp_path / "sheet.txt"],
        ["repack", source, source],
        ["repack", source, tmp_path / "c.h5", "--start", "39", "--frames", "2"],
        ["verify"],
        ["record", tmp_path / "d.h5", "--display", ":7654"],
        ["record", "/proc/d.h5", "--display", "fake"],
        ["explore", tmp_path / "sessions", "--jobs", "0"],
        ["explore", tmp_path / "sessions", "--replay", source],
        ["explore", tmp_path / "sessions", "--replay", tmp_path / "none.h5"],
    ):
        done = recorder(*arguments)
        assert done.returncode == 2, arguments
        assert len(done.stderr.splitlines()) == 1, done.stderr
        assert done.stderr.startswith("recorder: ")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.h5", "foreign.h5"]


def test_record_for_some_seconds(tmp_path: Path) -> None:
    path = tmp_path / "a.h5"
    done = recorder("record", path, "--display", "fake", "--seconds", 0.5, "--fps", 20, "--note", "a try")
    assert done.returncode == 0, done.stderr
    assert faults(path) == []
    with Session(path) as session:
        assert 5 <= len(session) <= 10
        assert session.attributes["note"] == "a try"


def _hears_hangups() -> None:
    """Also where the tests run under nohup, which has their children not hear them."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_interrupt_completes_the_file(tmp_path: Path, number: signal.Signals) -> None:
    path = tmp_path / "a.h5"
    command = [sys.executable, "-m", "recorder", "record", str(path), "--display", "fake"]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, stderr=pipe, stdout=pipe, text=True, preexec_fn=_hears_hangups)
    assert process.stderr is not None
    assert process.stderr.readline().startswith("recording")
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(timeout=0.5)
    process.send_signal(number)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 0, errors
    assert faults(path) == []


def test_a_terminal_that_closes_leaves_a_complete_file(tmp_path: Path) -> None:
    path, (ours, theirs) = tmp_path / "a.h5", os.openpty()
    command = [sys.executable, "-m", "recorder", "record", str(path), "--display", "fake"]
    process = subprocess.Popen(command, stderr=theirs, stdout=theirs, preexec_fn=_hears_hangups)
    os.close(theirs)
    said = b""
    while b"recording" not in said:
        said += os.read(ours, 1000)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(timeout=0.5)
    os.close(ours)
    process.send_signal(signal.SIGHUP)
    process.wait(timeout=20)
    assert faults(path) == []
