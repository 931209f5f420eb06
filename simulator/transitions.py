"""Transition accuracy, after NeuralOS (ICLR 2026): does the right screen follow?

Pairs (screen before, screen after) with a large change are clustered; a generated screen after is right where the
pair that it makes with the true screen before is nearest to the centre of the true pair's cluster. The distance is
the mean squared difference of the pair's values in [0, 1], as in NeuralOS's own clustering. All held-out frames make
the clusters: where there are few, the screen before, which every world is given, tells them apart alone.
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import DBSCAN
from sklearn.metrics import euclidean_distances
from tqdm import tqdm

from simulator.footage import Footage

BLOCK_PX = 4
LARGE_CHANGE = 0.02
EPS = 0.01
MOST_PAIRS = 15_000
MIN_SAMPLES_AT_MOST_PAIRS = 50
_NOISE = -1


def thumbnail(frame_u8: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Means of BLOCK_PX x BLOCK_PX pixels, in [0, 1], as one vector: (H, W, 3) -> (H * W * 3 / 16,)."""
    height, width = frame_u8.shape[:2]
    blocks = frame_u8.reshape(height // BLOCK_PX, BLOCK_PX, width // BLOCK_PX, BLOCK_PX, 3)
    return (blocks.mean(axis=(1, 3), dtype=np.float32) / 255).ravel()


def is_large_change(before: NDArray[np.float32], after: NDArray[np.float32]) -> bool:
    """Whether two thumbnails differ by more than LARGE_CHANGE on average."""
    return float(np.abs(after - before).mean()) > LARGE_CHANGE


def min_samples(pairs: int) -> int:
    """DBSCAN's min_samples for so many pairs: NeuralOS's 50 of 15,000 in proportion, at least 2."""
    return max(2, round(MIN_SAMPLES_AT_MOST_PAIRS * pairs / MOST_PAIRS))


@dataclass(frozen=True, kw_only=True, eq=False)
class TransitionClusters:
    """`label` gives the cluster of each clustered change by (session, frame); `centres` (clusters, 2 D) the medoids.

    With fewer than two clusters there is nothing to tell apart, and `label` is empty.
    """

    label: dict[tuple[int, int], int]
    centres: NDArray[np.float32]

    def nearest(self, before_u8: NDArray[np.uint8], after_u8: NDArray[np.uint8]) -> int:
        """The cluster whose centre is nearest to the pair of two frames (H, W, 3)."""
        pair = np.concatenate([thumbnail(before_u8), thumbnail(after_u8)])
        return int(np.square(self.centres - pair).sum(axis=1).argmin())


def confusion(rows: NDArray[np.void]) -> list[tuple[int, int, int]]:
    """The filled cells (true cluster, nearest cluster, how often) of the confusion matrix; rows as `measure` keeps."""
    cells = Counter(zip(rows["cluster"].tolist(), rows["nearest"].tolist(), strict=True))
    return [(*cell, count) for cell, count in sorted(cells.items())]


def accuracy(rows: NDArray[np.void]) -> float | None:
    """The trace of the confusion matrix over its total, in [0, 1]; None without pairs."""
    return float((rows["cluster"] == rows["nearest"]).mean()) if len(rows) else None


def majority(rows: NDArray[np.void]) -> float | None:
    """The share of the most frequent cluster: what always answering it would score."""
    return float(np.bincount(rows["cluster"]).max() / len(rows)) if len(rows) else None


def find_transitions(footage: Sequence[Footage]) -> TransitionClusters:
    """Cluster all large changes of the footage; beyond MOST_PAIRS of them, as many evenly spaced ones."""
    places, pairs = [], []
    for session, film in enumerate(tqdm(footage, unit="session", desc="transitions", leave=False)):
        for frame, pair in _large_changes(film):
            places.append((session, frame))
            pairs.append(pair)
    kept = np.linspace(0, len(pairs) - 1, min(len(pairs), MOST_PAIRS)).round().astype(int)
    labels, centres = cluster_pairs(np.stack([pairs[index] for index in kept]) if pairs else np.empty((0, 1), "f4"))
    label = {places[index]: int(name) for index, name in zip(kept, labels, strict=True) if name != _NOISE}
    return TransitionClusters(label=label if len(centres) > 1 else {}, centres=centres)


def cluster_pairs(pairs: NDArray[np.float32]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """DBSCAN of pairs (n, 2 D) with EPS as mean squared distance: (labels (n,), -1 for noise; medoids)."""
    labels = np.full(len(pairs), _NOISE, np.int64)
    if len(pairs):
        radius = math.sqrt(EPS * pairs.shape[1])  # the distance itself, for a mean of its square
        labels = DBSCAN(eps=radius, min_samples=min_samples(len(pairs)), algorithm="brute").fit_predict(pairs)
    centres = [_medoid(pairs[labels == label]) for label in range(labels.max(initial=_NOISE) + 1)]
    return labels, np.stack(centres) if centres else np.empty((0, pairs.shape[1]), np.float32)


def _large_changes(film: Footage) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """(frame, pair (2 D,)) of each; thumbnails differ by no more than their pixels do, which is quicker to see."""
    for frame, (before_u8, after_u8) in enumerate(pairwise(film.frames(0, len(film))), start=1):
        if np.array_equal(before_u8, after_u8) or _mean_difference(before_u8, after_u8) <= LARGE_CHANGE:
            continue
        before, after = thumbnail(before_u8), thumbnail(after_u8)
        if is_large_change(before, after):
            yield frame, np.concatenate([before, after])


def _mean_difference(left_u8: NDArray[np.uint8], right_u8: NDArray[np.uint8]) -> float:
    """In [0, 1]."""
    return float((np.maximum(left_u8, right_u8) - np.minimum(left_u8, right_u8)).mean()) / 255


def _medoid(members: NDArray[np.float32]) -> NDArray[np.float32]:
    """The member with the least total distance to the others."""
    return members[euclidean_distances(members, squared=True).sum(axis=1).argmin()]
