"""The tiles' memory: the parallel scan of training equals the steps of play."""

import torch

from models.memory import TileMemory
from models.world_config import WorldConfig

CONFIG = WorldConfig(rows=4, columns=8, channels=6, shapes=2, memory=12)


def test_memory_scan_equals_its_steps() -> None:
    memory = TileMemory(CONFIG)
    contents = torch.randn(5, 7, 6)
    there = torch.rand(5, 7) < 0.7
    state = torch.zeros(5, 12)
    for step in range(7):
        state = torch.where(there[:, step, None], memory.step(state, contents[:, step]), state)
    assert torch.allclose(memory.scan(contents, there), state, atol=1e-5)
