"""Pasts that the model made itself: the cheapest cure for drift (unrolled training without its gradients).

For some moments the newest change before the target is painted by the model, from the true past before it. Training
then sees the model's own brush in its context, learns to leave it alone and to complete what it missed. What it
painted badly is not called dirty: it would be painted as badly again, in every frame (see docs/ablations.md).
"""

import numpy as np
import torch
from numpy.typing import NDArray

from models.diffusion import euler, sampling_times
from models.transitions import OWN_ROWS, Batch, Draw, OwnPast, Transitions
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
        painted, probability = _paint(model, batch, random)
    rows = transitions.keep_own(painted[:OWN_ROWS])
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
        pasts[places[place]] = OwnPast(tile=tile[kept], row=rows[span][kept], missed=tile[~kept], missed_row=before)
    return pasts


def _paint(model: WorldModel, batch: Batch, random: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """The latents that the model paints on the changed tiles (m, c), and how probable it found each (m,)."""
    outlook = model.outlook(batch.context.at(batch.changed))
    previous = batch.context.latent[batch.changed[batch.tile_frame], batch.tile]
    memory = model.memory.scan(batch.history, batch.history_there)
    local = outlook.local[batch.tile_frame, batch.tile]
    condition = model.head.condition(previous, local, memory, outlook.tokens)
    generator = torch.Generator().manual_seed(int(random.integers(2**31)))
    noise = torch.randn(previous.shape, generator=generator)
    difference = euler(lambda x, t: model.head(x, t, condition, batch.counts), noise, sampling_times(STEPS))
    return previous + difference.float(), torch.sigmoid(outlook.where)[batch.tile_frame, batch.tile]
