"""A few sizes for batches of cells: kernels that are made for a shape are then made a few times only, and all at the
start; made for each number of cells that comes along, they cost as much as the painting itself."""

from bisect import bisect_left

import torch
from jaxtyping import Int
from torch import Tensor

BUCKETS = (4, 8, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768)


def bucket(count: int) -> int:
    """The size that a batch of so many rows is brought to."""
    return BUCKETS[bisect_left(BUCKETS, count)] if count <= BUCKETS[-1] else count


def padded(rows: Int[Tensor, "n"]) -> Int[Tensor, "m"]:
    """Some rows, brought to the size of their bucket by repeating the last."""
    return torch.cat([rows, rows[-1:].expand(bucket(len(rows)) - len(rows))])
