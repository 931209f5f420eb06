"""Noise schedules: x_t = alpha(t) x_0 + sigma(t) e, with t from 0 (clean) to 1 (noise)."""

import math
from abc import ABC, abstractmethod

import torch
from jaxtyping import Float
from torch import Tensor

Times = Float[Tensor, "n"]


class Schedule(ABC):
    """How much of the clean sample and of the noise there is at a time, and how fast that changes."""

    @abstractmethod
    def alpha(self, t: Times) -> Times: ...

    @abstractmethod
    def sigma(self, t: Times) -> Times: ...

    @abstractmethod
    def rates(self, t: Times) -> tuple[Times, Times]:
        """The derivatives of alpha and sigma by t."""

    @abstractmethod
    def v(self, t: Times) -> tuple[Times, Times]:
        """The weights of x_0 and e in what a network that predicts v says."""


class VariancePreserving(Schedule):
    """alpha^2 + sigma^2 = 1; v = alpha e - sigma x_0 (Salimans and Ho 2022)."""

    def sigma(self, t: Times) -> Times:
        return (1 - self.alpha(t) ** 2).clamp_min(0).sqrt()

    def v(self, t: Times) -> tuple[Times, Times]:
        return -self.sigma(t), self.alpha(t)


class LinearVP(VariancePreserving):
    """beta(t) rises linearly: DDPM's schedule (Ho et al. 2020) in continuous time (Song et al. 2021)."""

    FIRST, LAST = 0.1, 20.0  # of beta

    def alpha(self, t: Times) -> Times:
        return torch.exp(self._log_alpha(t))

    def sigma(self, t: Times) -> Times:
        return (-torch.expm1(2 * self._log_alpha(t))).sqrt()

    def rates(self, t: Times) -> tuple[Times, Times]:
        half_beta = (self.FIRST + (self.LAST - self.FIRST) * t) / 2
        alpha = self.alpha(t)
        return -half_beta * alpha, half_beta * alpha**2 / self.sigma(t)

    def _log_alpha(self, t: Times) -> Times:
        return -(self.LAST - self.FIRST) * t**2 / 4 - self.FIRST * t / 2


class CosineVP(VariancePreserving):
    """alpha = cos(pi t / 2) (Nichol and Dhariwal 2021, without their offset)."""

    def alpha(self, t: Times) -> Times:
        return torch.cos(t * math.pi / 2)

    def sigma(self, t: Times) -> Times:
        return torch.sin(t * math.pi / 2)

    def rates(self, t: Times) -> tuple[Times, Times]:
        return -self.sigma(t) * math.pi / 2, self.alpha(t) * math.pi / 2


class StraightPath(Schedule):
    """alpha = 1 - t, sigma = t; v = e - x_0 is the way from data to noise (rectified flow, Liu et al. 2022)."""

    def alpha(self, t: Times) -> Times:
        return 1 - t

    def sigma(self, t: Times) -> Times:
        return t

    def rates(self, t: Times) -> tuple[Times, Times]:
        return -torch.ones_like(t), torch.ones_like(t)

    def v(self, t: Times) -> tuple[Times, Times]:
        return self.rates(t)


STRAIGHT = StraightPath()
