"""The choice's loss against torch's cross-entropy, and its gradients."""

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from models import choice_loss as module
from models.choice_loss import choice_loss
from models.world_config import KEY_WIDTH


def _parts(cells: int) -> list[Tensor]:
    generator = torch.Generator().manual_seed(0)
    shapes = ((cells, 12), (cells, KEY_WIDTH), (40, KEY_WIDTH), (40,))
    return [torch.randn(shape, generator=generator).requires_grad_() for shape in shapes]


def _plain(parts: list[Tensor], choice: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
    near, query, keys, bias = parts
    logits = torch.cat([near, query @ keys.T * KEY_WIDTH**-0.5 + bias], dim=1)
    entropy = functional.cross_entropy(logits, choice, reduction="none")
    return (entropy * weight).sum(), ((logits.argmax(dim=1) == choice) * weight).sum()


@pytest.mark.parametrize("rows", [3, 256])
def test_it_is_the_cross_entropy_and_so_are_its_gradients(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ROWS", rows)
    parts, others = _parts(10), _parts(10)
    choice = torch.tensor([0, 11, 12, 51, 5, 30, 2, 40, 12, 11])  # of the near ones and of the keys
    weight = torch.linspace(0.1, 1.0, 10)
    entropy, right = choice_loss(*parts, choice, weight)
    expected, expected_right = _plain(others, choice, weight)
    (2 * entropy).backward()
    (2 * expected).backward()
    assert torch.allclose(entropy, expected, atol=1e-5)
    assert torch.allclose(right, expected_right)
    for part, other in zip(parts, others, strict=True):
        assert part.grad is not None and other.grad is not None
        assert torch.allclose(part.grad, other.grad, atol=1e-6)


def test_without_cells_it_costs_nothing() -> None:
    parts = _parts(0)
    entropy, right = choice_loss(*parts, torch.zeros(0, dtype=torch.long), torch.zeros(0))
    entropy.backward()
    assert float(entropy) == float(right) == 0.0
    assert parts[2].grad is not None and not parts[2].grad.any()
