"""Attention and the highest logits against torch's own."""

import pytest
import torch
from torch.nn import functional

from models.layers import attend, fourier, highest


def test_attend_is_softmax_attention() -> None:
    query, key, value = torch.randn(2, 3, 5, 8), torch.randn(2, 3, 7, 8), torch.randn(2, 3, 7, 8)
    seen = torch.rand(2, 7) < 0.7
    seen[:, 0] = True
    expected = functional.scaled_dot_product_attention(query, key, value, attn_mask=seen[:, None, None, :])
    assert torch.allclose(attend(query, key, value, seen), expected, atol=1e-5)


def test_fourier_tells_the_two_ends_apart() -> None:
    features = fourier(torch.tensor([-0.9, 0.9]), 3)
    assert features.shape == (2, 6)
    assert not torch.allclose(features[0], features[1])


@pytest.mark.parametrize("columns", [1, 2, 6, 256, 1024])
def test_the_highest_of_each_row_is_torchs(columns: int) -> None:
    logits = torch.randn(5, columns, generator=torch.Generator().manual_seed(columns))
    logits[0] = 1.0  # all equal: the first
    best, place = highest(logits)
    assert torch.equal(best, logits.amax(dim=1)) and torch.equal(place, logits.argmax(dim=1))
    assert place[0] == 0
