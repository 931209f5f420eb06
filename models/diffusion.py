"""Diffusion on the straight path (rectified flow, Liu et al. 2022), with the clean sample as the prediction.

x_t = (1 - t) x_0 + t e, with t from 0 (clean) to 1 (pure noise). A denoiser is any callable (x_t, t) -> estimate
of x_0; samplers are free functions over it.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor

Denoiser = Callable[[Float[Tensor, "n c"], Float[Tensor, "n"]], Float[Tensor, "n c"]]


def noised(clean: Float[Tensor, "n c"], noise: Float[Tensor, "n c"], t: Float[Tensor, "n"]) -> Float[Tensor, "n c"]:
    """The closed-form jump to time t."""
    return (1 - t[:, None]) * clean + t[:, None] * noise


def sampling_times(steps: int) -> list[float]:
    """`steps` + 1 times from 1 down to 0, evenly spaced."""
    return [1 - step / steps for step in range(steps + 1)]


def euler(denoiser: Denoiser, noise: Float[Tensor, "n c"], times: Sequence[float]) -> Float[Tensor, "n c"]:
    """Euler's method on dx/dt = (x - x_0) / t from times[0] = 1 to times[-1] = 0."""
    x = noise
    for t, following in pairwise(times):
        clean = denoiser(x, torch.full((len(x),), t, device=x.device))
        x = clean + (following / t) * (x - clean)
    return x
