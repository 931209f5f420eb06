"""Pasts that the model made itself: the cheapest cure for drift (unrolled training without its gradients).

For some moments the newest change before the target is painted by the model, from the true past before it. Training
then sees the model's own brush in its context, learns to leave it alone and to complete what it missed. Where it
painted something else than a known content that it could have pointed at, the tile is dirty in the next change: that
it can repair. What it denoised badly is not dirty: it would be denoised as badly again (see docs/ablations.md).
"""

import numpy as np
import torch
from numpy.typing import NDArray

from models.cells import composite
from models.desk import Tokenizer
from models.losses import canvas_of
from models.moment import Draw, OwnPast, Target
from models.painting import Painting, contents_of, paint
from models.recall import NEW
from models.tiles import TILE_PX, TILE_VALUES, to_frame, to_tiles
from models.transitions import Batch, Transitions
from models.world import WorldModel

PLAIN = Draw(
    extended=0.0, largest_happened=0.0, part_happened=0.0, wrong_tiles=0.0, late=0.0, no_text=0.0, cells=10_000
)
STEPS = 1
MISSED_SHARE = 0.25  # of the pasts lack what lies outside the box of the change


def own_pasts(
    model: WorldModel,
    tokenizer: Tokenizer,
    transitions: Transitions,
    moments: list[NDArray[np.int64]],
    share: float,
    random: np.random.Generator,
) -> dict[int, OwnPast]:
    """By place in `moments`, the pasts that the model makes of a random share of them."""
    chosen = [place for place in range(len(moments)) if random.random() < share]
    earlier = {place: transitions.last_change(moments[place]) for place in chosen}
    places = [place for place, moment in earlier.items() if moment is not None]
    if not places:
        return {}
    priors = [moment for moment in earlier.values() if moment is not None]
    batch = transitions.assemble(priors, [1.0] * len(priors), random, draw=PLAIN)
    with torch.no_grad():
        painting = _paint(model, batch, random)
    pasts, start = {}, 0
    for row, target in zip(batch.changed.tolist(), batch.targets, strict=True):
        cells = slice(start, start + len(target.cells))
        start = cells.stop
        part = Painting(latent=painting.latent[cells], choice=painting.choice[cells])
        tiles_u8 = contents_of(part, target.known, model.palette, tokenizer)
        wrong = (tiles_u8 != target.target_u8).any(axis=1) & (batch.choice[cells] != NEW).numpy()
        missed = random.random() < MISSED_SHARE
        place = batch.order[row]
        pasts[places[place]] = _past(transitions.screen(priors[place]), target, tiles_u8, wrong, missed)
    return pasts


def _past(
    truth_u8: NDArray[np.uint8],
    target: Target,
    tiles_u8: NDArray[np.uint8],
    wrong: NDArray[np.bool_],
    missed: bool,
) -> OwnPast:
    """The screen where a change's cells are painted so; what lies outside its box is `missed`, or as it truly is."""
    shown = target.past_u8.copy() if missed else to_frame(truth_u8, target.past_u8.shape[1] // TILE_PX).copy()
    composite(shown, target.box, target.cells, tiles_u8)
    shown_u8 = to_tiles(shown)
    tile = np.flatnonzero((shown_u8 != truth_u8).any(axis=1))
    inside, pointable = (_covered(target, cells)[tile] for cells in (slice(None), wrong))
    return OwnPast(tile=tile, tiles_u8=shown_u8[tile], missed=~inside, wrong=pointable)


def _covered(target: Target, cells: slice | NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The tiles that some of a change's cells lie in."""
    mark = np.zeros_like(target.past_u8)
    chosen = target.cells[cells]
    composite(mark, target.box, chosen, np.ones((len(chosen), TILE_VALUES), np.uint8))
    return np.asarray(to_tiles(mark).any(axis=1))


def _paint(model: WorldModel, batch: Batch, random: np.random.Generator) -> Painting:
    """What the model paints in the cells of the true boxes."""
    context = batch.context.at(batch.changed)
    tokens = model.outlook(context).tokens
    scene = model.scene(model.ground(context, tokens), batch.box)
    generator = torch.Generator().manual_seed(int(random.integers(2**31)))
    noise = torch.randn(batch.target.shape, generator=generator)
    canvas, keys = canvas_of(model, scene, tokens, batch), model.palette.keys()
    return paint(model.head, canvas, model.palette, keys, noise, STEPS)
