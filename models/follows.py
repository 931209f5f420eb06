"""What follows what: how often each content of a cell came right after each other one, in changes of some cells.

The model says that a button lights up, and not surely which of a calculator's twenty: their lit pictures differ in one
cell. Counting knows: what lay there was a nine, and a lit nine follows it. By Bayes' rule p(content | all else, before)
goes with p(content | all else) times p(before | content) / p(before), as in `models.typed`.
"""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

MOST_CELLS = 100  # of a change that is counted: in larger ones anything follows anything
OFTEN = 2  # a pair counts that was seen as often
NOTHING = 0  # no content has this fingerprint
PRIOR = 1.0  # times that are added to those of each content, shared out as what comes before is


@dataclass(frozen=True, kw_only=True, eq=False)
class Follows:
    """Pairs (m,) of fingerprints: that a content came `after` another one that was there `before`, so many `times`."""

    before: NDArray[np.int64]
    after: NDArray[np.int64]
    times: NDArray[np.int64]

    @classmethod
    def of(cls, counts: Counter[tuple[int, int]]) -> "Follows":
        """From counts of (before, after)."""
        rows = sorted((*pair, times) for pair, times in counts.items() if times >= OFTEN)
        before, after, times = np.array(rows, np.int64).reshape(-1, 3).T
        return cls(before=before, after=after, times=times)

    def __post_init__(self) -> None:
        if not len(self.before) == len(self.after) == len(self.times):
            raise ValueError("it is not said of each content what came before it how often")
        if not (self.times > 0).all():
            raise ValueError("a pair was never seen")

    def says(self, before: NDArray[np.int64], after: NDArray[np.int64]) -> NDArray[np.float32]:
        """Nats (k, n) by which what n cells show makes each content `after` (k, n) likelier: 0 where nothing is known
        of what they show, and for what stays."""
        befores, afters, pairs = self._tallies
        known = befores.of(before) > 0
        share = np.where(known, befores.of(before), 1) / max(self.times.sum(), 1)
        alone = afters.of(after)
        together = np.where(alone > 0, pairs.of(_pair(befores.row(before), afters.row(after))), 0)
        said = np.log((together + PRIOR * share) / ((alone + PRIOR) * share))
        return np.where(known & (after != before), said, 0).astype(np.float32)

    @cached_property
    def _tallies(self) -> tuple["_Tally", "_Tally", "_Tally"]:
        """What came before, what came after, and the pairs of both."""
        befores, afters = _Tally(self.before, self.times), _Tally(self.after, self.times)
        pairs = _pair(befores.row(self.before), afters.row(self.after))
        return befores, afters, _Tally(pairs, self.times)


class _Tally:
    """How often each of some numbers was counted."""

    def __init__(self, numbers: NDArray[np.int64], times: NDArray[np.int64]) -> None:
        self._numbers, which = np.unique(np.append(numbers, NOTHING), return_inverse=True)
        self._times = np.bincount(which, weights=np.append(times, 0)).astype(np.int64)

    def row(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """A place of its own for each number that was counted; that of another one for those that were not."""
        return np.searchsorted(self._numbers, numbers).clip(max=len(self._numbers) - 1)

    def of(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """0 for those that were not counted."""
        row = self.row(numbers)
        return np.where(self._numbers[row] == numbers, self._times[row], 0)


def _pair(before: NDArray[np.int64], after: NDArray[np.int64]) -> NDArray[np.int64]:
    """One number for each pair of rows."""
    return (before << 32) + after


NOTHING_FOLLOWS = Follows(before=np.zeros(0, np.int64), after=np.zeros(0, np.int64), times=np.zeros(0, np.int64))
