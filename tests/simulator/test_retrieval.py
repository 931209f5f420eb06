"""The world that learns nothing obeys the contract, finds what was recorded, and is evaluated as any foreign one."""

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from recorder.actions import Action, Event, EventKind
from recorder.dataset import file_hash, session_name
from simulator.__main__ import main
from simulator.evaluate import Aids, evaluate, open_footage
from simulator.fake_world import FakeWorld
from simulator.footage import Footage
from simulator.foreign import load_world
from simulator.plan import Effort
from simulator.recollection import MOST_OF_A_KIND, Change, Recollection
from simulator.retrieval import LOOK_BACK_FRAMES, Deed, Retrieval, view
from simulator.world import World
from tests.simulator.held_out import FPS, SIZE_PX, write_held_out
from tests.world_contract import WorldContract

pytestmark = pytest.mark.xdist_group("test_retrieval")  # its fixtures are made once
EFFORT = Effort(minutes=1, events=20, tracks=2, texts=0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A test session, and the same once more as a training session."""
    folder = write_held_out(tmp_path_factory.mktemp("recorded"), sessions=1)
    shutil.copy(folder / session_name(9), folder / session_name(1))
    return folder


@pytest.fixture(scope="module")
def retrieval(folder: Path) -> Retrieval:
    return Retrieval.load(folder)


class TestRetrieval(WorldContract):
    @pytest.fixture
    def world(self, retrieval: Retrieval) -> Iterator[World]:
        yield retrieval


def test_what_was_seen_before_is_shown_again(folder: Path, retrieval: Retrieval) -> None:
    with open_footage(folder) as footage:
        report = evaluate(retrieval, footage, EFFORT, seed=0).report
    known, copied = report["metrics"], report["baselines"]["copy_last"]
    assert known["event_iou"] == 1 and known["typing_accuracy"] == 1 and known["transition_accuracy"] == 1
    assert known["psnr_changed_db"] == 100 > copied["psnr_changed_db"]
    assert known["dirty_when_auc"] > 0.9 and known["pointer_shape_accuracy"] > 0.9
    assert known["dirty_where"] > 2 * copied["dirty_where"]


def test_what_nobody_did_changes_nothing(retrieval: Retrieval) -> None:
    first = retrieval.reset(seed=0)
    scrolled = Action(x_px=5, y_px=5, events=(Event(t_ns=0, kind=EventKind.SCROLL, x_px=5, y_px=5, dy=1),))
    step = retrieval.step(scrolled)
    assert not step.dirty.any() and step.change_probability == 0
    assert_array_equal(step.frame_u8, first.frame_u8)


def test_a_deed_is_what_was_done_how_long_ago_and_where() -> None:
    deed = Deed()
    deed.follow(Action(x_px=9, y_px=9, events=(Event(t_ns=0, kind=EventKind.BUTTON_DOWN, x_px=7, y_px=8),)))
    assert deed.kind == (EventKind.BUTTON_DOWN, 0, 0, 0, 0) and deed.place_px == (7, 8)
    deed.follow(Action(x_px=30, y_px=9))
    assert deed.kind == (EventKind.BUTTON_DOWN, 0, 0, 0, 1) and deed.place_px == (7, 8)
    for x_px in range(LOOK_BACK_FRAMES):
        deed.follow(Action(x_px=x_px, y_px=9))
    assert deed.kind is True and deed.place_px == (LOOK_BACK_FRAMES - 1, 9)
    deed.follow(Action(x_px=LOOK_BACK_FRAMES - 1, y_px=9))
    assert deed.kind is False


def test_views_are_as_far_apart_as_their_cells_and_places() -> None:
    black, white = (np.full((64, 96, 3), value, np.uint8) for value in (0, 255))
    assert np.square(view(black, (40, 30)) - view(white, (40, 30))).sum() == pytest.approx(1, rel=1e-5)
    assert np.square(view(black, (0, 30)) - view(black, (48, 30))).sum() == pytest.approx(0.25)
    assert_array_equal(view(white, (-5, 900)), view(white, (0, 63)))  # outside the screen is its edge


def test_the_nearest_is_recalled_first_and_a_kind_is_bounded() -> None:
    memory = Recollection()
    for value in range(MOST_OF_A_KIND + 10):
        memory.add("kind", np.array([value], np.float32), Change(tiles=np.array([value]), tiles_u8=[b""], shape=None))
    recalled = memory.recall("kind", np.array([-1], np.float32), MOST_OF_A_KIND + 10)
    assert len(recalled) == MOST_OF_A_KIND and recalled[0].tiles == [0] and recalled[-1].tiles == [MOST_OF_A_KIND + 9]
    assert memory.recall("other", np.array([0], np.float32), 3) == []


def test_it_is_a_baseline_where_the_training_sessions_are_named(folder: Path, tmp_path: Path) -> None:
    unlike = write_held_out(tmp_path / "unlike", sessions=1, frames=100)  # the same, but for its length
    shutil.move(unlike / session_name(9), unlike / session_name(1))
    with open_footage(folder) as footage, open_footage(unlike, "train") as training:
        report = evaluate(FakeWorld(SIZE_PX, FPS), footage, EFFORT, seed=0, aids=Aids(training=training)).report
    assert report["baselines"]["retrieval"]["event_iou"] > report["baselines"]["copy_last"]["event_iou"] == 0
    assert report["training"] == [file_hash(unlike / session_name(1))]
    assert report["transitions"]["pairs"] == 5, "windows opened and closed in 100 frames"
    assert report["transitions"]["centres"] == "medoids of the training sessions"
    assert "baselines.retrieval" not in report["not_measured"]
    assert set(report["details"]["retrieval"]) == set(report["details"]["model"])


def test_a_session_that_was_trained_on_is_not_held_out(folder: Path) -> None:
    with (
        open_footage(folder) as footage,
        open_footage(folder, "train") as training,
        pytest.raises(ValueError, match="not seen"),
    ):
        evaluate(FakeWorld(SIZE_PX, FPS), footage, EFFORT, seed=0, aids=Aids(training=training))


def _run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> None:
    monkeypatch.setattr(sys, "argv", ["simulator", "evaluate", *map(str, arguments)])
    main()


def test_a_foreign_world_is_evaluated_by_its_name(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "simulator.retrieval:Retrieval.load"
    monkeypatch.setattr("simulator.tesseract.missing_reason", lambda: "not tried here; its own tests do")
    little = ("--minutes", 0.05, "--events", 2, "--tracks", 1)
    _run(monkeypatch, folder, folder, "--world", name, "--out", tmp_path / "out", *little)
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert report["checkpoint"]["world"] == name and report["baselines"]["vae_ceiling"] is None


def test_the_readmes_adapter_is_a_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its model copies, so it scores as copying does."""
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    code = "# adapter.py" + readme.partition("# adapter.py")[2].partition("```")[0]
    (tmp_path / "adapter.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    data = write_held_out(tmp_path / "data", sessions=1, frames=60, size_px=(512, 384))
    with open_footage(data) as footage:
        world = load_world("adapter:load", tmp_path, device=None)
        assert world.reset(seed=0).dirty.all()
        report = evaluate(world, footage, Effort(events=2, tracks=1), seed=0).report
    for key in ("psnr_db", "event_psnr_db", "rmse_at", "dirty_when_auc", "transition_accuracy"):
        assert report["metrics"][key] == report["baselines"]["copy_last"][key], key


@pytest.mark.parametrize("name", ["nowhere:load", "simulator.retrieval:Nothing.load", "simulator.retrieval", ""])
def test_a_world_that_is_not_there_is_one_sentence(
    name: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exit_info:
        _run(monkeypatch, folder, folder, "--world", name, "--out", tmp_path / "out")
    said = capsys.readouterr().err.strip().splitlines()[-1]
    assert exit_info.value.code == 2 and said.startswith("simulator: there is no world") and ";" in said


def test_sessions_of_another_size_are_refused(folder: Path, tmp_path: Path) -> None:
    other = write_held_out(tmp_path, sessions=1, frames=12, size_px=(64, 64)) / session_name(9)
    films = [Footage(folder / session_name(1)), Footage(other)]
    with pytest.raises(ValueError, match="one kind"):
        Retrieval(films)
    with pytest.raises(ValueError, match="size"):
        Retrieval(films[:1]).reset(seed=0, frame_u8=np.zeros((64, 64, 3), np.uint8))
    assert films[0].size_px == SIZE_PX
    for film in films:
        film.close()
