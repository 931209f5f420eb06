"""Batches are brought to a few sizes, and what pads them changes nothing."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from models import buckets
from models.buckets import BUCKETS, bucket, padded
from models.head import Head
from models.painting import CRISP, paint
from models.recall import NEW
from tests.models.test_painting import CONFIG, _palette, canvas


@given(st.integers(1, 2 * BUCKETS[-1]))
def test_a_bucket_holds_the_rows_and_wastes_little(count: int) -> None:
    size = bucket(count)
    assert size >= count and (count > BUCKETS[-1] or size in BUCKETS)
    assert size <= max(4, 2 * count)
    assert padded(torch.arange(count)).tolist() == [*range(count), *[count - 1] * (size - count)]


def test_what_pads_a_batch_changes_no_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(0)
    head, palette = Head(CONFIG), _palette()
    torch.nn.init.normal_(head.leave.weight, std=0.1)
    torch.nn.init.constant_(head.new.bias, CRISP + 0.5)
    some, noise = canvas([37], torch.Generator().manual_seed(0)), torch.randn(37, 6)
    inside = paint(head, some, palette, palette.keys(), noise, steps=3)
    monkeypatch.setattr(buckets, "BUCKETS", (1,))
    alone = paint(head, some, palette, palette.keys(), noise, steps=3)
    assert torch.equal(inside.choice, alone.choice) and (alone.choice == NEW).any() and (alone.choice != NEW).any()
    assert torch.allclose(inside.latent, alone.latent, atol=1e-5)
