"""Guidance with a scale for the text and one for the action."""

import torch

from models.diffusion import Denoiser, euler, sampling_times
from models.guidance import Guidance, extrapolated

TIME = torch.full((3,), 0.5)
X = torch.randn(3, 2, generator=torch.Generator().manual_seed(0))
BASE, OF_ACTION, OF_TEXT = 1.0, 10.0, 100.0


class _Counted:
    """Says which conditions it was given, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[bool, bool]] = []

    def __call__(self, x: torch.Tensor, t: torch.Tensor, *, text: bool, action: bool) -> torch.Tensor:
        assert t is TIME
        self.asked.append((text, action))
        return torch.full_like(x, BASE + OF_ACTION * action + OF_TEXT * text)


def test_scales_of_1_are_the_conditional_model_to_the_bit_and_cost_one_look() -> None:
    denoiser = _Counted()
    assert torch.equal(Guidance().of(denoiser)(X, TIME), denoiser(X, TIME, text=True, action=True))
    assert denoiser.asked == [(True, True)] * 2


def test_each_scale_multiplies_what_its_condition_adds() -> None:
    for text in (0.0, 1.0, 2.5):
        for action in (0.0, 1.0, 3.0):
            said = Guidance(text=text, action=action).of(_Counted())(X, TIME)
            assert torch.allclose(said, torch.full_like(X, BASE + OF_ACTION * action + OF_TEXT * text))


def test_what_a_scale_makes_needless_is_not_asked_for() -> None:
    for guidance, looks in ((Guidance(text=0.0), 1), (Guidance(text=3.0), 2), (Guidance(text=3.0, action=2.0), 3)):
        denoiser = _Counted()
        guidance.of(denoiser)(X, TIME)
        assert len(denoiser.asked) == looks


def test_a_guided_sampler_of_two_gaussians_goes_beyond_the_conditional_mean() -> None:
    """Both have deviation 0: a denoiser says its mean, and so does the sampler what guidance makes of the two."""

    def means(x: torch.Tensor, t: torch.Tensor, *, text: bool, action: bool) -> torch.Tensor:
        assert action and t.min() > 0
        return torch.full_like(x, 2.0 if text else 1.0)

    guided: Denoiser = Guidance(text=3.0).of(means)
    assert torch.allclose(euler(guided, X, sampling_times(4)), torch.full_like(X, 4.0))


def test_extrapolation_is_exact_at_both_ends() -> None:
    conditional, unconditional = X, torch.flip(X, (0,))
    assert torch.equal(extrapolated(conditional, unconditional, 1.0), conditional)
    assert torch.equal(extrapolated(conditional, unconditional, 0.0), unconditional)
    assert torch.allclose(extrapolated(conditional, unconditional, 2.0), 2 * conditional - unconditional)
