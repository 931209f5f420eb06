"""Training logs in, one figure of how the losses fell out."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

LOSSES = ("place", "choice", "when", "where", "what")  # in nats but for `what`, which is a squared error
SMOOTH_ROWS = 15


Part = tuple[NDArray[np.float64], NDArray[np.float64]]


def read_curves(logs: Sequence[Path]) -> dict[str, list[Part]]:
    """Each loss of trainings that went on from each other, in their order: (hours, values) of each log that has it.

    Hours count on from log to log, and values are smoothed. Raises ValueError for a file that is no training's log.
    """
    curves, begun_min = dict[str, list[Part]](), 0.0
    for log in logs:
        rows = _rows(log)
        minutes = begun_min + np.array([row["minutes"] for row in rows])
        for name in LOSSES:
            there = np.array([name in row for row in rows])
            if there.sum() >= SMOOTH_ROWS:
                values = np.array([row[name] for row in rows if name in row])
                curves.setdefault(name, []).append((_smooth(minutes[there]) / 60, _smooth(values)))
        begun_min = float(minutes[-1])
    return curves


def _rows(log: Path) -> list[dict[str, float]]:
    try:
        rows = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
        if rows and all("minutes" in row for row in rows):
            return rows
    except (UnicodeDecodeError, json.JSONDecodeError, TypeError):
        pass
    raise ValueError(f"{log} is no log of a training; name a log.jsonl of 'models train'")


def _smooth(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Means over SMOOTH_ROWS, as many fewer."""
    return np.convolve(values, np.full(SMOOTH_ROWS, 1 / SMOOTH_ROWS), mode="valid")
