"""From sums to metrics, with confidence intervals."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.catalogue import METRICS
from simulator.clip_metrics import frechet_distance
from simulator.dirty_metrics import SIZE_CLASSES, calibration, calibration_error, size_class, when_auc
from simulator.event_class import CLASSES
from simulator.measure import NOT_TYPED, Measured
from simulator.memory_metric import HIDDEN_CLASSES, hidden_class
from simulator.pixel_metrics import TILE_VALUES, psnr_db, rmse
from simulator.transitions import accuracy, confusion, majority

HORIZONS = (1, 15, 60, 150, 300)
RESAMPLES = 300
LEVEL = 0.95

Score = float | None | dict[str, float | None]


def scores(measured: Measured) -> dict[str, Score]:
    """What can be told of any choice of sessions, by metric, some of them by event class or frame: what gets an
    interval.
    """
    frames, events = measured.frames, measured.events
    changed = frames["changed_tiles"] > 0
    bins = calibration(changed, frames["change_probability"])
    answered = events[events["true_tiles"] > 0]
    return {
        "psnr_changed_db": psnr_db(frames["squared_changed"].sum(), frames["changed_tiles"].sum() * TILE_VALUES),
        "psnr_db": psnr_db(frames["squared_all"].sum(), frames["tiles"].sum() * TILE_VALUES),
        "ssim_changed": _ratio(frames["ssim_sum"].sum(), frames["ssim_pixels"].sum()),
        "dirty_where": _mean(frames["where"]),
        "dirty_when_auc": when_auc(changed, frames["change_probability"]),
        "dirty_calibration_error": calibration_error(bins),
        "event_iou": _mean(events["iou"]),
        "event_psnr_db": psnr_db(answered["squared_changed"].sum(), answered["true_tiles"].sum() * TILE_VALUES),
        "typing_accuracy": _mean(events["typed"][events["typed"] != NOT_TYPED]),
        "ocr_char_accuracy": _mean(measured.texts["char_accuracy"]),
        "ocr_exact_line": _ratio(measured.texts["lines_found"].sum(), measured.texts["lines"].sum()),
        "lpips": _mean(events["lpips"]),
        "pointer_shape_accuracy": _mean(frames["shape_right"]),
        "pointer_error_px": _mean(frames["pointer_error_px"]),
        "memory_restored": _by_frames_hidden(measured.memories),
        "transition_accuracy": accuracy(measured.transitions),
        "clip_score": _mean(measured.screens["score"]),
        "frechet_clip": _frechet(measured.screens),
        "rmse_at": {str(frame): rmse_at(measured.tracks, frame) for frame in HORIZONS},
        **scores_by_event(measured),
    }


def scores_by_event(measured: Measured) -> dict[str, Score]:
    """What is told by what the user was doing: metric -> event class -> value."""
    frames, events = measured.frames, measured.events
    of_class = {name: frames[frames["event_class"] == name] for name in CLASSES}
    return {
        "dirty_where_by_event": {name: _mean(rows["where"]) for name, rows in of_class.items()},
        "psnr_changed_db_by_event": {
            name: psnr_db(rows["squared_changed"].sum(), rows["changed_tiles"].sum() * TILE_VALUES)
            for name, rows in of_class.items()
        },
        "event_iou_by_event": {name: _mean(events["iou"][events["event_class"] == name]) for name in CLASSES},
    }


def metrics(measured: Measured, clusters: int) -> dict[str, Any]:
    """Every key of the catalogue; None for what was not measured."""
    known: dict[str, Any] = {
        **scores(measured),
        "transition_clusters": clusters,
        "transition_majority": majority(measured.transitions),
    }
    for key in ("dirty_where_by_event", "memory_restored"):
        if not any(value is not None for value in known[key].values()):
            known[key] = None
    return {metric.key: known.get(metric.key) for metric in METRICS}


def details(measured: Measured) -> dict[str, Any]:
    """What the plots show and what stands behind the metrics: curves, classes, numbers of cases."""
    frames, events, by_event = measured.frames, measured.events, scores_by_event(measured)
    changed = frames["changed_tiles"] > 0
    return {
        "frames": len(frames),
        "frames_changed": int(changed.sum()),
        "events": len(events),
        "typed_characters": int((events["typed"] != NOT_TYPED).sum()),
        "texts": len(measured.texts),
        "transitions": len(measured.transitions),
        "tracks": len(measured.tracks),
        "memories": len(measured.memories),
        "dirty_where_by_size": _where_by_size(frames),
        "psnr_changed_db_by_event": by_event["psnr_changed_db_by_event"],
        "event_iou_by_event": by_event["event_iou_by_event"],
        "transition_confusion": confusion(measured.transitions),
        "pointer_shape_accuracy_at_changes": _mean(frames["shape_right"][frames["shape_changed"]]),
        "calibration": [asdict(row) for row in calibration(changed, frames["change_probability"])],
        "rmse_curve": _rmse_curve(measured.tracks),
    }


def intervals(measured: Measured, sessions: int, *, seed: int) -> dict[str, Any]:
    """Percentile bootstrap over sessions (Efron 1979): LEVEL intervals (low, high) of the scores.

    Frames of one session resemble each other, so whole sessions are drawn. None where there is one session only or
    a score is missing in a draw.
    """
    if sessions < 2:
        return dict.fromkeys(scores(measured))
    draws = np.sort(np.random.default_rng(seed).integers(sessions, size=(RESAMPLES, sessions)), axis=1)
    distinct, which = np.unique(draws, axis=0, return_inverse=True)
    found = [scores(measured.of_sessions(draw)) for draw in distinct.tolist()]
    return {key: _percentiles([found[index][key] for index in which.ravel()]) for key in found[0]}


def by_session(measured: Measured, sessions: int) -> dict[str, Any]:
    """The scores of each session alone, in order."""
    alone = [scores(measured.of_sessions([session])) for session in range(sessions)]
    return {key: [row[key] for row in alone] for key in alone[0]}


def rmse_at(tracks: NDArray[np.void], frame: int) -> float | None:
    """RMSE in levels of 255 after so many frames (from 1 on) on its own, pooled over the tracks that last so long."""
    reached = tracks[~np.isnan(tracks["squared"][:, frame - 1])] if len(tracks) else tracks
    return rmse(reached["squared"][:, frame - 1].sum(), reached["tiles"].sum() * TILE_VALUES) if len(reached) else None


def _percentiles(values: Sequence[Any]) -> Any:
    if isinstance(values[0], dict):
        parts = {key: _percentiles([value[key] for value in values]) for key in values[0]}
        return parts if any(bounds is not None for bounds in parts.values()) else None
    if any(value is None for value in values):
        return None
    tail = (1 - LEVEL) / 2
    return [float(bound) for bound in np.quantile(values, [tail, 1 - tail])]


def _where_by_size(frames: NDArray[np.void]) -> dict[str, float | None]:
    frames = frames[frames["changed_tiles"] > 0]
    classes = np.array([size_class(int(tiles)) for tiles in frames["changed_tiles"]], "U8")
    names = [size_class(least) for least, _ in SIZE_CLASSES]
    return {name: _mean(frames["where"][classes == name]) for name in names}


def _by_frames_hidden(memories: NDArray[np.void]) -> dict[str, float | None]:
    """Similarity to before, by class of the number of frames that a window was hidden."""
    classes = np.array([hidden_class(int(frames)) for frames in memories["frames_hidden"]], "U8")
    of_class = {name: memories[classes == name] for name in (hidden_class(least) for least, _ in HIDDEN_CLASSES)}
    return {name: _ratio(rows["ssim_sum"].sum(), rows["ssim_pixels"].sum()) for name, rows in of_class.items()}


def _rmse_curve(tracks: NDArray[np.void]) -> list[float | None]:
    longest = int((~np.isnan(tracks["squared"])).sum(axis=1).max(initial=0))
    return [rmse_at(tracks, frame) for frame in range(1, longest + 1)]


def _frechet(screens: NDArray[np.void]) -> float | None:
    return frechet_distance(screens["true"], screens["shown"]) if len(screens) > 1 else None


def _mean(values: NDArray[Any]) -> float | None:
    """Over what is a number."""
    known = values[~np.isnan(values)] if values.dtype.kind == "f" else values
    return float(known.mean()) if len(known) else None


def _ratio(part: float, whole: float) -> float | None:
    return float(part / whole) if whole else None
