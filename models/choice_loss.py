"""The cross-entropy of the head's choices, with its gradients in one pass and without keeping the logits.

A choice is one of thousands, so the logits of a batch fill hundreds of megabytes, and reading them again and again took
a fifth of a step. Here they live for some rows at a time, and what the backward pass needs is made at once (as Liger
Kernel has it, Hsu et al. 2024).
"""

from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

from models.world_config import KEY_WIDTH

ROWS = 256  # at a time


class _ChoiceLoss(torch.autograd.Function):
    """Sum of weighted cross-entropies and of the weights of what is chosen rightly; only the first has gradients."""

    @staticmethod
    def forward(ctx: Any, near: Tensor, query: Tensor, keys: Tensor, bias: Tensor, choice: Tensor, weight: Tensor):
        entropy, right = weight.new_zeros(()), weight.new_zeros(())
        gradients = [torch.zeros_like(part, dtype=torch.float32) for part in (near, query, keys, bias)]
        scaled, count = query * KEY_WIDTH**-0.5, near.shape[1]
        for start in range(0, len(near), ROWS):
            some = slice(start, start + ROWS)
            far = torch.addmm(bias, scaled[some], keys.T)
            with torch.autocast(far.device.type, enabled=False):  # it would run the softmax in float32
                share = torch.cat([near[some].to(far.dtype), far], dim=1).softmax(dim=1)
            chosen = share.gather(1, choice[some, None])[:, 0]
            entropy -= (chosen.float().clamp_min(1e-30).log() * weight[some]).sum()
            right += ((chosen >= share.amax(dim=1)) * weight[some]).sum()
            share *= weight[some, None].to(share.dtype)
            share.scatter_add_(1, choice[some, None], -weight[some, None].to(share.dtype))
            gradients[0][some] = share[:, :count].float()
            gradients[1][some] = (share[:, count:] @ keys).float() * KEY_WIDTH**-0.5
            gradients[2] += (share[:, count:].T @ scaled[some]).float()
            gradients[3] += share[:, count:].sum(dim=0)
        ctx.save_for_backward(*(g.to(part.dtype) for g, part in zip(gradients, (near, query, keys, bias), strict=True)))
        ctx.mark_non_differentiable(right)
        return entropy, right

    @staticmethod
    def backward(ctx: Any, entropy: Tensor, _right: Tensor):
        return *(gradient * entropy.to(gradient.dtype) for gradient in ctx.saved_tensors), None, None


def choice_loss(
    near: Float[Tensor, "n q"],
    query: Float[Tensor, "n e"],
    keys: Float[Tensor, "p e"],
    bias: Float[Tensor, "p"],
    choice: Int[Tensor, "n"],
    weight: Float[Tensor, "n"],
) -> tuple[Float[Tensor, ""], Float[Tensor, ""]]:
    """Weighted nats of the choices among `near` logits, then those of `query` on `keys`; and the weight of those right.

    In the query's dtype, as `Palette.logits` is.
    """
    return _ChoiceLoss.apply(near, query, keys.to(query.dtype), bias.to(query.dtype), choice, weight)
