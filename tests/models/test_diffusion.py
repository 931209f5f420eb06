"""The sampler and the forward process against their closed forms."""

import torch

from models.diffusion import euler, noised, sampling_times


def test_forward_process_ends_in_data_and_in_noise() -> None:
    clean, noise = torch.randn(5, 3), torch.randn(5, 3)
    assert torch.equal(noised(clean, noise, torch.zeros(5)), clean)
    assert torch.equal(noised(clean, noise, torch.ones(5)), noise)


def test_euler_with_the_optimal_gaussian_denoiser_reaches_mean_and_variance() -> None:
    mean, deviation = 1.5, 0.5

    def optimal(x: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        """E[x_0 | x_t] for x_0 ~ N(mean, deviation^2) on the straight path."""
        t = t[:, None]
        variance = ((1 - t) * deviation) ** 2 + t**2
        return mean + (1 - t) * deviation**2 / variance * (x - (1 - t) * mean)

    noise = torch.randn(20_000, 1, generator=torch.Generator().manual_seed(0))
    drawn = euler(optimal, noise, sampling_times(200))
    assert abs(float(drawn.mean()) - mean) < 0.02
    assert abs(float(drawn.std()) - deviation) < 0.02


def test_one_step_gives_the_denoiser_s_answer() -> None:
    answer = torch.randn(4, 2)
    assert torch.allclose(euler(lambda _x, _t: answer, torch.randn(4, 2), sampling_times(1)), answer)
