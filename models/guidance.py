"""Classifier-free guidance (Ho and Salimans 2022), with a scale for the text and one for the action."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from jaxtyping import Float
from torch import Tensor

from models.diffusion import Denoiser
from models.schedule import Times


@runtime_checkable
class Conditional(Protocol):
    """A denoiser that can be asked without the text, or without the action too."""

    def __call__(self, x: Float[Tensor, "n c"], t: Times, *, text: bool, action: bool) -> Float[Tensor, "n c"]: ...


@dataclass(frozen=True, kw_only=True)
class Guidance:
    """How far a prediction goes from what it would be without the text, and without the action: 1 as far as it says
    itself, 0 not at all, more than 1 beyond."""

    text: float = 1.0
    action: float = 1.0

    def of(self, denoiser: Conditional) -> Denoiser:
        """A denoiser that is guided so: with scales of 1 it is the conditional one to the bit.

        The text's effect is measured given the action, as Brooks et al. (2023) have it; what a scale makes needless
        is not asked for.
        """

        def guided(x: Float[Tensor, "n c"], t: Times) -> Float[Tensor, "n c"]:
            if self.text == self.action == 1:
                return denoiser(x, t, text=True, action=True)
            acted = denoiser(x, t, text=False, action=True)
            full = denoiser(x, t, text=True, action=True) if self.text else acted
            worded = extrapolated(full, acted, self.text)
            if self.action == 1:
                return worded
            return worded + (self.action - 1) * (acted - denoiser(x, t, text=False, action=False))

        return guided


def extrapolated(conditional: Tensor, unconditional: Tensor, scale: float) -> Tensor:
    """From what is said without a condition, `scale` times the way to what is said with it; to the bit at 0 and 1."""
    if scale == 1:
        return conditional
    return unconditional if scale == 0 else unconditional + scale * (conditional - unconditional)
