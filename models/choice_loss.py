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
        sums = weight.new_zeros(2)
        of_near, of_query, of_keys, of_bias = (
            torch.zeros_like(part) for part in (near, query, keys.float(), bias.float())
        )
        scaled = query * KEY_WIDTH**-0.5
        for start in range(0, len(near), ROWS):
            some = slice(start, start + ROWS)
            far = torch.addmm(bias, scaled[some], keys.T)
            said, of_near[some], of_far = _derived(near[some], far, choice[some], weight[some])
            sums += said
            of_query[some] = (of_far @ keys) * KEY_WIDTH**-0.5
            of_keys += of_far.T @ scaled[some]
            of_bias += of_far.sum(dim=0)
        ctx.save_for_backward(of_near, of_query, of_keys.to(keys.dtype), of_bias.to(bias.dtype))
        entropy, right = sums.unbind()
        ctx.mark_non_differentiable(right)
        return entropy, right

    @staticmethod
    def backward(ctx: Any, *upstream: Tensor):
        entropy, _ = upstream
        return *(gradient * entropy.to(gradient.dtype) for gradient in ctx.saved_tensors), None, None


def _derived(
    near: Float[Tensor, "n q"], far: Float[Tensor, "n p"], choice: Int[Tensor, "n"], weight: Float[Tensor, "n"]
) -> tuple[Float[Tensor, "2"], Float[Tensor, "n q"], Float[Tensor, "n p"]]:
    """Cross-entropy and weight of what is right, and the gradients of the logits; the far logits are used up."""
    row, count = torch.arange(len(near), device=near.device), near.shape[1]
    is_far, slot, key = choice >= count, choice.clamp_max(count - 1), (choice - count).clamp_min(0)
    chosen = torch.where(is_far, far[row, key].float(), near[row, slot])
    highest = torch.maximum(far.amax(dim=1).float(), near.amax(dim=1))
    right = ((chosen == highest) * weight).sum()
    of_far, of_near = far.sub_(highest[:, None].to(far.dtype)).exp_(), (near - highest[:, None]).exp()
    total = of_far.sum(dim=1) + of_near.sum(dim=1)
    entropy = ((total.log() - (chosen - highest)) * weight).sum()
    of_far *= (weight / total)[:, None].to(far.dtype)
    of_near *= (weight / total)[:, None]
    of_far[row, key] -= (weight * is_far).to(far.dtype)
    of_near[row, slot] -= weight * ~is_far
    return torch.stack([entropy, right]), of_near, of_far


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
