"""How well a model knows which tiles change, and when anything does."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CALIBRATION_BINS = 10
SIZE_CLASSES = ((1, 3), (4, 15), (16, 39), (40, 150), (151, None))


def where_precision(probability: NDArray[np.float32], changed: NDArray[np.bool_]) -> float:
    """The share of truly changed tiles among the n most probable ones, n being the number that truly changed.

    In [0, 1]; NaN where nothing changed. Among equal probabilities the value is the expectation over a random
    order, so that a model that knows nothing scores the share of tiles that changed.
    """
    n = int(changed.sum())
    if n == 0:
        return float("nan")
    least = np.partition(probability.ravel(), -n)[-n]
    above, equal = probability > least, probability == least
    return float((changed[above].sum() + (n - above.sum()) * changed[equal].mean()) / n)


def size_class(tiles: int) -> str:
    """The class of SIZE_CLASSES that a change of so many tiles (at least one) belongs to, as text."""
    for least, most in SIZE_CLASSES:
        if most is None:
            return f"{least}+"
        if tiles <= most:
            return f"{least}-{most}"
    raise AssertionError("the last class has no end")


def when_auc(changed: NDArray[np.bool_], probability: NDArray[np.floating]) -> float | None:
    """Area under the ROC curve of the frame's probability that anything changes.

    The chance that a frame that changes gets a higher probability than one that does not, equal ones counting half
    (Mann and Whitney 1947), in [0, 1]; 0.5 knows nothing. None where all frames change or none does.
    """
    higher, lower = probability[changed], np.sort(probability[~changed])
    if not len(higher) or not len(lower):
        return None
    below, not_above = (np.searchsorted(lower, higher, side=side).mean() for side in ("left", "right"))
    return float(below + not_above) / 2 / len(lower)


@dataclass(frozen=True, kw_only=True)
class CalibrationBin:
    """The frames whose probability fell into one bin: mean probability, share that changed, how many."""

    probability: float
    changed: float
    frames: int


def calibration(changed: NDArray[np.bool_], probability: NDArray[np.floating]) -> list[CalibrationBin]:
    """The filled ones of CALIBRATION_BINS bins of equal width over [0, 1]."""
    place = np.minimum((probability * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    return [
        CalibrationBin(
            probability=float(probability[place == index].mean()),
            changed=float(changed[place == index].mean()),
            frames=int((place == index).sum()),
        )
        for index in np.unique(place)
    ]


def calibration_error(bins: list[CalibrationBin]) -> float | None:
    """Expected calibration error (Naeini et al. 2015): mean over frames of |share that changed - probability|.

    In [0, 1], 0 is best; None without frames.
    """
    frames = sum(row.frames for row in bins)
    return sum(row.frames * abs(row.changed - row.probability) for row in bins) / frames if frames else None
