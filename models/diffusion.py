"""The forward process and samplers of diffusion, on any schedule.

A denoiser is any callable (x_t, t) -> estimate of x_0; networks that predict noise or v become one by
`models.parameterisation`, guided ones by `models.guidance`. The head that ships is trained and sampled on the straight
path with the clean sample as its prediction.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor

from models.parameterisation import Parameterisation, noise_of
from models.schedule import STRAIGHT, Schedule, Times

Denoiser = Callable[[Float[Tensor, "n c"], Times], Float[Tensor, "n c"]]


def noised(
    clean: Float[Tensor, "n c"], noise: Float[Tensor, "n c"], t: Times, schedule: Schedule = STRAIGHT
) -> Float[Tensor, "n c"]:
    """The closed-form jump to time t."""
    return schedule.alpha(t)[:, None] * clean + schedule.sigma(t)[:, None] * noise


def sampling_times(steps: int) -> list[float]:
    """`steps` + 1 times from 1 down to 0, evenly spaced."""
    return [1 - step / steps for step in range(steps + 1)]


def euler(
    denoiser: Denoiser, noise: Float[Tensor, "n c"], times: Sequence[float], schedule: Schedule = STRAIGHT
) -> Float[Tensor, "n c"]:
    """Euler's method on the probability-flow equation dx/dt = alpha' x_0 + sigma' e, from times[0] to times[-1].

    The last step goes to the estimate itself where it ends at 0.
    """
    x = noise
    for now, following in pairwise(times):
        t = x.new_full((len(x),), now)
        clean = denoiser(x, t)
        if schedule is STRAIGHT:  # the same, without dividing by what is nearly 0
            x = clean + (following / now) * (x - clean)
        elif following == 0:
            x = clean
        else:
            alpha_rate, sigma_rate = schedule.rates(t)
            rest = noise_of(Parameterisation.CLEAN, schedule, clean, x, t)
            x = x + (following - now) * (alpha_rate[:, None] * clean + sigma_rate[:, None] * rest)
    return x


def ddim(
    denoiser: Denoiser,
    noise: Float[Tensor, "n c"],
    times: Sequence[float],
    schedule: Schedule,
    generator: torch.Generator,
    eta: float = 0.0,
) -> Float[Tensor, "n c"]:
    """DDIM (Song et al. 2021): deterministic with eta 0, ancestral with eta 1."""
    x = noise
    for now, following in pairwise(times):
        t, s = (x.new_full((len(x),), time) for time in (now, following))
        clean = denoiser(x, t)
        rest = noise_of(Parameterisation.CLEAN, schedule, clean, x, t)
        spread = eta * _posterior(schedule, t, s)[2]
        kept = (schedule.sigma(s) ** 2 - spread**2).clamp_min(0).sqrt()
        x = schedule.alpha(s)[:, None] * clean + kept[:, None] * rest + spread[:, None] * _fresh(x, generator)
    return x


def ancestral(
    denoiser: Denoiser,
    noise: Float[Tensor, "n c"],
    times: Sequence[float],
    schedule: Schedule,
    generator: torch.Generator,
) -> Float[Tensor, "n c"]:
    """DDPM's sampling (Ho et al. 2020): each step draws from the posterior q(x_s | x_t, x_0) at the estimate of x_0."""
    x = noise
    for now, following in pairwise(times):
        t, s = (x.new_full((len(x),), time) for time in (now, following))
        clean = denoiser(x, t)
        of_x, of_clean, spread = _posterior(schedule, t, s)
        x = of_x[:, None] * x + of_clean[:, None] * clean + spread[:, None] * _fresh(x, generator)
    return x


def _posterior(schedule: Schedule, t: Times, s: Times) -> tuple[Times, Times, Times]:
    """Of q(x_s | x_t, x_0) the weights of x_t and x_0 in its mean, and its deviation."""
    step = schedule.alpha(t) / schedule.alpha(s)
    added = (schedule.sigma(t) ** 2 - (step * schedule.sigma(s)) ** 2).clamp_min(0)
    share = (schedule.sigma(s) / schedule.sigma(t)) ** 2
    return step * share, schedule.alpha(s) * added / schedule.sigma(t) ** 2, (added * share).sqrt()


def _fresh(x: Tensor, generator: torch.Generator) -> Tensor:
    return torch.randn(x.shape, generator=generator, dtype=x.dtype).to(x.device)
