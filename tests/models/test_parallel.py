"""Training on two processes: both end with the same weights, which are those of the whole batch in one process."""

import sys
from pathlib import Path

import torch
from torch import multiprocessing, nn

from models.parallel import Ranks


def _one_process(rank: int, folder: str) -> None:
    from torch import distributed

    distributed.init_process_group("gloo", init_method=f"file://{folder}/meet", rank=rank, world_size=2)
    ranks = Ranks(rank=rank, size=2)
    torch.manual_seed(0)
    module = nn.Linear(3, 2)
    module(_batch()[rank::2]).square().mean().backward()
    ranks.average_gradients(module)
    agreed = ranks.agree(float(rank + 5))
    torch.save((module.weight.grad, module.bias.grad, agreed), Path(folder) / f"{rank}.pt")
    distributed.destroy_process_group()


def _batch() -> torch.Tensor:
    return torch.arange(12.0).reshape(4, 3)


def test_two_processes_average_to_the_whole_batch(tmp_path: Path) -> None:
    assert sys.platform == "linux"
    multiprocessing.spawn(_one_process, args=(str(tmp_path),), nprocs=2)
    torch.manual_seed(0)
    whole = nn.Linear(3, 2)
    whole(_batch()).square().mean().backward()
    for rank in range(2):
        weight, bias, agreed = torch.load(tmp_path / f"{rank}.pt")
        assert torch.allclose(weight, whole.weight.grad)
        assert torch.allclose(bias, whole.bias.grad)
        assert agreed == 5.0


def test_alone_nothing_is_shared() -> None:
    ranks = Ranks()
    assert ranks.first and ranks.share(7) == 7 and ranks.agree(2.5) == 2.5
    assert Ranks(size=4).share(10) == 3


def test_work_is_dealt_out_whole_and_evenly() -> None:
    work = [5, 900, 2, 400, 390, 7, 0, 3, 60]
    hands = [Ranks(rank=rank, size=2).deal(work) for rank in range(2)]
    assert sorted(hands[0] + hands[1]) == list(range(len(work)))
    assert abs(len(hands[0]) - len(hands[1])) <= 1
    first, second = (sum(work[place] for place in hand) for hand in hands)
    assert 0.8 < first / second < 1.25
    assert sorted(Ranks().deal(work)) == list(range(len(work)))
