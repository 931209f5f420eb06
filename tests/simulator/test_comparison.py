"""Two reports side by side: who wins is worked out by hand, and what cannot be compared is refused."""

import json
import math
import sys
from pathlib import Path
from typing import Any

import pytest

from simulator.__main__ import main
from simulator.catalogue import METRICS
from simulator.comparison import Contest, compare, load_report, paired_interval
from simulator.dream import Dream
from simulator.evaluate import SCHEMA, describe_data, evaluate, open_footage
from simulator.plan import Effort
from simulator.report import write_json
from tests.simulator.browser import look_at
from tests.simulator.held_out import Scripted, write_held_out

pytestmark = pytest.mark.xdist_group("test_comparison")  # its fixtures are made once
EFFORT = Effort(minutes=1, events=6, tracks=2, texts=0)


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the reports `truth` and `noise`."""
    place = tmp_path_factory.mktemp("reports")
    data = write_held_out(place / "data", sessions=3)
    with open_footage(data) as footage:
        paths = [film.path for film in footage]
        for name, world in (("truth", Scripted(paths)), ("noise", Scripted(paths, noise=0))):
            judged = evaluate(world, footage, EFFORT, seed=0)
            report = {"checkpoint": {"path": f"<{name}>"}, "data": describe_data(data, footage), **judged.report}
            write_json(place / name / "report.json", report)
    return place


def _winners(contests: list[Contest]) -> dict[str, str]:
    return {contest.metric.key: contest.winner for contest in contests if not contest.part}


def _tiny(values: list[float], **changes: Any) -> dict[str, Any]:
    """A report of `rmse_at` after 15 frames and `event_iou`, the same by session."""
    by_session = {"rmse_at": [{"15": value} for value in values], "event_iou": values}
    metrics = {"rmse_at": {"15": sum(values) / len(values)}, "event_iou": sum(values) / len(values)}
    return {
        "data": {"sessions": [{"sha256": str(place)} for place in range(len(values))]},
        "seed": 0,
        "effort": {},
        "training": [],
        "metrics": dict.fromkeys(metric.key for metric in METRICS) | metrics,
        "by_session": {"model": by_session},
    } | changes


def test_the_interval_is_students() -> None:
    low, high = paired_interval([1.0, 2.0, 3.0]) or (math.nan, math.nan)
    half = 4.302653 / math.sqrt(3)  # t of 2 degrees of freedom at 0.975, deviation 1
    assert (low, high) == pytest.approx((2 - half, 2 + half))
    assert paired_interval([1.0]) is None


def test_a_difference_that_every_session_shows_is_clear_and_low_may_be_better() -> None:
    found = {contest.metric.key: contest for contest in compare(_tiny([0.1, 0.5, 0.9]), _tiny([0.2, 0.61, 1.0]))}
    assert found["event_iou"].winner == "B" and found["rmse_at"].winner == "A" and found["rmse_at"].part == "15"
    assert found["event_iou"].difference == pytest.approx(0.31 / 3)
    assert found["psnr_db"].winner == "" and found["psnr_db"].interval is None


def test_a_difference_that_sessions_dispute_is_not_clear() -> None:
    assert set(_winners(compare(_tiny([0.1, 0.5, 0.9]), _tiny([0.4, 0.5, 0.8]))).values()) == {""}


def test_the_truth_beats_noise_and_nothing_beats_itself(reports: Path) -> None:
    truth, noise = load_report(reports / "truth"), load_report(reports / "noise")
    won = _winners(compare(noise, truth))
    assert {won[key] for key in ("psnr_db", "ssim_changed", "dirty_where", "event_psnr_db")} == {"B"}
    assert "A" not in won.values()
    assert set(_winners(compare(truth, truth)).values()) == {""}


@pytest.mark.parametrize(
    "change", [{"seed": 1}, {"effort": {"events": 3}}, {"data": {"sessions": []}}, {"training": ["x"]}]
)
def test_reports_of_different_frames_are_not_compared(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="evaluate both"):
        compare(_tiny([0.1, 0.2]), _tiny([0.1, 0.2], **change))


def _run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> None:
    monkeypatch.setattr(sys, "argv", ["simulator", "evaluate", *map(str, arguments)])
    main()


def test_the_command_puts_two_reports_into_one_page(
    reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Dream, "load", lambda *_, **__: pytest.fail("a comparison loads no model"))
    _run(monkeypatch, "--compare", reports / "noise", reports / "truth", "--out", tmp_path)
    page = (tmp_path / "index.html").read_text()
    assert "&lt;noise&gt;" in page and "A is clearly better in 0 of" in page
    look_at(tmp_path / "index.html")


@pytest.mark.parametrize("case", ["missing", "no JSON", "older"])
def test_what_is_no_report_is_one_sentence(
    case: str, reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bad, out = tmp_path / "bad", tmp_path / "out"
    if case != "missing":
        bad.mkdir()
        content = json.dumps({"schema": SCHEMA - 1}) if case == "older" else "{"
        (bad / "report.json").write_text(content)
    with pytest.raises(SystemExit) as exit_info:
        _run(monkeypatch, "--compare", reports / "truth", bad, "--out", out)
    said = capsys.readouterr().err.strip().splitlines()
    assert exit_info.value.code == 2 and len(said) == 1 and ";" in said[0]
    assert not out.exists()
