"""Painting the cells of a change: known contents where the head points to them, the rest denoised around them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from numpy.typing import NDArray
from torch import Tensor

from models.ballot import Ballot
from models.buckets import padded
from models.compiled import CompiledHead
from models.desk import Tokenizer
from models.diffusion import euler, sampling_times
from models.guidance import extrapolated
from models.head import Canvas, Estimate, Head
from models.layers import highest
from models.palette import Palette
from models.recall import NEW, SLOTS, Known

CONFIDENT = 0.5  # a less probable choice waits for the next step, where the others are seen
NEW_FOR_SURE = 0.9  # probability from which a cell's word counts that it shows nothing known
CRISP = 4.0  # nats by which denoising must beat the best known content: an uncertain cell comes out as mush


@dataclass(frozen=True, kw_only=True, eq=False)
class Painting:
    """Whitened `latent` of each cell and the `choice` that it came of.

    A choice is a slot (0 stays as it is), NEW, or NEW + 1 and more for the palette; `elected` the candidate that won.
    """

    latent: Float[Tensor, "n c"]
    choice: Int[Tensor, "n"]
    elected: int | None = None


def contents_of(painting: Painting, known: Known, palette: Palette, tokenizer: Tokenizer) -> NDArray[np.uint8]:
    """The cells' pixels (n, TILE_VALUES): what was pointed at as it is, what was denoised decoded."""
    choice = painting.choice.cpu().numpy()
    cells = np.arange(len(choice))
    tiles_u8 = known.tiles_u8[known.slot[cells, np.minimum(choice, SLOTS - 1)]]
    common = painting.choice > NEW
    tiles_u8[common.cpu().numpy()] = palette.tiles_u8[painting.choice[common] - NEW - 1].cpu().numpy()
    if (choice == NEW).any():
        tiles_u8[choice == NEW] = tokenizer.decode(painting.latent[painting.choice == NEW])
    return tiles_u8


class _Painter:
    """A denoiser that decides on the way which cells show a known content, and holds these.

    Undecided cells stay pure noise; the last of `steps` looks decides all, and so does an election.
    """

    def __init__(
        self,
        head: Head | CompiledHead,
        canvases: Sequence[Canvas],
        guidance: float,
        noise: Float[Tensor, "n c"],
        palette: Palette,
        keys: Tensor,
        steps: int,
        ballot: Ballot | None,
        cells: int,
        says: Tensor | None,
        loose: int | None,
    ) -> None:
        self._head, self._conditions = head, [head.condition(canvas) for canvas in canvases]
        self._guidance = guidance
        self._slots, self._palette, self._keys = canvases[0].slots.latent, palette, keys
        self._noise, self._left = noise, steps
        self._ballot, self._says = ballot, says
        self._given_up_without = loose is not None and cells > loose
        self.elected: int | None = None
        self._cells = cells  # what is behind them pads the batch, and stays as it is
        self._open = torch.arange(len(noise), device=noise.device) < cells
        self.choice = torch.where(self._open, NEW, 0)
        self.content = self._slots[:, 0].clone()

    def __call__(self, x: Float[Tensor, "n c"], t: Float[Tensor, "n"]) -> Float[Tensor, "n c"]:
        self._left -= 1
        if bool(self.held.all()):
            return self._known
        x = torch.where(self.held[:, None], self._known, torch.where(self._open[:, None], self._noise, x))
        t = torch.where(self._open, 1.0, t) * ~self.held
        estimates = [self._head(x, t, condition) for condition in self._conditions]
        if bool(self._open.any()):
            self._decide(estimates)
        difference = self._guided([estimate.difference for estimate in estimates])
        return torch.where(self.held[:, None], self._known, difference)

    @property
    def held(self) -> Bool[Tensor, "n"]:
        """The cells that show a `content` that was pointed at."""
        return self.choice != NEW

    @property
    def _known(self) -> Float[Tensor, "n c"]:
        """The difference of what was pointed at to what is shown."""
        return self.content - self._slots[:, 0]

    def _guided(self, said: Sequence[Tensor]) -> Tensor:
        """What is said with the text, led away from what is said without, if that was asked for."""
        return extrapolated(said[0].float(), said[1].float(), self._guidance) if len(said) > 1 else said[0]

    def _decide(self, estimates: Sequence[Estimate]) -> None:
        cells = self._open.nonzero()[:, 0]
        logits = [
            self._head.choice(estimate, condition, padded(cells), self._palette, self._keys)
            for estimate, condition in zip(estimates, self._conditions, strict=True)
        ]
        near, far = (self._guided(part)[: len(cells)] for part in zip(*logits, strict=True))
        new = near[:, NEW] >= torch.logaddexp(near.logsumexp(dim=-1), far.logsumexp(dim=-1)) + math.log(NEW_FOR_SURE)
        near[:, NEW] -= CRISP
        far = far if self._says is None else far + self._says.to(far.dtype)
        common, place = highest(far)
        if self._ballot and len(cells) == self._cells:
            self.elected = self._ballot.vote(near, far, torch.maximum(near.amax(dim=-1), common), new)
            if self.elected is not None:
                common, place = self._ballot.favour(self.elected, near, far, (common, place))
        if self._given_up_without and self.elected is None:
            self._give_up()
            return
        best, choice = near.max(dim=-1)
        from_palette = common > best
        choice = torch.where(from_palette, NEW + 1 + place, choice)
        sure = torch.ones_like(from_palette)
        if self._left and self.elected is None:
            total = torch.logaddexp(near.logsumexp(dim=-1), far.logsumexp(dim=-1))
            sure = torch.maximum(best, common) >= total + math.log(CONFIDENT)
        cells, choice = cells[sure], choice[sure]
        self.choice[cells] = choice
        self._open[cells] = False
        earlier = self._slots[cells, choice.clamp_max(NEW - 1)]
        painted = self._palette.latent[(choice - NEW - 1).clamp_min(0)].to(earlier.dtype)
        self.content[cells] = torch.where((choice > NEW)[:, None], painted, earlier)

    def _give_up(self) -> None:
        """Leave all as it is, without another look."""
        self.choice = torch.zeros_like(self.choice)
        self._open = torch.zeros_like(self._open)


def paint(
    head: Head | CompiledHead,
    canvas: Canvas,
    palette: Palette,
    palette_keys: Float[Tensor, "p e"],
    noise: Float[Tensor, "n c"],
    steps: int,
    ballot: Ballot | None = None,
    unasked: Canvas | None = None,
    guidance: float = 1.0,
    says: Float[Tensor, "p"] | None = None,
    loose: int | None = None,
) -> Painting:
    """Paint from pure noise in `steps` steps; with a ballot the cells vote at the first.

    With `unasked`, what the head would know without a text, every estimate and choice is guided (`models.guidance`).
    `says` are nats by which a key makes each content of the palette likelier (`models.typed`). More than `loose` cells
    that elect nothing stay as they are.
    """
    cells = len(noise)
    rows = padded(torch.arange(cells, device=noise.device))
    canvases = [each.padded(rows) for each in (canvas, unasked) if each is not None]
    canvas, noise = canvases[0], noise[rows]
    painter = _Painter(head, canvases, guidance, noise, palette, palette_keys, steps, ballot, cells, says, loose)
    difference = euler(painter, noise, sampling_times(steps))
    denoised = canvas.slots.latent[:, 0] + difference.float()
    latent = torch.where(painter.held[:, None], painter.content, denoised)
    return Painting(latent=latent[:cells], choice=painter.choice[:cells], elected=painter.elected)
