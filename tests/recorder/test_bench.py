"""What the benchmark says of a session whose frames are known."""

from pathlib import Path
from random import Random

import pytest

from recorder.bench import Bench, access, rates, repacked
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
