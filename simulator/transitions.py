"""Transition accuracy, after NeuralOS (ICLR 2026): does the right screen follow?

Pairs (screen before, screen after) with a large change are clustered; a generated screen after is right where the
pair that it makes with the true screen before is nearest to the centre of the true pair's cluster.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import DBSCAN
from sklearn.metrics.pairwise import cosine_distances

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
    """`labels` (pairs,) is each pair's cluster or -1, `centres` (clusters, 2 D) each cluster's medoid."""

    labels: NDArray[np.int64]
    centres: NDArray[np.float32]

    @property
    def majority(self) -> float | None:
        """The share of the largest cluster among the clustered pairs: what always answering it would score."""
        clustered = self.labels[self.labels != _NOISE]
        return float(np.bincount(clustered).max() / len(clustered)) if len(clustered) else None

    def accuracy(self, generated: NDArray[np.float32]) -> float | None:
        """The share of clustered pairs whose generated pair (pairs, 2 D) is nearest to their own cluster's centre.

        The trace of the confusion matrix over its total, in [0, 1]; None with fewer than two clusters, between which
        there is nothing to tell apart.
        """
        if len(self.centres) < 2:
            return None
        clustered = self.labels != _NOISE
        nearest = cosine_distances(generated[clustered], self.centres).argmin(axis=1)
        return float((nearest == self.labels[clustered]).mean())


def cluster_transitions(pairs: NDArray[np.float32]) -> TransitionClusters:
    """Cluster concatenated thumbnails (pairs, 2 D) by DBSCAN with eps 0.01, in cosine distance.

    Pairs beyond the first MOST_PAIRS are left out as noise.
    """
    labels = np.full(len(pairs), _NOISE, np.int64)
    used = pairs[:MOST_PAIRS]
    if len(used):
        labels[: len(used)] = DBSCAN(eps=EPS, min_samples=min_samples(len(used)), metric="cosine").fit_predict(used)
    centres = [_medoid(pairs[labels == label]) for label in range(labels.max(initial=_NOISE) + 1)]
    return TransitionClusters(
        labels=labels, centres=np.stack(centres) if centres else np.empty((0, pairs.shape[1]), np.float32)
    )


def _medoid(members: NDArray[np.float32]) -> NDArray[np.float32]:
    """The member with the least total distance to the others."""
    return members[cosine_distances(members).sum(axis=1).argmin()]
