"""A recorder that is killed loses at most what it had not flushed; `verify --repair` completes the file."""

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from recorder import schema
from recorder.repair import repair
from recorder.session import Session
from recorder.verify import faults
from tests.recorder.kills import ALLOWED_S, kills
from tests.recorder.sessions import frame, recorder, write_session

ENDLESS = """
import itertools, sys
from pathlib import Path
from recorder.actions import Event, EventKind
from recorder.pointer import PointerState
from recorder.writer import SessionWriter
from tests.recorder.sessions import ARROW, SIZE_PX, frame
with SessionWriter(Path(sys.argv[1]), size_px=SIZE_PX, fps=15) as writer:
    for index in itertools.count():
        t_ns = (index + 1) * 66_000_000
        writer.add_events([Event(t_ns=t_ns - 1, kind=EventKind.MOTION, x_px=index)])
        writer.add_frame(frame(index), t_ns, PointerState(x_px=index, y_px=0, shape=ARROW))
        print(writer.frames_written, flush=True)
"""


@pytest.mark.parametrize("after", [20, 47, 160])
def test_sigkill(tmp_path: Path, after: int) -> None:
    path = tmp_path / "a.h5"
    process = subprocess.Popen([sys.executable, "-c", ENDLESS, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    flushed = 0
    while flushed < after:
        flushed = int(process.stdout.readline())
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    partial = tmp_path / "a.h5.partial"
    with Session(partial) as session:
        assert not session.complete
        kept = len(session)
        np.testing.assert_array_equal(session.frames[kept - 1], frame(kept - 1))
    assert kept >= flushed
    assert any("cut off" in fault for fault in faults(partial))

    done = recorder("verify", partial, "--repair")
    assert (done.returncode, done.stdout) == (0, f"{path}: ok\n")
    assert not partial.exists()
    with Session(path) as session:
        assert session.complete
        assert len(session) == kept
        np.testing.assert_array_equal(session.frames[:, 0, 0, 0], np.arange(kept) % 256)
        assert [event.x_px for event in session.events()][:kept] == list(range(kept))


def test_a_killed_recorder_loses_its_last_second_alone(tmp_path: Path) -> None:
    assert max(kills(runs=2, seed=1, folder=tmp_path)) < 3 * ALLOWED_S  # the suite makes the machine busy


def test_repair_trims_to_the_shortest_column(tmp_path: Path) -> None:
    partial = write_session(tmp_path / "a.h5", finish=False)
    with h5py.File(partial, "r+") as file:
        file["pointer/x"].resize(33, axis=0)
        file["frames/rgb"].resize(38, axis=0)
    assert any("pointer/x has 33" in fault for fault in faults(partial))
    path = repair(partial)
    assert faults(path) == []
    with Session(path) as session:
        assert len(session) == 33
        assert session.prompts() == [(0, "first"), (15, "second")]


def test_repair_stops_before_a_chunk_that_never_reached_the_disk(tmp_path: Path) -> None:
    partial = write_session(tmp_path / "a.h5", finish=False)
    with h5py.File(partial, "r+") as file:
        for name in ("frames/rgb", *schema.PER_FRAME):
            file[name].resize(60, axis=0)
        file["frames/t_ns"][40:] = 1_000_000_000 * np.arange(5, 25)
    with Session(repair(partial)) as session:
        assert len(session) == 48  # the chunks of 16 that are there


def test_repair_stops_before_times_that_never_reached_the_disk(tmp_path: Path) -> None:
    partial = write_session(tmp_path / "a.h5", finish=False)
    with h5py.File(partial, "r+") as file:
        for name in ("frames/rgb", *schema.PER_FRAME):
            file[name].resize(47, axis=0)
    with Session(repair(partial)) as session:
        assert len(session) == 40


def test_repair_completes_a_file_under_its_final_name(tmp_path: Path) -> None:
    path = write_session(tmp_path / "a.h5", finish=False).rename(tmp_path / "a.h5")
    assert repair(path) == path
    assert faults(path) == []
    assert sorted(tmp_path.iterdir()) == [path]


def test_repair_seals_nothing_that_was_changed(tmp_path: Path) -> None:
    partial = write_session(tmp_path / "a.h5").rename(tmp_path / "a.h5.partial")
    shutil.copy(partial, tmp_path / "b.h5.partial")
    with h5py.File(partial, "r+") as file:
        file["pointer/x"][3] = 1
    with pytest.raises(ValueError, match=r"a\.h5\.partial was changed after it was written; copy it again"):
        repair(partial)
    assert faults(repair(tmp_path / "b.h5.partial")) == []


def test_repair_names_what_it_cannot_read(tmp_path: Path) -> None:
    partial = write_session(tmp_path / "a.h5", finish=False)
    with h5py.File(partial, "r+") as file:
        del file["pointer/shapes/0"]
    with pytest.raises(ValueError, match=r"a\.h5\.partial is damaged: can't read 'pointer/shapes'; copy it again"):
        repair(partial)
    assert partial.exists()


def test_repair_refuses_to_replace_a_finished_file(tmp_path: Path) -> None:
    partial = write_session(tmp_path / "a.h5", finish=False)
    write_session(tmp_path / "b.h5").rename(tmp_path / "a.h5")
    with pytest.raises(ValueError, match="exists already"):
        repair(partial)
    assert partial.exists()
