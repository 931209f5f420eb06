"""What the world model is trained on: when, its place, where, what (shown again, or new) and the pointer's shape."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn import functional

from models.choice_loss import choice_loss
from models.diffusion import noised
from models.head import Canvas
from models.recall import NEW
from models.transitions import Batch
from models.world import Scene, WorldModel

SHAPE_WEIGHT = 0.2
PLACE_WEIGHT = 0.4
SMALL_CHANGE_TILES = 8.0  # a change of n tiles weighs n / (n + this), so that large ones do not drown small ones
SMALL_CHANGE_CELLS = 3.0  # the same for what cells point at: a letter is one cell, a window more than a hundred
AGAIN_WEIGHT = 0.2  # of the denoising error of cells that need no denoising
KNOWN_SHARE = 0.9  # of these are given clean while the rest is denoised, as in play
ALL_NOISE, SOME_KNOWN = 0.5, 0.25  # shares of frames; in the rest what is new is denoised around what is known


def draw_noise(batch: Batch, generator: torch.Generator) -> tuple[Float[Tensor, "m c"], Float[Tensor, "m"]]:
    """Noise and times for the head's cells, with the patterns that play meets.

    All cells of a frame pure noise; some known (time 0) and the rest pure noise; or, last, nearly all that needs no
    denoising known, and the rest at one time.
    """
    noise = torch.randn(batch.target.shape, generator=generator)
    pattern, share, time = torch.rand(3, len(batch.counts), generator=generator)
    share = torch.where(pattern < ALL_NOISE, 0.0, torch.where(pattern < ALL_NOISE + SOME_KNOWN, share, KNOWN_SHARE))
    time = torch.where(pattern < ALL_NOISE + SOME_KNOWN, 1.0, time)
    drawn = torch.rand(len(batch.choice), generator=generator)
    known = (batch.choice != NEW) & (drawn < share[batch.cell_frame])
    return noise, torch.where(known, 0.0, time[batch.cell_frame])


def world_loss(
    model: WorldModel, batch: Batch, noise: Float[Tensor, "m c"], t: Float[Tensor, "m"]
) -> tuple[Float[Tensor, ""], dict[str, float]]:
    """The sum of the losses, and each apart."""
    outlook = model.outlook(batch.context)
    when = _when_loss(outlook.when, batch)
    shape = functional.cross_entropy(outlook.shape, batch.shape)
    tokens = outlook.tokens[batch.changed]
    ground = model.ground(batch.context.at(batch.changed), tokens)
    place = model.place.nll(ground, batch.true_box).mean()
    scene = model.scene(ground, batch.box)
    where = _where_loss(scene.where, batch.dirty[batch.changed])
    what, logs = _what_loss(model, canvas_of(model, scene, tokens, batch), batch, noise, t)
    loss = when + where + what + SHAPE_WEIGHT * shape + PLACE_WEIGHT * place
    logs = {"when": when, "place": place, "where": where, "shape": shape, **logs}
    return loss, {name: float(value.detach()) for name, value in logs.items()}


def canvas_of(model: WorldModel, scene: Scene, tokens: Float[Tensor, "f g d"], batch: Batch) -> Canvas:
    """The batch's cells as the head sees them; `scene` and `tokens` of its changed moments."""
    memory = model.memory.scan(batch.history, batch.history_there)
    return model.canvas(scene, tokens, batch.centres_px, batch.counts, memory, batch.slots)


def _when_loss(logit: Float[Tensor, "b"], batch: Batch) -> Float[Tensor, ""]:
    """Cross-entropy of "anything changes", each moment weighted back to its true frequency."""
    changes = batch.dirty.any(dim=1).float()
    losses = functional.binary_cross_entropy_with_logits(logit, changes, reduction="none")
    return (losses * batch.weight).sum() / batch.weight.sum()


def _where_loss(logit: Float[Tensor, "f n"], dirty: Bool[Tensor, "f n"]) -> Float[Tensor, ""]:
    """Cross-entropy of the mask over the frames in which something changes."""
    losses = functional.binary_cross_entropy_with_logits(logit, dirty.float(), reduction="none").sum(1)
    return (losses / (dirty.sum(dim=1) + SMALL_CHANGE_TILES)).mean()


def _what_loss(
    model: WorldModel, canvas: Canvas, batch: Batch, noise: Float[Tensor, "m c"], t: Float[Tensor, "m"]
) -> tuple[Float[Tensor, ""], dict[str, Tensor]]:
    """Squared error of the denoised difference, and cross-entropy of what shows an earlier content, told from noise."""
    difference = batch.target - batch.slots.latent[:, 0]
    condition = model.head.condition(canvas)
    estimate = model.head(noised(difference, noise, t), t, condition)
    count = torch.tensor(batch.counts, dtype=torch.float32)[batch.cell_frame]
    weight = (count + SMALL_CHANGE_TILES).rsqrt()
    new = batch.choice == NEW
    weight_new = weight * torch.where(new, 1.0, AGAIN_WEIGHT) * (t > 0)
    error = (estimate.difference - difference).square().mean(dim=1)
    what = (error * weight_new).sum() / weight_new.sum().clamp_min(1e-6)
    asked = (t == 1).nonzero()[:, 0]
    near, query = model.head.pointer(estimate, condition, asked)
    share = 1 / (count[asked] + SMALL_CHANGE_CELLS)
    share = share / share.sum().clamp_min(1e-6)
    palette = model.palette
    choice, right = choice_loss(near, query, palette.keys(), palette.bias, batch.choice[asked], share)
    pure = (new & (t == 1)).float()
    copied = (error * pure).sum() / (difference.square().mean(dim=1) * pure).sum().clamp_min(1e-6)
    return what + choice, {"what": what, "choice": choice, "right": right, "copy_share": copied}
