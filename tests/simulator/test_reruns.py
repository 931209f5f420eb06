"""The rerun floor is what the second recording shows, and there is one for every session."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from recorder.dataset import session_name
from simulator.evaluate import Aids, evaluate, open_footage
from simulator.fake_world import FakeWorld
from simulator.footage import Footage
from simulator.pixel_metrics import NO_ERROR_DB
from simulator.plan import Effort
from tests.simulator.held_out import FPS, SIZE_PX, write_held_out

pytestmark = pytest.mark.xdist_group("test_reruns")  # its fixtures are made once
EFFORT = Effort(minutes=1, events=6, tracks=2)


@pytest.fixture(scope="module")
def footage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Footage]]:
    with open_footage(write_held_out(tmp_path_factory.mktemp("held-out"))) as films:
        yield films


def _floor(footage: list[Footage], folder: Path) -> dict[str, Any]:
    with open_footage(folder, None) as reruns:
        world = FakeWorld(SIZE_PX, FPS)
        return evaluate(world, footage, EFFORT, seed=0, aids=Aids(reruns=reruns)).report["baselines"]["rerun_floor"]


def test_a_rerun_that_shows_the_same_is_perfect(footage: list[Footage], tmp_path: Path) -> None:
    for film in footage:
        shutil.copy(film.path, tmp_path)
    floor = _floor(footage, tmp_path)
    assert floor["psnr_db"] == NO_ERROR_DB and floor["event_iou"] == floor["dirty_where"] == 1
    assert floor["rmse_at"]["60"] == floor["pointer_error_px"] == 0


def test_a_rerun_that_shows_something_else_is_as_far_away_as_that(footage: list[Footage], tmp_path: Path) -> None:
    first, second = footage
    shutil.copy(first.path, tmp_path / first.path.name)
    shutil.copy(first.path, tmp_path / second.path.name)  # both show the same; the pointer is elsewhere
    floor = _floor(footage, tmp_path)
    assert floor["psnr_db"] == NO_ERROR_DB
    write_held_out(tmp_path / "late", frames=150)
    shutil.copy(tmp_path / "late" / session_name(9), tmp_path / second.path.name)
    assert _floor(footage, tmp_path)["event_iou"] == 1, "a longer rerun is cut"


@pytest.mark.parametrize("case", ["missing", "shorter", "another size"])
def test_a_rerun_that_does_not_fit_is_one_sentence(footage: list[Footage], tmp_path: Path, case: str) -> None:
    frames = 60 if case == "shorter" else 140
    size_px = (64, 64) if case == "another size" else SIZE_PX
    write_held_out(tmp_path, sessions=1 if case == "missing" else 2, frames=frames, size_px=size_px)
    with pytest.raises(ValueError, match="record its inputs again"):
        _floor(footage, tmp_path)
