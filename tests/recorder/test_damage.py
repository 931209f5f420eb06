"""Damaged, foreign and newer files end in one sentence: no other exception, no crash, no endless read."""

from pathlib import Path
from random import Random

import h5py
import numpy as np
import pytest

from recorder.seal import seal
from recorder.session import Session
from recorder.verify import faults
from tests.recorder.fuzz import fuzz
from tests.recorder.sessions import write_session


def test_mutated_and_truncated_files_never_crash_and_are_never_called_good(tmp_path: Path) -> None:
    assert fuzz(files=60, seed=1, folder=tmp_path) == []


def test_a_changed_pixel_or_attribute_is_noticed(tmp_path: Path) -> None:
    for change in (
        lambda file: overwrite(file, "frames/rgb", 3, np.full((8, 12, 3), 9, np.uint8)),
        lambda file: file.attrs.update({"fps": 11.0}),
        lambda file: file.attrs.pop("sha256"),
        lambda file: overwrite(file, "pointer/x", 3, 1),
    ):
        (fault,) = faults(damaged(tmp_path, change))
        assert "it was changed after it was written" in fault
        (tmp_path / "a.h5").unlink()


def damaged(tmp_path: Path, change, *, sealed: bool = False) -> Path:
    path = write_session(tmp_path / "a.h5")
    with h5py.File(path, "r+") as file:
        change(file)
        if sealed:
            seal(file)
    return path


def overwrite(file: h5py.File, name: str, index: int, value) -> None:
    row = file[name][index]
    if isinstance(value, dict):
        for field, number in value.items():
            row[field] = number
    else:
        row = value
    file[name][index] = row


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda file: file["frames/t_ns"].resize(39, axis=0), "frames/t_ns has 39"),
        (lambda file: file["frames/rgb"].resize(57, axis=0), "it says that it has 57 frames and has 40 times"),
        (lambda file: file["frames/rgb"].resize(2**43, axis=0), "it says that it has 8796093022208 frames"),
        (lambda file: overwrite(file, "frames/t_ns", 7, 1), "do not ascend at frame 7"),
        (lambda file: overwrite(file, "events", 2, {"t_ns": 1}), "event 2 is more than 5 ms out of order"),
        (lambda file: overwrite(file, "events", 1, {"code": 5}), "event 1 and 1 in all are not in the action table"),
        (lambda file: overwrite(file, "events", 0, {"kind": 6}), "not in the action table"),
        (lambda file: overwrite(file, "pointer/shape", 3, 1), "frame 3 has a pointer shape"),
        (lambda file: overwrite(file, "prompts/from_frame", 0, 30), "prompts do not ascend"),
        (lambda file: overwrite(file, "prompts/from_frame", 1, 40), "prompt begins outside"),
        (lambda file: file.attrs.update({"complete": False}), "cut off"),
        (lambda file: file["frames/rgb"].id.write_direct_chunk((16, 0, 0, 0), b"junk"), "from 16 on do not decode"),
        (lambda file: file.pop("events"), "lacks 'events'"),
        (lambda file: file["pointer/shapes"].pop("0"), "pointer shape"),
        (lambda file: file.attrs.update({"schema": 3}), "has schema 3 and this program reads up to 2; update"),
        (lambda file: file.attrs.update({"action_table": "0"}), "another action table"),
        (lambda file: file.attrs.pop("schema"), "not a session"),
        (lambda file: file.attrs.update({"width_px": 99}), "'frames/rgb' in another form"),
    ],
)
def test_each_fault_has_its_sentence(tmp_path: Path, change, sentence: str) -> None:
    path = damaged(tmp_path, change)
    found = faults(path)
    assert any(sentence in fault for fault in found), found
    assert all(str(path) in fault and "\n" not in fault for fault in found)


def test_events_a_few_milliseconds_askew_are_no_fault(tmp_path: Path) -> None:
    askew = damaged(
        tmp_path,
        lambda file: overwrite(file, "events", 2, {"t_ns": file["events"]["t_ns"][1] - 5_000_000}),
        sealed=True,
    )
    assert faults(askew) == []


def test_a_damaged_chunk_raises_with_the_files_name(tmp_path: Path) -> None:
    path = damaged(tmp_path, lambda file: file["frames/rgb"].id.write_direct_chunk((16, 0, 0, 0), b"junk"))
    with Session(path) as session:
        assert session.frames[15].any()
        with pytest.raises(ValueError, match=r"a\.h5 is damaged: can't read its frames; copy it again"):
            session.frames[16]
        with pytest.raises(ValueError, match=r"a\.h5 is damaged"):
            np.asarray(session.frames)


def test_quick_reads_only_a_few_chunks(tmp_path: Path) -> None:
    path = write_session(tmp_path / "a.h5", frames=160)
    with h5py.File(path, "r+") as file:
        for start in range(16, 160, 16):
            file["frames/rgb"].id.write_direct_chunk((start, 0, 0, 0), b"junk")
    assert "(9 chunks)" in faults(path)[0]
    assert "(3 chunks)" in faults(path, quick=True, random=Random(0))[0] or "(2 chunks)" in faults(path, quick=True)[0]


@pytest.mark.parametrize("content", [b"", b"not hdf5", b"\x89HDF\r\n\x1a\n" + bytes(200)])
def test_foreign_files(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.h5"
    path.write_bytes(content)
    assert [fault for fault in faults(path) if "not a readable HDF5 file" in fault]
    assert "is not there" in faults(tmp_path / "none.h5")[0]
    assert "is not there" in faults(tmp_path)[0]
