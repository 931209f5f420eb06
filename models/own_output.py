"""Pasts that the model made itself: the cheapest cure for drift (unrolled training without its gradients).

For some moments the newest change before the target is painted by the model, from the true past before it. Training
then sees the model's own brush in its context, learns to leave it alone and to complete what it missed. Where it
painted something else than an earlier content that it could have pointed at, the tile is dirty in the next change: that
it can repair. What it denoised badly is not dirty: it would be denoised as badly again (see docs/ablations.md).
"""

import numpy as np
import torch
from numpy.typing import NDArray

from models.losses import canvas_of
from models.moment import Draw, OwnPast
from models.painting import paint
from models.recall import NEW, SAME_RMS
from models.transitions import OWN_ROWS, Batch, Transitions
from models.world import WorldModel

PLAIN = Draw(part_happened=0.0, wrong_tiles=0.0, late=0.0, clean_tiles=0, head_tiles=256)
STEPS = 1
MISSED_SHARE = 0.25  # of the pasts keep only the tiles that one shared draw would have painted


def own_pasts(
    model: WorldModel,
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
        painted, choice, probability = _paint(model, batch, random)
    rows = transitions.keep_own(painted[:OWN_ROWS])
    rows = _rows_of_choices(batch, choice[: len(rows)], rows)
    off = (painted - batch.target).square().mean(dim=1) > SAME_RMS**2
    wrong = (off & (batch.choice != NEW)).numpy()
    pasts, start = {}, 0
    for row, count in zip(batch.changed.tolist(), batch.counts, strict=True):
        span = slice(start, min(start + count, OWN_ROWS))
        start += count
        place = batch.order[row]
        tile = batch.tile[span].numpy()
        kept = np.ones(len(tile), bool)
        if random.random() < MISSED_SHARE:
            kept = probability[span].numpy() > random.random()
        before = transitions.shown_before(priors[place], tile[~kept])
        pasts[places[place]] = OwnPast(
            tile=tile[kept], row=rows[span][kept], wrong=wrong[span][kept], missed=tile[~kept], missed_row=before
        )
    return pasts


def _paint(
    model: WorldModel, batch: Batch, random: np.random.Generator
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """What the model paints on the changed tiles (m, c), the slots that it chose (m,), how probable it found each."""
    context = batch.context.at(batch.changed)
    tokens = model.outlook(context).tokens
    scene = model.scene(model.ground(context, tokens), batch.box)
    generator = torch.Generator().manual_seed(int(random.integers(2**31)))
    noise = torch.randn(batch.target.shape, generator=generator)
    canvas, keys = canvas_of(model, scene, tokens, batch), model.palette.keys()
    painting = paint(model.head, canvas, model.palette, keys, noise, STEPS)
    return painting.latent, painting.choice, torch.sigmoid(scene.where)[batch.tile_frame, batch.tile]


def _rows_of_choices(batch: Batch, choice: torch.Tensor, own: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where the model pointed at a content that the track knows, that content's row; else its own latent's."""
    tiles = torch.arange(len(choice))
    again = batch.slot_row[tiles, choice.clamp_max(NEW - 1)]
    right = (choice > NEW) & (choice == batch.choice[tiles])
    rows = torch.where(right, batch.target_row[tiles], torch.from_numpy(own))
    return torch.where(choice < NEW, again, rows).numpy()
