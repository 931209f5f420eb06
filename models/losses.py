"""What the world model is trained on: when, where, what and the pointer's shape."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn import functional

from models.diffusion import noised
from models.transitions import Batch
from models.world import WorldModel

SHAPE_WEIGHT = 0.2
SMALL_CHANGE_TILES = 8.0  # a change of n tiles weighs n / (n + this), so that large ones do not drown small ones


def world_loss(
    model: WorldModel, batch: Batch, noise: Float[Tensor, "m c"], t: Float[Tensor, "m"]
) -> tuple[Float[Tensor, ""], dict[str, float]]:
    """The sum of the four losses, and each apart."""
    tokens = model.backbone(batch.context)
    when_logit, shape_logit = model.when_and_shape(tokens)
    tokens = tokens[batch.changed]
    local = model.local(batch.context.at(batch.changed), tokens)
    when = _when_loss(when_logit, batch)
    where = _where_loss(model.where(local)[..., 0].float(), batch.dirty[batch.changed])
    what, share = _what_loss(model, tokens, local, batch, noise, t)
    shape = functional.cross_entropy(shape_logit, batch.shape)
    loss = when + where + what + SHAPE_WEIGHT * shape
    logs = {"when": when, "where": where, "what": what, "copy_share": share, "shape": shape}
    return loss, {name: float(value.detach()) for name, value in logs.items()}


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
    model: WorldModel,
    tokens: Float[Tensor, "f g d"],
    local: Float[Tensor, "f n l"],
    batch: Batch,
    noise: Float[Tensor, "m c"],
    t: Float[Tensor, "m"],
) -> tuple[Float[Tensor, ""], Float[Tensor, ""]]:
    """Squared error of the denoised difference, and its share of what copying would cost."""
    previous = batch.context.latent[batch.changed[batch.tile_frame], batch.tile]
    memory = model.memory.scan(batch.history, batch.history_there)
    condition = model.head.condition(previous, local[batch.tile_frame, batch.tile], memory, tokens)
    difference = batch.target - previous
    predicted = model.head(noised(difference, noise, t), t, condition, batch.counts)
    count = torch.tensor(batch.counts, dtype=torch.float32)[batch.tile_frame]
    weight = (count + SMALL_CHANGE_TILES).rsqrt()[:, None]
    error = ((predicted - difference).square() * weight).mean()
    copied = (difference.square() * weight).mean()
    return error / weight.mean(), (error / copied.clamp_min(1e-8)).detach()
