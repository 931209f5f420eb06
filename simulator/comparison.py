"""Which of two models is better, metric by metric: in come two reports on the same sessions, out go differences."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import t as student

from simulator.catalogue import METRICS, Metric
from simulator.evaluate import SCHEMA
from simulator.summary import LEVEL

_SAME = ("seed", "effort")


@dataclass(frozen=True, kw_only=True)
class Contest:
    """One metric, for one class or frame of it where `part` names it: the values of A and B, and the mean over
    sessions of B - A with its interval.

    `winner` is "A" or "B" where the interval leaves 0 out, else "".
    """

    metric: Metric
    part: str
    a: float | None
    b: float | None
    difference: float | None
    interval: tuple[float, float] | None
    winner: str


def load_report(folder: Path) -> dict[str, Any]:
    """The report of a folder that `evaluate` wrote.

    Raises ValueError, with the remedy, where there is none or it is of another version.
    """
    path = folder / "report.json"
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(f"{path} is no report; make it with 'python -m simulator evaluate --out {folder}'") from error
    found = report.get("schema") if isinstance(report, dict) else None
    if found != SCHEMA:
        raise ValueError(f"{path} has schema {found} and this program compares schema {SCHEMA}; evaluate again")
    return report


def check_comparable(a: Mapping[str, Any], b: Mapping[str, Any]) -> None:
    """Raise ValueError where two reports do not speak of the same frames."""
    hashes = [[session["sha256"] for session in report["data"]["sessions"]] for report in (a, b)]
    if hashes[0] != hashes[1]:
        raise ValueError("the reports are of other sessions; evaluate both models on the same data")
    if a["training"] != b["training"]:
        raise ValueError("the reports know other training sessions; evaluate both models with the same --training")
    for key in _SAME:
        if a[key] != b[key]:
            raise ValueError(f"the reports differ in their {key}; evaluate both models with the same options")


def compare(a: Mapping[str, Any], b: Mapping[str, Any]) -> list[Contest]:
    """Every metric of which one direction is better, in the catalogue's order.

    Raises ValueError where the reports do not speak of the same frames.
    """
    check_comparable(a, b)
    return [contest for metric in METRICS if metric.best for contest in _contests(metric, a, b)]


def paired_interval(differences: Sequence[float]) -> tuple[float, float] | None:
    """Student's LEVEL interval (1908) of the mean of paired differences; None for fewer than two.

    Sessions differ more than models do, so the difference is taken within each. There are few sessions: a bootstrap
    of four of them is too sure of itself, Student's is not.
    """
    if len(differences) < 2:
        return None
    mean, deviation = float(np.mean(differences)), float(np.std(differences, ddof=1))
    half = float(student.ppf((1 + LEVEL) / 2, len(differences) - 1)) * deviation / math.sqrt(len(differences))
    return mean - half, mean + half


def _contests(metric: Metric, a: Mapping[str, Any], b: Mapping[str, Any]) -> Iterator[Contest]:
    values = [report["metrics"][metric.key] for report in (a, b)]
    alone = [report["by_session"]["model"].get(metric.key) or [] for report in (a, b)]
    parts = next((list(value) for value in values if isinstance(value, dict)), [""])
    for part in parts:
        sessions = zip(*([_part(score, part) for score in scores] for scores in alone), strict=False)
        differences = [later - former for former, later in sessions if former is not None and later is not None]
        interval = paired_interval(differences)
        yield Contest(
            metric=metric,
            part=part,
            a=_part(values[0], part),
            b=_part(values[1], part),
            difference=float(np.mean(differences)) if differences else None,
            interval=interval,
            winner=_winner(metric, interval),
        )


def _part(score: Any, part: str) -> float | None:
    return score.get(part) if isinstance(score, dict) else score


def _winner(metric: Metric, interval: tuple[float, float] | None) -> str:
    if interval is None or interval[0] <= 0 <= interval[1]:
        return ""
    return "B" if (interval[0] > 0) == (metric.best == "high") else "A"
