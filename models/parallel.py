"""Training on several processes (`torchrun`): each draws its own part of a batch, and all take the same steps."""

import os
from dataclasses import dataclass
from typing import Any

import torch
from torch import distributed, nn


@dataclass(frozen=True, kw_only=True)
class Ranks:
    """Which process of how many this is."""

    rank: int = 0
    size: int = 1

    @classmethod
    def join(cls) -> "Ranks":
        """Meet the other processes that torchrun started; alone without it."""
        if "WORLD_SIZE" not in os.environ:
            return cls()
        if not distributed.is_initialized():
            distributed.init_process_group("gloo")
        return cls(rank=distributed.get_rank(), size=distributed.get_world_size())

    @property
    def first(self) -> bool:
        """Whether this process writes files and shows progress."""
        return self.rank == 0

    def share(self, count: int) -> int:
        """This process's part of a count, rounded up."""
        return -(-count // self.size)

    def deal(self, work: list[int]) -> list[int]:
        """This process's places in a list of work, dealt there and back from the largest, so that all have as much."""
        order = sorted(range(len(work)), key=lambda place: -work[place])
        rounds = range(0, len(order), self.size)
        hands = [order[start : start + self.size][:: -1 if turn % 2 else 1] for turn, start in enumerate(rounds)]
        return [hand[self.rank] for hand in hands if self.rank < len(hand)]

    def average_gradients(self, module: nn.Module) -> None:
        """Give every process the mean of all gradients."""
        if self.size == 1:
            return
        parameters = list(module.parameters())
        gradients = [torch.zeros_like(p) if p.grad is None else p.grad for p in parameters]
        flat = torch.cat([gradient.flatten() for gradient in gradients])
        distributed.all_reduce(flat)
        parts = (flat / self.size).split([p.numel() for p in parameters])
        for parameter, part in zip(parameters, parts, strict=True):
            parameter.grad = part.view_as(parameter)

    def split_optimizer(
        self, kind: type[torch.optim.Optimizer], parameters: list[nn.Parameter], **options: Any
    ) -> torch.optim.Optimizer:
        """An optimizer whose work is divided by parameters (ZeRO stage 1, Rajbhandari et al. 2020)."""
        if self.size == 1:
            return kind(parameters, **options)
        # 2 s, of every start, for what one process never needs
        from torch.distributed.optim import ZeroRedundancyOptimizer

        return ZeroRedundancyOptimizer(parameters, optimizer_class=kind, **options)

    def gather_state(self, optimizer: torch.optim.Optimizer) -> None:
        """Bring a divided optimizer's state to the first process, before its `state_dict`."""
        if self.size > 1:
            from torch.distributed.optim import ZeroRedundancyOptimizer

            if isinstance(optimizer, ZeroRedundancyOptimizer):
                optimizer.consolidate_state_dict(0)

    def agree(self, value: float) -> float:
        """The first process's value, in every process."""
        if self.size == 1:
            return value
        shared = torch.tensor(value, dtype=torch.float64)
        distributed.broadcast(shared, 0)
        return float(shared)


ALONE = Ranks()
