"""What the benchmark says of a session whose frames are known."""

import os
from pathlib import Path
from random import Random

import pytest

from recorder.bench import Bench, access, rates, repacked, stolen_cores
from recorder.machine import machine, processor, stolen_s
from recorder.pointer import PointerState
from recorder.session import Session
from recorder.writer import SessionWriter
from tests.recorder.sessions import SIZE_PX, frame


def test_late_and_skipped_frames_are_counted(tmp_path: Path) -> None:
    with SessionWriter(tmp_path / "a.h5", size_px=SIZE_PX, fps=10) as writer:
        for place, late_ns in ((0, 0), (1, 49_000_000), (4, 51_000_000)):
            t_ns = place * 100_000_000 + late_ns
            writer.add_frame(frame(place), t_ns, PointerState(x_px=0, y_px=0, shape=None), late_ns)
    with Session(tmp_path / "a.h5") as session:
        numbers = rates(session)
        assert (numbers["frames"], numbers["late_over_half_a_frame"], numbers["worst_late_ms"]) == (3, 1, 51)
        assert numbers["skipped"] == 2
        assert numbers["bytes_a_frame"] == round((tmp_path / "a.h5").stat().st_size / 3)
        read = access(session, Random(0))
        assert 0 < repacked(session, tmp_path / "b.h5")["bytes_a_frame_repacked"] < 200
    assert set(read) == {"random_frame_ms", "random_3_frames_ms"} and min(read.values()) > 0


@pytest.mark.parametrize("wrong", [{"size": "wide"}, {"seconds": 0}, {"fps": -1}])
def test_mistakes_are_sentences_and_leave_nothing(tmp_path: Path, wrong: dict) -> None:
    with pytest.raises(ValueError, match=r"above 0|WIDTHxHEIGHT"):
        Bench(out=tmp_path / "a.json", **wrong).run()
    assert not list(tmp_path.iterdir())


def test_what_the_host_took_is_counted_where_it_is_told(tmp_path: Path) -> None:
    stat = tmp_path / "stat"
    stat.write_text("cpu  1 2 3 4 5 6 7 900 0 0\ncpu0 1 2 3 4 5 6 7 8 0 0\n")
    taken_s = stolen_s(stat)
    assert taken_s == 900 / os.sysconf("SC_CLK_TCK")
    assert stolen_cores(taken_s, taken_s + 3, 12) == 0.25
    stat.write_text("cpu  1 2 3 4\n")
    assert stolen_s(stat) is stolen_s(tmp_path / "none") is None
    assert stolen_cores(None, None, 12) is None


def test_the_machine_is_named_by_its_processor() -> None:
    assert processor() and machine().startswith(processor())
