"""A file of an older schema reads as one of the present, and becomes one without a change of its frames."""

from pathlib import Path

import h5py
import numpy as np
import pytest

from recorder import schema
from recorder.migrate import STEPS, migrate
from recorder.seal import seal
from recorder.session import Session
from recorder.verify import faults
from tests.recorder.sessions import recorder, write_session


def older(path: Path) -> Path:
    """A session as programs of schema 1 wrote it."""
    write_session(path)
    with h5py.File(path, "r+") as file:
        for name in schema.LATER_COLUMNS:
            del file[name]
        file.attrs.modify("schema", 1)
        seal(file)
    return path


def test_every_version_has_a_step_to_the_next() -> None:
    assert sorted(STEPS) == list(range(1, schema.SCHEMA))


def test_version_1_reads_as_the_present(tmp_path: Path) -> None:
    present, old = write_session(tmp_path / "a.h5"), older(tmp_path / "b.h5")
    assert faults(old) == []
    with Session(present) as expected, Session(old) as session:
        assert session.attributes["schema"] == 1
        assert session.states() == expected.states() and len(expected.states()) == 4
        assert len(session.raw_rows) == 0
        assert session.actions(12, 30) == expected.actions()[12:30]


def test_migrated_it_is_what_would_be_written_today(tmp_path: Path) -> None:
    present, old, new = write_session(tmp_path / "a.h5"), older(tmp_path / "b.h5"), tmp_path / "c.h5"
    before = old.read_bytes()
    done = recorder("migrate", old, new)
    assert (done.returncode, done.stdout) == (0, f"{new}: schema {schema.SCHEMA}, {old} has 1\n"), done.stderr
    assert faults(new) == [] and old.read_bytes() == before
    with Session(present) as expected, Session(new) as session:
        assert session.attributes.keys() == expected.attributes.keys()
        assert session.attributes[schema.SHA256] == expected.attributes[schema.SHA256]
        np.testing.assert_array_equal(session.frames[:], expected.frames[:])


def test_what_cannot_be_migrated_is_one_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    present, old = write_session(tmp_path / "a.h5"), older(tmp_path / "b.h5")
    broken = older(tmp_path / "c.h5")
    with h5py.File(broken, "r+") as file:
        file["pointer/x"][3] = 1
    there = sorted(tmp_path.iterdir())
    for source, out, said in (
        (present, tmp_path / "d.h5", "has the present schema, 2; use it as it is"),
        (broken, tmp_path / "d.h5", "it was changed after it was written"),
        (old, present, "exists already"),
    ):
        with pytest.raises(ValueError, match=said):
            migrate(source, out)
    assert sorted(tmp_path.iterdir()) == there


def test_a_file_of_version_2_without_its_states_is_refused(tmp_path: Path) -> None:
    path = older(tmp_path / "a.h5")
    with h5py.File(path, "r+") as file:
        file.attrs.modify("schema", 2)
        seal(file)
    with pytest.raises(ValueError, match="lacks 'states'"):
        Session(path)
