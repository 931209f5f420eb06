"""What a network may predict of x_t = alpha x_0 + sigma e, and the clean sample that each prediction means.

x_0 and e are two unknowns of two linear equations, the forward process and the prediction; with v the determinant is 1
on every schedule here, so v is exact at both ends, where x_0 or e alone would be a division by zero.
"""

from enum import Enum

from jaxtyping import Float
from torch import Tensor

from models.schedule import Schedule, Times


class Parameterisation(Enum):
    """Of a network's prediction."""

    CLEAN = "x0"
    NOISE = "epsilon"
    V = "v"


def target_of(
    kind: Parameterisation, schedule: Schedule, clean: Float[Tensor, "n c"], noise: Float[Tensor, "n c"], t: Times
) -> Float[Tensor, "n c"]:
    """What a network of this kind is trained to say."""
    if kind is Parameterisation.CLEAN:
        return clean
    if kind is Parameterisation.NOISE:
        return noise
    of_clean, of_noise = schedule.v(t)
    return of_clean[:, None] * clean + of_noise[:, None] * noise


def clean_of(
    kind: Parameterisation, schedule: Schedule, predicted: Float[Tensor, "n c"], x: Float[Tensor, "n c"], t: Times
) -> Float[Tensor, "n c"]:
    """The x_0 that a prediction means, given x_t; of noise only where alpha(t) > 0."""
    if kind is Parameterisation.CLEAN:
        return predicted
    alpha, sigma = schedule.alpha(t)[:, None], schedule.sigma(t)[:, None]
    if kind is Parameterisation.NOISE:
        return (x - sigma * predicted) / alpha
    return schedule.v(t)[1][:, None] * x - sigma * predicted


def noise_of(
    kind: Parameterisation, schedule: Schedule, predicted: Float[Tensor, "n c"], x: Float[Tensor, "n c"], t: Times
) -> Float[Tensor, "n c"]:
    """The e that a prediction means, given x_t; of the clean sample only where sigma(t) > 0."""
    if kind is Parameterisation.NOISE:
        return predicted
    alpha, sigma = schedule.alpha(t)[:, None], schedule.sigma(t)[:, None]
    if kind is Parameterisation.CLEAN:
        return (x - alpha * predicted) / sigma
    return alpha * predicted - schedule.v(t)[0][:, None] * x
