"""The world model's parts: memory, head and outlook."""

import torch

from models.world import Head, TileMemory, WorldConfig

CONFIG = WorldConfig(rows=4, columns=8, channels=6, shapes=2, width=64, local_width=32, memory=12, head_width=64)


def test_memory_scan_equals_its_steps() -> None:
    memory = TileMemory(CONFIG)
    contents = torch.randn(5, 7, 6)
    there = torch.rand(5, 7) < 0.7
    state = torch.zeros(5, 12)
    for step in range(7):
        state = torch.where(there[:, step, None], memory.step(state, contents[:, step]), state)
    assert torch.allclose(memory.scan(contents, there), state, atol=1e-5)


def test_head_treats_each_frame_of_a_batch_as_if_alone() -> None:
    torch.manual_seed(0)
    head = Head(CONFIG)
    for parameter in head.parameters():
        torch.nn.init.normal_(parameter, std=0.1)
    counts = [3, 0, 5]
    x, t, previous = torch.randn(8, 6), torch.rand(8), torch.randn(8, 6)
    local, memory, tokens = torch.randn(8, 32), torch.randn(8, 12), torch.randn(3, 4, 64)
    together = head(x, t, head.condition(previous, local, memory, tokens), counts)
    for frame, rows in ((0, slice(0, 3)), (2, slice(3, 8))):
        alone = head(
            x[rows], t[rows],
            head.condition(previous[rows], local[rows], memory[rows], tokens[frame : frame + 1]),
            [rows.stop - rows.start],
        )  # fmt: skip
        assert torch.allclose(together[rows], alone, atol=1e-5)
