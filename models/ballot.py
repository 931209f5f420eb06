"""What the cells of a change show together: an earlier screen of theirs, or a picture that is known.

Each cell alone says well which content it takes, and a menu of forty cells still comes out with three wrong: nothing
ties them together. So the cells vote for one of the earlier screens, where all may come back, and of the pictures that
have the box's size; each then prefers what the winner shows.
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from numpy.typing import NDArray
from torch import Tensor

from models.cells import fingerprints
from models.follows import MOST_CELLS, Follows
from models.pictures import Prints
from models.recall import SLOTS, Known

BOND = 20.0  # nats by which a cell prefers what is elected
WORST = 6.0  # nats that one cell can cost a candidate
TRUST = 0.5  # in the counts of what follows what: the cell has looked at what it shows, too
NEVER = 1.0  # nats against a content from which on the counts say that it does not follow
UNKNOWN = 3.0  # nats for a cell of which it says what the cell cannot point at
DOUBT_PICTURE = 3.0  # mean nats that a picture may cost a cell against its own choice; a worse one wins nothing
DOUBT_SCREEN = 0.5  # the same of an earlier screen: that everything comes back is sure or it is wrong
BETTER = 0.2  # mean nats that what a large change shows must be likelier than that all stays
MOST_DENIED = 0.1  # share of its cells that may be sure of something new, or against which the counts speak
LEAST_CHANGED = 0.25  # share of its cells: the screen as it already is, is not what it changes to

Best = tuple[Float[Tensor, "n"], Int[Tensor, "n"]]  # the highest of each cell's logits, and its place


@dataclass(frozen=True, kw_only=True, eq=False)
class Ballot:
    """k candidates for n cells: the slots in which the cells find what each shows, and its place in the palette or -1;
    the nats by which it `follows` what they show now (`models.follows`); `doubt` is what each may cost, below nothing
    for those that would change next to nothing; whether all `may_stay` instead."""

    found: Bool[Tensor, "k n o"]
    place: Int[Tensor, "k n"]
    follows: Float[Tensor, "k n"]
    doubt: Float[Tensor, "k"]
    may_stay: bool

    @classmethod
    def of(
        cls,
        screens: list[NDArray[np.uint8]],
        pictures: Prints,
        library: NDArray[np.int64],
        palette: int,
        follows: Follows,
        known: Known,
        device: torch.device,
        *,
        only_counted: bool = False,
        may_stay: bool = False,
    ) -> "Ballot":
        """From what the cells (n, TILE_VALUES) showed on screens, and pictures of a library of fingerprints, the first
        `palette` of which can be pointed at. A cell that a picture leaves alone may stay or show what it kept.

        With `only_counted` nothing is elected that does not follow by its counts; where all `may_stay`, nothing for a
        large change that is not likelier than that.
        """
        slots = np.append(fingerprints(known.tiles_u8), 0)[known.slot]  # -1, no content, reads the last
        shown = [fingerprints(tiles_u8) for tiles_u8 in screens] + [
            np.where(picture >= 0, library[picture], slots[:, 0]) for picture in pictures.content
        ]
        contents = np.array(shown, np.int64).reshape(-1, len(slots))
        nowhere = np.full((len(screens), len(slots)), -1)
        pointed = np.where(pictures.content >= 0, pictures.content, pictures.kept)
        place = np.concatenate([nowhere, np.where(pointed < palette, pointed, -1).reshape(-1, len(slots))])
        too = contents.copy()
        keeps = (pictures.content < 0) & (pictures.kept >= 0)
        too[len(screens) :] = np.where(keeps, library[pictures.kept], contents[len(screens) :])
        doubt = np.repeat([DOUBT_SCREEN, DOUBT_PICTURE], [len(screens), len(pictures.content)]).astype(np.float32)
        changes = contents != slots[:, 0]
        says = follows.says(slots[:, 0], contents) if len(slots) <= MOST_CELLS else np.zeros(contents.shape, np.float32)
        barred = changes.mean(axis=1) < LEAST_CHANGED
        if only_counted:
            barred |= (says.sum(axis=1) <= 0) | ((says < -NEVER).mean(axis=1) > MOST_DENIED)
        return cls(
            found=torch.from_numpy((slots == contents[:, :, None]) | (slots == too[:, :, None])).to(device),
            place=torch.from_numpy(place).to(device),
            follows=torch.from_numpy(says).to(device),
            doubt=torch.from_numpy(np.where(barred, -np.inf, doubt)).to(device),
            may_stay=may_stay and len(slots) > MOST_CELLS,
        )

    def vote(
        self, near: Float[Tensor, "n q"], far: Float[Tensor, "n p"], best: Float[Tensor, "n"], new: Bool[Tensor, "n"]
    ) -> int | None:
        """The candidate that the cells elect by their logits (`Head.choice`), of which the `best` is each cell's own
        choice; None where no one is likely, or likelier than that all stays, or cells that are sure to show something
        `new` deny it."""
        if not len(self.doubt):
            return None
        cost = torch.stack([best - self._belief(candidate, near, far) for candidate in range(len(self.doubt))])
        known = self.found.any(dim=2) | (self.place >= 0)
        cost = torch.where(known, cost.clamp_max(WORST), UNKNOWN) - TRUST * self.follows.clamp(-WORST, WORST)
        cost = cost.mean(dim=1)
        stays = (best - near[:, 0]).clamp_max(WORST).mean() - BETTER if self.may_stay else torch.inf
        denied = (known & new).float().mean(dim=1) > MOST_DENIED
        cost = cost.masked_fill((cost >= self.doubt.clamp_max(stays)) | denied, torch.inf)
        winner = int(cost.argmin())
        return winner if torch.isfinite(cost[winner]) else None

    def favour(self, elected: int, near: Float[Tensor, "n q"], far: Float[Tensor, "n p"], best: Best) -> Best:
        """Raise the near logits of what is elected, in place; and the `best` of the far ones when theirs are raised."""
        near[:, :SLOTS] += BOND * self.found[elected]
        place = self.place[elected]
        raised = far.gather(1, place.clamp_min(0)[:, None])[:, 0].float() + BOND
        better = (place >= 0) & (raised > best[0])
        return torch.where(better, raised, best[0]), torch.where(better, place, best[1])

    def _belief(self, candidate: int, near: Float[Tensor, "n q"], far: Float[Tensor, "n p"]) -> Float[Tensor, "n"]:
        """The logit that each cell gives to what a candidate shows, in whatever slot or the palette that is."""
        again = near[:, :SLOTS].masked_fill(~self.found[candidate], -torch.inf).max(dim=1).values
        place = self.place[candidate]
        common = far.gather(1, place.clamp_min(0)[:, None])[:, 0].float().masked_fill(place < 0, -torch.inf)
        return torch.maximum(again, common)
