"""The plots of the report, as PNG."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

_COLOURS = {
    "model": "#3465c8",
    "copy_last": "#999999",
    "retrieval": "#8e63b5",
    "vae_ceiling": "#2a9d5c",
    "rerun_floor": "#2a7d9d",
    "A": "#3465c8",
    "B": "#d9822b",
}
_BAR_WIDTH = 0.8
_LATENCY_BINS = 40

Scores = Mapping[str, float | None]
Bounds = Mapping[str, list[float] | None]


def drift_png(curves: Mapping[str, list[float | None]], fps: float) -> bytes:
    """RMSE against the true screen over the frames of a closed loop, one curve a subject."""
    figure, axes = _figure()
    for name, curve in curves.items():
        axes.plot(range(1, len(curve) + 1), curve, label=_label(name), color=_COLOURS.get(name))
    axes.set_xlabel(f"frames on its own ({fps:g} a second)")
    axes.set_ylabel("RMSE, levels of 255")
    axes.set_ylim(bottom=0)
    _legend(axes)
    return _png(figure)


def calibration_png(subjects: Mapping[str, list[dict[str, Any]]]) -> bytes:
    """Said probability against how often something changed; the dots' area is the number of frames."""
    figure, axes = _figure()
    axes.plot([0, 1], [0, 1], color="#cccccc")
    for name, rows in subjects.items():
        frames = sum(row["frames"] for row in rows)
        said, changed = ([row[key] for row in rows] for key in ("probability", "changed"))
        areas = [12 + 400 * row["frames"] / frames for row in rows]
        axes.plot(said, changed, color=_COLOURS.get(name), label=_label(name))
        axes.scatter(said, changed, s=areas, color=_COLOURS.get(name), alpha=0.7)
    axes.set_xlabel("probability of a change, as the model says it")
    axes.set_ylabel("share of frames that changed")
    _legend(axes)
    return _png(figure)


def bars_png(values: Mapping[str, Scores], label: str, bounds: Mapping[str, Bounds | None]) -> bytes:
    """Groups of bars: subject -> class -> value, with whiskers from low to high where `bounds` knows them.

    A class that nobody measured is left out.
    """
    figure, axes = _figure()
    classes = [
        name for name in next(iter(values.values())) if any(row.get(name) is not None for row in values.values())
    ]
    width = _BAR_WIDTH / len(values)
    for place, (name, row) in enumerate(values.items()):
        at = [i + (place - (len(values) - 1) / 2) * width for i in range(len(classes))]
        heights = [row.get(key) or 0.0 for key in classes]
        axes.bar(at, heights, width, label=_label(name), color=_COLOURS.get(name))
        for x, key in zip(at, classes, strict=True):
            interval = (bounds.get(name) or {}).get(key)
            if interval:
                axes.plot([x, x], interval, color="#444444", linewidth=1)
    axes.set_xticks(range(len(classes)), classes)
    axes.set_ylabel(label)
    _legend(axes)
    return _png(figure)


def latency_png(steps_ms: Sequence[float]) -> bytes:
    """How many steps took how long, the slowest hundredth gathered in the last bar."""
    figure, axes = _figure()
    median, slow, slowest = np.percentile(steps_ms, (50, 95, 99))
    axes.hist(np.minimum(steps_ms, slowest), bins=_LATENCY_BINS, color=_COLOURS["model"])
    for place, words in ((median, "p50"), (slow, "p95")):
        axes.axvline(place, color="#444444", linewidth=1)
        axes.annotate(f" {words} {place:.0f} ms", (place, 0.94), xycoords=("data", "axes fraction"), fontsize=8)
    axes.set_xlabel("milliseconds")
    axes.set_ylabel("steps (log scale)")
    axes.set_yscale("log")
    return _png(figure)


def confusion_png(cells: Sequence[Sequence[int]]) -> bytes:
    """(true cluster, nearest cluster, how often): shares of each row, of the clusters that occur."""
    present = sorted({cluster for true, nearest, _ in cells for cluster in (true, nearest)})
    shares = np.zeros((len(present), len(present)))
    for true, nearest, count in cells:
        shares[present.index(true), present.index(nearest)] += count
    shares /= np.maximum(shares.sum(axis=1, keepdims=True), 1)
    figure, axes = _figure()
    picture = axes.imshow(shares, cmap="Blues", vmin=0, vmax=1, interpolation="nearest")
    figure.colorbar(picture, label="share of its row")
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_xlabel("nearest to what was generated")
    axes.set_ylabel(f"true kind (of {len(present)})")
    return _png(figure)


def curves_png(curves: Mapping[str, Sequence[tuple[NDArray[np.float64], NDArray[np.float64]]]]) -> bytes:
    """Losses over the hours of training, at least one, each below the other; a gap is where one training went on from
    another."""
    figure = Figure(figsize=(7, 1.7 * len(curves)), dpi=110, layout="constrained")
    FigureCanvasAgg(figure)
    rows = figure.subplots(len(curves), sharex=True, squeeze=False)[:, 0]
    for axes, (name, parts) in zip(rows, curves.items()):
        for hours, values in parts:
            axes.plot(hours, values, color=_COLOURS["model"])
        axes.set_ylabel(name)
        axes.set_yscale("log")
        axes.spines[["top", "right"]].set_visible(False)
    rows[-1].set_xlabel("hours of training")
    return _png(figure)


def _figure() -> tuple[Figure, Any]:
    figure = Figure(figsize=(5.6, 3.4), dpi=110, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _legend(axes: Any) -> None:
    """Above the plot, where it hides nothing."""
    axes.legend(ncols=3, loc="lower left", bbox_to_anchor=(0, 1), frameon=False)


def _label(name: str) -> str:
    return name.replace("_", " ")


def _png(figure: Figure) -> bytes:
    buffer = BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()
