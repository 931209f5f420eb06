"""The evaluation tells worlds apart, says what it did not measure, repeats itself and leaves nothing half-written."""

import json
import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from recorder.dataset import session_name
from simulator.__main__ import main
from simulator.catalogue import METRICS, Metric
from simulator.document import document, figure
from simulator.evaluate import Aids, Judgement, describe_data, evaluate, open_footage
from simulator.fake_world import FakeWorld
from simulator.footage import Footage
from simulator.page import png, render
from simulator.pixel_metrics import NO_ERROR_DB
from simulator.plan import Effort, make_plan
from simulator.rollout import Stretch, closed_loop, roll
from simulator.shipped import CHECKPOINT
from tests.simulator.browser import look_at
from tests.simulator.held_out import FPS, FRAMES, PROMPTS, SIZE_PX, Scripted, read_tiles, write_held_out

pytestmark = pytest.mark.xdist_group("test_evaluate")  # its fixtures are made once
EFFORT = Effort(minutes=1, events=20, tracks=2, texts=8)
HIGH = [metric.key for metric in METRICS if metric.best == "high"]
# what asks whether the right thing happened, whenever it did
IN_THE_END = ("event_iou", "event_psnr_db", "typing_accuracy", "ocr_char_accuracy", "ocr_exact_line", "clip_score")
PART = {"rmse_at": "60", "memory_restored": "60-299", "dirty_where_by_event": "click"}
TITLES = (
    "Drift: distance from the true screen while on its own",
    "When: are the probabilities honest?",
    "Latency: the wall time of a step on its own",
    "Large changes: which kind was due, which came (the diagonal is right)",
    "Where it changes, by what the user does",
    "Where it changes, by how many tiles change",
    "Changed tiles one step ahead, by what the user does",
    "Event IoU, by what the user does",
)
OF_A_CLIP = ("frechet_clip", "prompt_attribute_accuracy")  # of screens together and of prompts: they have own tests
CLIP_SCORE_MOST = 2.5  # of the score's definition (Hessel et al. 2021)
# From best to worst; what shares a place ties. Noise is named where it knows less than copying: on tiles that turn from
# light to dark its grey is nearer than the old picture, and painting everywhere touches whatever changes.
ORDER = {
    "psnr_changed_db": ["truth", "late copy_last"],
    "psnr_db": ["truth", "late copy_last", "noise"],
    "ssim_changed": ["truth", "late copy_last", "noise"],
    "dirty_where": ["truth", "late copy_last"],
    "dirty_where_by_event": ["truth", "late copy_last"],
    "dirty_when_auc": ["truth", "copy_last", "late"],  # a frame late is wrong whenever it speaks
    "dirty_calibration_error": ["truth", "copy_last", "late", "noise"],
    "event_iou": ["truth late", "noise", "copy_last"],
    "event_psnr_db": ["truth late", "copy_last"],
    "transition_accuracy": ["truth", "late copy_last"],
    "ocr_char_accuracy": ["truth late", "copy_last", "noise"],
    "ocr_exact_line": ["truth late", "copy_last", "noise"],
    "typing_accuracy": ["truth late", "copy_last noise"],
    "rmse_at": ["truth late", "copy_last", "noise"],
    "pointer_shape_accuracy": ["truth", "late", "copy_last", "noise"],
    "pointer_error_px": ["truth", "late", "copy_last", "noise"],
    "memory_restored": ["truth late", "copy_last", "noise"],
    "lpips": ["truth late", "copy_last", "noise"],
    "clip_score": ["truth late", "copy_last"],  # noise has a little of everything that can be asked for
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_held_out(tmp_path_factory.mktemp("held-out"))


@pytest.fixture(scope="module")
def footage(folder: Path) -> Iterator[list[Footage]]:
    with open_footage(folder) as films:
        yield films


@pytest.fixture(scope="module")
def judgements(footage: list[Footage]) -> dict[str, Judgement]:
    paths = [film.path for film in footage]
    worlds = {"truth": Scripted(paths), "late": Scripted(paths, late=1), "noise": Scripted(paths, noise=0)}
    return {name: evaluate(world, footage, EFFORT, seed=0, aids=AIDS) for name, world in worlds.items()}


def _coarse(frame_u8: np.ndarray) -> np.ndarray:
    """A tokenizer of sorts: it keeps one level of four."""
    return (frame_u8 // 4 * 4 + 2).astype(np.uint8)


class _Brightness:
    """A CLIP of sorts: a screen's place is how much of it is light, dark and between, and a text names one of these."""

    space = 3

    def image(self, frames_u8: np.ndarray) -> np.ndarray:
        light, dark = ((part).mean(axis=(1, 2, 3)) for part in (frames_u8 > 200, frames_u8 < 50))
        shares = np.stack([light, dark, 1 - light - dark], axis=1).astype(np.float32)
        return shares / np.linalg.norm(shares, axis=1, keepdims=True)

    def text(self, texts: Sequence[str]) -> np.ndarray:
        return np.eye(3, dtype=np.float32)[[PROMPTS.index(text) if text in PROMPTS else 2 for text in texts]]


def _differs(true_u8: np.ndarray, shown_u8: np.ndarray) -> float:
    """A perception of sorts: the mean difference in [0, 1]."""
    return float(np.abs(true_u8.astype(int) - shown_u8).mean()) / 255


AIDS = Aids(roundtrip=_coarse, read=read_tiles, perceive=_differs, eye=_Brightness())


def _metrics(judgements: dict[str, Judgement], name: str) -> dict[str, Any]:
    if name == "copy_last":
        return judgements["truth"].report["baselines"]["copy_last"]
    return judgements[name].report["metrics"]


def _curve(judgements: dict[str, Judgement], name: str) -> list[float]:
    subject = "copy_last" if name == "copy_last" else "model"
    return judgements["truth" if name == "copy_last" else name].report["details"][subject]["rmse_curve"]


def test_the_truth_scores_perfectly(judgements: dict[str, Judgement]) -> None:
    truth = _metrics(judgements, "truth")
    assert truth["psnr_changed_db"] == truth["psnr_db"] == truth["event_psnr_db"] == NO_ERROR_DB
    for key in ("ssim_changed", "dirty_where", "dirty_when_auc", "event_iou", "transition_accuracy"):
        assert truth[key] == pytest.approx(1), key
    for key in ("ocr_char_accuracy", "ocr_exact_line", "typing_accuracy", "pointer_shape_accuracy"):
        assert truth[key] == 1, key
    assert truth["dirty_calibration_error"] == truth["pointer_error_px"] == truth["lpips"] == 0
    assert truth["memory_restored"] == {"1-59": None, "60-299": pytest.approx(1), "300+": None}
    assert {value for value in truth["rmse_at"].values() if value is not None} == {0}


def test_screens_of_the_truth_are_distributed_as_the_true_ones_in_clips_space(judgements: dict[str, Judgement]) -> None:
    distance = {name: _metrics(judgements, name)["frechet_clip"] for name in ("truth", "copy_last", "noise")}
    assert distance["truth"] == pytest.approx(0, abs=1e-6) and distance["truth"] < distance["copy_last"]
    assert 0 < _metrics(judgements, "truth")["clip_score"] <= CLIP_SCORE_MOST


@pytest.mark.parametrize("other", ["late", "copy_last", "noise"])
def test_nothing_beats_the_truth(judgements: dict[str, Judgement], other: str) -> None:
    truth, worse = _metrics(judgements, "truth"), _metrics(judgements, other)
    for key in HIGH:
        if isinstance(truth[key], float) and key not in OF_A_CLIP:
            tie = other == "late" and key in IN_THE_END
            assert truth[key] == worse[key] if tie else truth[key] > worse[key], key
    assert truth["dirty_calibration_error"] < worse["dirty_calibration_error"]
    assert max(_curve(judgements, "truth")) == 0 < max(_curve(judgements, other))


@pytest.mark.parametrize("metric", [metric for metric in METRICS if metric.key in ORDER], ids=lambda metric: metric.key)
def test_known_worlds_come_out_in_order(judgements: dict[str, Judgement], metric: Metric) -> None:
    def score(name: str) -> float:
        value = _metrics(judgements, name)[metric.key]
        value = value[PART[metric.key]] if metric.key in PART else value
        return value if metric.best == "high" else -value

    places = [[score(name) for name in names.split()] for names in ORDER[metric.key]]
    assert all(len(set(place)) == 1 for place in places), places
    assert all(better[0] > worse[0] for better, worse in pairwise(places)), places


def test_every_metric_with_a_direction_has_its_order(judgements: dict[str, Judgement]) -> None:
    truth = _metrics(judgements, "truth")
    measured = {metric.key for metric in METRICS if metric.best and truth[metric.key] is not None}
    assert measured - set(OF_A_CLIP) == set(ORDER)


def test_a_late_truth_beats_copying_on_its_own_and_noise_loses(judgements: dict[str, Judgement]) -> None:
    late, copy, noise = (_metrics(judgements, name) for name in ("late", "copy_last", "noise"))
    for key in ("event_iou", "event_psnr_db", "typing_accuracy"):
        assert late[key] > copy[key], key
    for key in ("psnr_db", "ssim_changed", "ocr_exact_line", "pointer_shape_accuracy"):
        assert copy[key] > noise[key], key
    assert copy["rmse_at"]["1"] < noise["rmse_at"]["1"]


def test_copying_knows_nothing_of_when(judgements: dict[str, Judgement]) -> None:
    copy = _metrics(judgements, "copy_last")
    assert copy["dirty_when_auc"] == 0.5 and copy["event_iou"] == 0 and copy["typing_accuracy"] == 0
    details = judgements["truth"].report["details"]["copy_last"]
    assert copy["dirty_calibration_error"] == pytest.approx(details["frames_changed"] / details["frames"])


def test_the_ceiling_is_the_tokenizers_error(judgements: dict[str, Judgement]) -> None:
    ceiling = judgements["truth"].report["baselines"]["vae_ceiling"]
    assert 40 < ceiling["psnr_changed_db"] < NO_ERROR_DB
    assert 0 < ceiling["rmse_at"]["60"] < 2
    assert ceiling["typing_accuracy"] == 1 and ceiling["dirty_where"] is None


def test_whatever_is_missing_has_its_reason(judgements: dict[str, Judgement]) -> None:
    report = judgements["truth"].report
    keys = {metric.key for metric in METRICS}
    assert set(report["metrics"]) == keys == set(report["baselines"]["copy_last"])
    missing = {key for key, value in report["metrics"].items() if value is None}
    assert missing == {"fvd"}
    beside = {"baselines.rerun_floor", "baselines.retrieval", "rmse_at.150", "rmse_at.300", "memory_restored.1-59"}
    by_part = {key: parts for key, parts in report["metrics"].items() if isinstance(parts, dict)}
    beside |= {f"{key}.{part}" for key, parts in by_part.items() for part, value in parts.items() if value is None}
    assert missing | beside <= set(report["not_measured"])
    assert report["metrics"]["transition_clusters"] == 4
    assert report["metrics"]["transition_majority"] == pytest.approx(4 / 14)


def test_without_reader_and_tokenizer_the_rest_still_runs(footage: list[Footage]) -> None:
    aids = Aids(missing={"perceive": "AlexNet has gone"})
    report = evaluate(FakeWorld(SIZE_PX, FPS), footage, EFFORT, seed=0, aids=aids).report
    assert report["baselines"]["vae_ceiling"] is None and "baselines.vae_ceiling" in report["not_measured"]
    for key, reason in (
        ("ocr_exact_line", "no reader of texts was given"),
        ("lpips", "AlexNet has gone"),
        ("clip_score", "the checkpoint has no CLIP"),
    ):
        assert report["metrics"][key] is None and report["not_measured"][key] == reason


def test_intervals_hold_their_value_by_event_class_too(judgements: dict[str, Judgement]) -> None:
    report = judgements["late"].report
    bounds = report["confidence"]["intervals"]["model"]
    details = report["details"]["model"]
    for key in ("psnr_changed_db", "event_iou", "transition_accuracy"):
        low, high = bounds[key]
        assert low <= report["metrics"][key] <= high
    for event_class in ("click", "type"):
        low, high = bounds["event_iou_by_event"][event_class]
        assert low <= details["event_iou_by_event"][event_class] <= high
    assert bounds["rmse_at"]["60"][0] <= report["metrics"]["rmse_at"]["60"] <= bounds["rmse_at"]["60"][1]
    assert bounds["rmse_at"]["300"] is None


def test_each_session_is_told_alone(judgements: dict[str, Judgement]) -> None:
    report = judgements["late"].report
    alone = report["by_session"]["model"]["psnr_db"]
    assert len(alone) == 2 and min(alone) <= report["metrics"]["psnr_db"] <= max(alone)


def test_the_same_seed_gives_the_same_bytes(footage: list[Footage], judgements: dict[str, Judgement]) -> None:
    noise = Scripted([film.path for film in footage], noise=1)
    again = evaluate(noise, footage, EFFORT, seed=0, aids=AIDS)
    assert again.report == judgements["noise"].report
    assert again.exhibits.video_mp4 == judgements["noise"].exhibits.video_mp4


def test_another_seed_looks_at_other_events(footage: list[Footage]) -> None:
    few = Effort(events=4)
    assert make_plan(footage, few, seed=0).events != make_plan(footage, few, seed=1).events


def test_stray_game_files_do_not_hide_sessions(tmp_path: Path) -> None:
    write_held_out(tmp_path, sessions=1, frames=12)
    (tmp_path / "export.hdf5").write_bytes(b"no session")
    with open_footage(tmp_path) as films:
        assert [film.path.suffix for film in films] == [".h5"]


def test_of_many_sessions_few_are_evenly_spaced(tmp_path: Path) -> None:
    paths = [tmp_path / session_name(seed) for seed in range(1, 6)]
    source = write_held_out(tmp_path / "source", sessions=1, frames=12) / session_name(9)
    for path in paths:
        shutil.copy(source, path)
    with open_footage(tmp_path, "train", 3) as films:
        assert [film.path for film in films] == paths[::2]
    with open_footage(tmp_path, "train", 9) as films:
        assert len(films) == 5


def test_a_plan_stays_inside_its_sessions(footage: list[Footage]) -> None:
    plan = make_plan(footage, EFFORT, seed=0)
    assert plan.told and plan.tracks and len(plan.events) == 20 and len(plan.read) == 8
    for stretch in [*plan.told, *plan.events, *plan.tracks]:
        assert stretch.first >= 9 and stretch.first + stretch.frames <= FRAMES


def test_a_rollout_pairs_every_step_with_its_truth(footage: list[Footage]) -> None:
    film = footage[0]
    true = list(film.frames(0, len(film)))
    world = Scripted([other.path for other in footage])
    moments = list(roll(world, film, Stretch(session=0, first=45, frames=20), closed_loop, seed=0))
    assert [moment.frame for moment in moments] == list(range(45, 65))
    for moment in moments:
        assert (moment.true_u8 == true[moment.frame]).all() and (moment.true_before_u8 == true[moment.frame - 1]).all()
        assert (moment.shown_changed() == moment.true_changed()).all()


@pytest.fixture
def shipped_fake(monkeypatch: pytest.MonkeyPatch) -> None:
    """A `Dream` made of rules: the commands are tried without a model."""

    class Dream(FakeWorld):
        @classmethod
        def load(cls, folder: Path, *, device: str | None = None, steps: int | None = None) -> "Dream":
            del device, steps
            if not folder.is_dir():
                raise ValueError(f"{folder} is not there; name a checkpoint")
            return cls(SIZE_PX, FPS)

        vae_roundtrip = staticmethod(_coarse)

    monkeypatch.setitem(sys.modules, "simulator.dream", SimpleNamespace(Dream=Dream))


def _run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> None:
    monkeypatch.setattr(sys, "argv", ["simulator", *map(str, arguments)])
    main()


@pytest.fixture
def no_tesseract(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is read, and nothing is said of it."""
    monkeypatch.setattr("simulator.tesseract.missing_reason", lambda: None)
    monkeypatch.setattr("simulator.tesseract.read_text", lambda _: "")


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    folder = tmp_path / "checkpoint"
    folder.mkdir()
    (folder / "world.safetensors").write_bytes(b"weights")
    return folder


@pytest.mark.usefixtures("shipped_fake", "no_tesseract")
def test_the_command_repeats_itself_to_the_byte(
    folder: Path, checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outs = [tmp_path / name for name in ("once", "again")]
    for out in outs:
        _run(monkeypatch, "evaluate", checkpoint, folder, "--out", out, "--quick", "--seed", 3)
    first, again = ((out / "report.json").read_bytes() for out in outs)
    assert first == again and json.loads(first)["seed"] == 3


@pytest.mark.usefixtures("shipped_fake", "no_tesseract")
def test_the_command_writes_one_page_that_a_browser_shows(
    folder: Path, checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    _run(monkeypatch, "evaluate", checkpoint, folder, "--out", out, "--quick", "--events", 4)
    assert sorted(path.name for path in out.iterdir()) == ["index.html", "report.json"]
    report = json.loads((out / "report.json").read_text())
    assert {"schema", "checkpoint", "data", "metrics", "baselines", "not_measured"} <= set(report)
    assert list(report["checkpoint"]["sha256"]) == ["world.safetensors"] and len(report["data"]["sessions"]) == 2
    page = (out / "index.html").read_text()
    assert not re.findall(r'(?:src|href)="(?!data:)', page)
    for title in TITLES:
        assert f"<figcaption>{title}</figcaption>" in page
    assert page.count("<video") == 1
    look_at(out / "index.html")


@pytest.mark.usefixtures("shipped_fake", "no_tesseract")
def test_sessions_in_which_no_window_came_back_make_a_page_too(
    checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, out = write_held_out(tmp_path / "data", frames=60), tmp_path / "out"
    _run(monkeypatch, "evaluate", checkpoint, data, "--out", out, "--quick")
    report = json.loads((out / "report.json").read_text())
    assert report["metrics"]["memory_restored"] is None and "memory_restored" in report["not_measured"]
    assert report["confidence"]["intervals"]["model"]["memory_restored"] is None
    assert "</html>" in (out / "index.html").read_text()


@pytest.mark.usefixtures("shipped_fake", "no_tesseract")
def test_quick_looks_at_four_sessions(checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data, out = write_held_out(tmp_path / "data", sessions=6, frames=40), tmp_path / "out"
    _run(monkeypatch, "evaluate", checkpoint, data, "--out", out, "--quick")
    held_out = json.loads((out / "report.json").read_text())["data"]["sessions"]
    assert [session["file"] for session in held_out] == [session_name(10 * place + 9) for place in (0, 2, 3, 5)]


@pytest.mark.parametrize(
    "broken",
    [
        "<script>console.error('x')</script>",
        "<script>throw 1</script>",
        '<img src="data:image/png;base64,AA">',
        '<video src="data:video/mp4;base64,AA"></video>',
        "<video></video>",
    ],
)
def test_the_browser_hears_of_what_is_wrong(broken: str, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(document("", figure(png(np.zeros((2, 2, 3), np.uint8)), "") + broken))
    with pytest.raises(AssertionError):
        look_at(page)


def test_the_page_has_a_row_for_every_metric(
    folder: Path, footage: list[Footage], judgements: dict[str, Judgement]
) -> None:
    judgement = judgements["late"]
    report = {"checkpoint": {"path": "a <b>"}, "data": describe_data(folder, footage), **judgement.report}
    page = render(report, judgement.exhibits)
    for metric in METRICS:
        assert metric.title in page
    assert "a &lt;b&gt;" in page and page.count("<h3>") == len(judgement.exhibits.strips) >= 3
    assert report["transitions"]["centres"] in page and "judged sessions themselves" in page


@pytest.mark.usefixtures("no_tesseract")
def test_a_checkpoint_of_another_action_table_is_one_sentence(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    checkpoint, out = tmp_path / "desk", tmp_path / "out"
    checkpoint.mkdir()
    config = json.loads((CHECKPOINT / "config.json").read_text())
    (checkpoint / "config.json").write_text(json.dumps(config | {"action_table": "another"}))
    with pytest.raises(SystemExit) as exit_info:
        _run(monkeypatch, "evaluate", checkpoint, folder, "--out", out)
    said = capsys.readouterr().err.strip().splitlines()
    assert exit_info.value.code == 2 and len(said) == 1 and "another action table; use the dreamdesk" in said[0]
    assert not out.exists()


@pytest.mark.usefixtures("shipped_fake", "no_tesseract")
@pytest.mark.parametrize(
    "case", ["empty folder", "another size", "another rate", "no checkpoint", "too short", "no session"]
)
def test_bad_input_is_one_sentence_and_leaves_nothing(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data, checkpoint, out = tmp_path / "data", tmp_path / "checkpoint", tmp_path / "out"
    data.mkdir()
    checkpoint.mkdir()
    if case == "no checkpoint":
        checkpoint.rmdir()
    if case == "no session":
        data = tmp_path / "none.h5"
    elif case != "empty folder":
        size_px = (64, 64) if case == "another size" else SIZE_PX
        fps = FPS / 2 if case == "another rate" else FPS
        write_held_out(data, sessions=1, frames=6 if case == "too short" else 40, size_px=size_px, fps=fps)
    with pytest.raises(SystemExit) as exit_info:
        _run(monkeypatch, "evaluate", checkpoint, data, "--out", out)
    said = capsys.readouterr().err.strip().splitlines()
    assert exit_info.value.code == 2 and len(said) == 1 and said[0].startswith("simulator: ") and ";" in said[0]
    assert not out.exists()
