"""A full disk ends in one sentence, before HDF5 can ruin the file."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from recorder import writer as writer_module
from recorder.pointer import PointerState
from recorder.repair import repair
from recorder.session import Session
from recorder.verify import faults
from recorder.writer import RESERVE_BYTES, SessionWriter
from tests.recorder.sessions import SIZE_PX, frame, write_session

POINTER = PointerState(x_px=0, y_px=0, shape=None)


def test_full_disk_keeps_what_was_flushed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free = iter([RESERVE_BYTES * 2, RESERVE_BYTES * 2, RESERVE_BYTES])  # at the start, at frames 16 and 32
    monkeypatch.setattr(writer_module.shutil, "disk_usage", lambda _: SimpleNamespace(free=next(free)))
    written = 0
    with (
        pytest.raises(ValueError, match=r"no space left .*a\.h5\.partial: free space and run .*verify --repair"),
        SessionWriter(tmp_path / "a.h5", size_px=SIZE_PX, fps=30) as writer,
    ):
        for index in range(100):
            writer.add_frame(frame(index), (index + 1) * 33_000_000, POINTER)
            written = index + 1
    assert written == 31
    monkeypatch.undo()
    partial = tmp_path / "a.h5.partial"
    with Session(partial) as session:
        assert len(session) == 16
    assert faults(repair(partial)) == []


def test_no_space_at_the_start_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer_module.shutil, "disk_usage", lambda _: SimpleNamespace(free=RESERVE_BYTES - 1))
    with pytest.raises(ValueError, match=r"no space left .*; free at least 64 MB"):
        SessionWriter(tmp_path / "a.h5", size_px=SIZE_PX, fps=30)
    assert not list(tmp_path.iterdir())


def test_repair_opens_a_file_whose_end_is_missing(tmp_path: Path) -> None:
    partial = write_session(tmp_path / "a.h5", frames=160, finish=False)
    shutil.copy(partial, tmp_path / "whole")
    with partial.open("r+b") as file:
        file.truncate(partial.stat().st_size - 1)
    assert "verify --repair" in faults(partial)[0]
    path = repair(partial)
    assert faults(path) == []
    with Session(path) as session:
        assert 0 < len(session) <= 160
