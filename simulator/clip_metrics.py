"""What a shared space of screens and texts is worth, as functions of places in it (n, s), all of length 1."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.float32]


def recall_at(similarity: NDArray[np.float32], count: int) -> float:
    """The share of queries (rows) for which candidate i of query i is among the `count` most similar.

    Ties count against it.
    """
    own = similarity.diagonal()[:, None]
    better = (similarity >= own).sum(axis=1) - 1
    return float((better < count).mean())


def middle(places: Places) -> Places:
    """(s,): one place for several ways to say the same (prompt ensembling, Radford et al. 2021)."""
    mean = places.mean(axis=0)
    return mean / np.linalg.norm(mean)


def nearest(image: Places, classes: Places) -> NDArray[np.int64]:
    """(n,): which class each screen is nearest to: zero-shot classification."""
    return (image @ classes.T).argmax(axis=1)


def majority(classes: NDArray[np.int64]) -> float:
    """The share of the commonest class: what always saying the same reaches."""
    return float(np.bincount(classes).max() / len(classes))


def closest_without(known: NDArray[np.int8], fact: int, most: int) -> list[tuple[int, int]]:
    """At most `most` pairs (i, j) of screens, the fact (f) holding of i and not of j, else as alike as there are.

    The best pairs of all come first; each screen that has the fact is in one pair.
    """
    having, lacking = np.flatnonzero(known[:, fact] == 1), np.flatnonzero(known[:, fact] == -1)
    if not len(having) or not len(lacking):
        return []
    differ = np.stack([(known[lacking] != row).sum(axis=1) for row in known[having]])
    order = np.argsort(differ.min(axis=1), kind="stable")[:most]
    return [(int(having[place]), int(lacking[differ[place].argmin()])) for place in order]


def points_to(difference: Places, target: Places, rivals: Places) -> bool:
    """Whether the difference (s,) of two screens is nearer to the target (s,) than to every rival (r, s)."""
    return bool(difference @ target > (rivals @ difference).max(initial=-np.inf))


def keeps_meaning(twin: Places, own: Places) -> NDArray[np.bool_]:
    """(n,): whether text i is nearer to another text of the same meaning than to those of all other meanings."""
    similarity = twin @ own.T
    same = similarity.diagonal().copy()
    np.fill_diagonal(similarity, -np.inf)
    return same > similarity.max(axis=1, initial=-np.inf)


def clip_score(image: Places, text: Places) -> NDArray[np.float32]:
    """(n,): 2.5 max(cos, 0) of each screen and its text (Hessel et al. 2021)."""
    return 2.5 * np.maximum((image * text).sum(axis=1), 0)


def frechet_distance(left: Places, right: Places) -> float:
    """|m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2)) of the Gaussians of two sets (Heusel et al. 2017, in CLIP's space).

    Raises ValueError where a set has fewer than two.
    """
    if min(len(left), len(right)) < 2:
        raise ValueError("a distance of distributions needs two screens on each side; measure more")
    means = [places.mean(axis=0, dtype=np.float64) for places in (left, right)]
    first, second = (np.atleast_2d(np.cov(places.astype(np.float64), rowvar=False)) for places in (left, right))
    root = _root(first)
    cross = np.sqrt(np.linalg.eigvalsh(root @ second @ root).clip(0)).sum()
    distance = np.square(means[0] - means[1]).sum() + np.trace(first) + np.trace(second) - 2 * cross
    return float(max(distance, 0.0))


def share(found: Sequence[bool]) -> float | None:
    """The mean, None of nothing."""
    return float(np.mean(found)) if len(found) else None


def _root(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """The square root of a symmetric positive matrix."""
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.sqrt(values.clip(0))) @ vectors.T
