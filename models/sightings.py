"""Pictures as the training sessions show them: what their cells take together, what they keep, what they settle into.

Most windows open in two or three frames: first a frame around what was there before, then what is inside. The first
one is another picture over each wallpaper; what it settles into, a fraction of a second later, is the same everywhere.
"""

from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Int
from numpy.typing import NDArray

from models.cells import Box

OFTEN = 2  # a picture counts that was shown as often, and what it settles into too
UNCHANGED = 0  # as a fingerprint
AGREE = 0.9  # of its cells, for two pictures to settle into the same
HOLLOW = 0.5  # of its cells: a picture that says less is a frame, and more than that comes inside
MOSTLY = 0.75  # of the times that a picture was shown it has to settle into the same


@dataclass(frozen=True, kw_only=True, eq=False)
class Settled:
    """What a change of one track, shown at its `row`, settled into: fingerprints of the `cells` (n,) of its `box`,
    UNCHANGED where they stayed as the change left them, on the screen of the track's row `until`."""

    track: int
    until: int
    box: Box
    cells: Int[np.ndarray, "n"]

    def agrees(self, other: "Settled") -> bool:
        """Whether another one of the same size is the same, as far as both say."""
        both = (self.cells != UNCHANGED) & (other.cells != UNCHANGED)
        return bool((~both | (self.cells == other.cells)).mean() >= AGREE)


@dataclass(kw_only=True, eq=False)
class Sighting:
    """A picture: fingerprints of its `cells` (n,), UNCHANGED where all stays, of what it always `kept` there, UNCHANGED
    elsewhere, and the `times` that it was shown; each time that could be followed it has `settled`, and mostly `into`
    what one of these shows."""

    size_px: tuple[int, int]
    cells: Int[np.ndarray, "n"]
    kept: Int[np.ndarray, "n"]
    times: int = 1
    settled: list[Settled] = field(default_factory=list[Settled])
    into: Settled | None = None

    @property
    def later(self) -> Int[np.ndarray, "n"]:
        """What it settles into, UNCHANGED where it stays."""
        return self.into.cells if self.into else np.full_like(self.cells, UNCHANGED)

    def contents(self) -> set[int]:
        """What it consists of, and what it settles into."""
        return {*self.cells.tolist(), *self.later.tolist()}

    @property
    def opens(self) -> bool:
        """Whether it is a frame of which, whenever it could be followed, most was still to come."""
        said = float((self.cells != UNCHANGED).mean())
        to_come = [float((settled.cells != UNCHANGED).mean()) for settled in self.settled]
        return said < HOLLOW <= min(to_come, default=1.0)

    def again(self, kept: NDArray[np.int64], settled: list[Settled]) -> None:
        """It was shown once more."""
        self.times += 1
        self.kept = np.where(self.kept == kept, kept, UNCHANGED)
        self.settled += settled

    def take(self, other: "Sighting") -> bool:
        """Become one with another of the same size, if they agree: a window may open over its like."""
        said, too = self.cells != UNCHANGED, other.cells != UNCHANGED
        shared = 2 * (said & too).sum() >= min(said.sum(), too.sum())
        agree = shared and np.array_equal(self.cells[said & too], other.cells[said & too])
        if agree:
            shown, shown_too = (np.where(each.cells != UNCHANGED, each.cells, each.kept) for each in (self, other))
            self.cells = np.where(said, self.cells, other.cells)
            self.kept = np.where((self.cells == UNCHANGED) & (shown == shown_too), shown, UNCHANGED)
            self.times += other.times
            self.settled += other.settled
        return bool(agree)

    def settle(self, others: list[Settled]) -> None:
        """Find what it settles into among what it did, if mostly that, and if it is among what `others` did OFTEN."""
        for one in sorted(self.settled, key=lambda settled: -int((settled.cells != UNCHANGED).sum())):
            mostly = sum(map(one.agrees, self.settled)) >= MOSTLY * len(self.settled)
            if mostly and sum(map(one.agrees, others)) >= OFTEN:
                self.into = one
                return

    def follow(self, other: "Sighting") -> None:
        """Settle as another one of the same size does, if they agree where that stays, as a title does."""
        stays = (other.later == UNCHANGED) & (self.cells != UNCHANGED) & (other.cells != UNCHANGED)
        if stays.any() and (self.cells == other.cells)[stays].mean() >= AGREE:
            self.into = other.into


class Sightings:
    """All pictures of some sessions."""

    def __init__(self) -> None:
        self._seen: dict[tuple[int, int, bytes], Sighting] = {}

    def note(
        self,
        size_px: tuple[int, int],
        cells: Int[np.ndarray, "n"],
        kept: Int[np.ndarray, "n"],
        settled: Settled | None,
    ) -> None:
        """A picture was shown; `settled` where it could be followed."""
        key = (*size_px, cells.tobytes())
        followed = [settled] if settled else []
        if key in self._seen:
            self._seen[key].again(kept, followed)
        else:
            self._seen[key] = Sighting(size_px=size_px, cells=cells, kept=kept, settled=followed)

    def often(self, most: int) -> list[Sighting]:
        """Up to so many pictures that were shown OFTEN, the commonest first."""
        of_size: dict[tuple[int, int], list[Sighting]] = {}
        settled: dict[tuple[int, int], list[Settled]] = {}
        for _, sighting in sorted(self._seen.items(), key=lambda item: (-item[1].times, item[0])):
            others = of_size.setdefault(sighting.size_px, [])
            settled.setdefault(sighting.size_px, []).extend(sighting.settled)
            if not any(other.take(sighting) for other in others):
                others.append(sighting)
        often = [sighting for others in of_size.values() for sighting in others if sighting.times >= OFTEN]
        chosen = sorted(often, key=lambda sighting: -sighting.times)[:most]
        for sighting in chosen:
            sighting.settle(settled[sighting.size_px])
        for sighting in chosen:
            for other in of_size[sighting.size_px]:
                if not sighting.into and sighting.opens:
                    sighting.follow(other)
        return chosen
