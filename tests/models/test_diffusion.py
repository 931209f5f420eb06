"""The forward process, parameterisations and samplers against their closed forms, on every schedule."""

from collections.abc import Callable

import pytest
import torch

from models.diffusion import Denoiser, ancestral, ddim, euler, noised, sampling_times
from models.parameterisation import Parameterisation, clean_of, noise_of, target_of
from models.schedule import STRAIGHT, CosineVP, LinearVP, Schedule, VariancePreserving

SCHEDULES = [STRAIGHT, CosineVP(), LinearVP()]
MEAN, DEVIATION = 1.5, 0.5
SAMPLERS: dict[str, Callable[..., torch.Tensor]] = {
    "euler": lambda denoiser, noise, times, schedule, _: euler(denoiser, noise, times, schedule),
    "ddim": ddim,
    "ancestral": ancestral,
}

on_every_schedule = pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda schedule: type(schedule).__name__)


def seeded() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def draws(count: int, width: int = 1) -> torch.Tensor:
    return torch.randn(count, width, generator=seeded(), dtype=torch.float64)


def inner_times(count: int = 40) -> torch.Tensor:
    return torch.linspace(0.01, 0.99, count, dtype=torch.float64)


def optimal(schedule: Schedule) -> Denoiser:
    """E[x_0 | x_t] for x_0 ~ N(MEAN, DEVIATION^2)."""

    def denoiser(x: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        alpha, sigma = (part[:, None].to(x.dtype) for part in (schedule.alpha(t), schedule.sigma(t)))
        variance = (alpha * DEVIATION) ** 2 + sigma**2
        return MEAN + alpha * DEVIATION**2 / variance * (x - alpha * MEAN)

    return denoiser


@on_every_schedule
def test_a_schedule_goes_from_data_to_noise_at_its_rates(schedule: Schedule) -> None:
    t = inner_times().requires_grad_()
    alpha, sigma = schedule.alpha(t), schedule.sigma(t)
    for value, rate in zip((alpha, sigma), schedule.rates(t), strict=True):
        (slope,) = torch.autograd.grad(value.sum(), t, retain_graph=True)
        assert torch.allclose(rate, slope)
    assert bool((alpha.diff() < 0).all()) and bool((sigma.diff() > 0).all())
    if isinstance(schedule, VariancePreserving):
        assert torch.allclose(alpha**2 + sigma**2, torch.ones_like(t))
    of_clean, of_noise = schedule.v(t)
    assert torch.allclose(alpha * of_noise - sigma * of_clean, torch.ones_like(t))


@on_every_schedule
def test_forward_process_ends_in_data_and_in_noise(schedule: Schedule) -> None:
    clean, noise = draws(5, 3), draws(6, 3)[1:]
    assert torch.equal(noised(clean, noise, torch.zeros(5, dtype=torch.float64), schedule), clean)
    ended = noised(clean, noise, torch.ones(5, dtype=torch.float64), schedule)
    assert torch.allclose(ended, noise, atol=0.05 if isinstance(schedule, LinearVP) else 1e-12)


@on_every_schedule
@pytest.mark.parametrize("kind", Parameterisation)
def test_parameterisations_convert_exactly(schedule: Schedule, kind: Parameterisation) -> None:
    t = inner_times()
    clean, noise = draws(40, 3), draws(80, 3)[40:]
    x = noised(clean, noise, t, schedule)
    said = target_of(kind, schedule, clean, noise, t)
    assert torch.allclose(clean_of(kind, schedule, said, x, t), clean)
    assert torch.allclose(noise_of(kind, schedule, said, x, t), noise)


def test_v_is_exact_at_both_ends() -> None:
    clean, noise = draws(2, 3), draws(4, 3)[2:]
    t = torch.tensor([0.0, 1.0], dtype=torch.float64)
    for schedule in SCHEDULES:
        x, v = noised(clean, noise, t, schedule), target_of(Parameterisation.V, schedule, clean, noise, t)
        assert torch.allclose(clean_of(Parameterisation.V, schedule, v, x, t), clean)
        assert torch.allclose(noise_of(Parameterisation.V, schedule, v, x, t), noise)


@on_every_schedule
@pytest.mark.parametrize("sampler", SAMPLERS)
def test_the_optimal_gaussian_denoiser_reaches_mean_and_variance(schedule: Schedule, sampler: str) -> None:
    drawn = SAMPLERS[sampler](optimal(schedule), draws(10_000), sampling_times(100), schedule, seeded())
    assert abs(float(drawn.mean()) - MEAN) < 0.03
    assert abs(float(drawn.std()) - DEVIATION) < 0.05  # ancestral steps are off by their length


def test_the_deterministic_samplers_take_noise_where_the_equation_takes_it() -> None:
    """The flow of a Gaussian is affine: a draw keeps its place in the distribution."""
    noise = draws(50)
    for schedule in SCHEDULES:
        for name in ("euler", "ddim"):
            drawn = SAMPLERS[name](optimal(schedule), noise, sampling_times(200), schedule, seeded())
            assert torch.allclose(drawn, MEAN + DEVIATION * noise, atol=0.05), (name, schedule)


@on_every_schedule
def test_ddim_with_eta_1_is_ancestral(schedule: Schedule) -> None:
    times = sampling_times(7)
    given = (optimal(schedule), draws(100, 4), times, schedule)
    assert torch.allclose(ddim(*given, seeded(), eta=1.0), ancestral(*given, seeded()))


def test_euler_on_the_straight_path_is_ddim_with_eta_0() -> None:
    given = (optimal(STRAIGHT), draws(100, 4), sampling_times(5), STRAIGHT)
    assert torch.allclose(euler(*given), ddim(*given, seeded()))


@on_every_schedule
def test_one_step_gives_the_denoiser_s_answer(schedule: Schedule) -> None:
    answer = draws(4, 2)
    for sampler in SAMPLERS.values():
        drawn = sampler(lambda _x, _t: answer, draws(8, 2)[4:], sampling_times(1), schedule, seeded())
        assert torch.allclose(drawn, answer)
