"""`migrate`: a session of an older schema in, the same in the present one out, its frames as they are stored.

Each step makes a file of one version into one of the next. Reading needs no migrated file: `Session` makes
up for what a version lacks.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import h5py
import tyro

from recorder import schema
from recorder.beside import written_beside
from recorder.seal import seal
from recorder.session import Session
from recorder.verify import damage


@dataclass(kw_only=True)
class Migrate:
    """Write a session of an older schema anew in the present one; frames keep their bytes."""

    source: tyro.conf.Positional[Path]
    """The session; of a recording in several files each is migrated by itself."""
    out: tyro.conf.Positional[Path]
    """The new file."""

    def run(self) -> None:
        before = migrate(self.source, self.out)
        print(f"{self.out}: schema {schema.SCHEMA}, {self.source} has {before}")


def migrate(source: Path, out: Path) -> int:
    """Write `source` to `out` in the present schema; returns the one that it has.

    Raises ValueError, with the remedy, where it has faults or is already of the present schema, and where `out` exists
    or can't be written.
    """
    for fault in damage(source, quick=True):
        raise ValueError(fault)
    with Session(source) as session:
        version = int(session.attributes["schema"])
    if version == schema.SCHEMA:
        raise ValueError(f"{source} has the present schema, {version}; use it as it is")
    with written_beside([out]) as (beside,):
        shutil.copyfile(source, beside)
        with h5py.File(beside, "r+") as file:
            for step in range(version, schema.SCHEMA):
                STEPS[step](file, source)
                file.attrs.modify("schema", step + 1)
            seal(file)
    return version


def _add_states(file: h5py.File, source: Path) -> None:
    """Version 2 has what is held each second, and what mice report, of which older recorders did not know."""
    with Session(source) as session:
        rows = {schema.STATES: session.state_rows, schema.RAW: session.raw_rows}
    for name, values in rows.items():
        if name not in file:
            dataset = schema.create_later(file, name)
            dataset.resize(len(values), axis=0)
            dataset[:] = values


STEPS: dict[int, Callable[[h5py.File, Path], None]] = {1: _add_states}
