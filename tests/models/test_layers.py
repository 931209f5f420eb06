"""Attention against torch's own."""

import torch
from torch.nn import functional

from models.layers import attend, fourier


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
