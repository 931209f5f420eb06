"""The memory of each tile: a gated linear recurrence over what it has shown."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from models.world_config import WorldConfig


class TileMemory(nn.Module):
    """h <- a * h + (1 - a) * v, with gate a and value v from the content that the tile took (minGRU).

    The gate does not look at h, so training may scan in parallel; in play only dirty tiles step.
    """

    def __init__(self, config: WorldConfig) -> None:
        super().__init__()
        self.size = config.memory
        self.value = nn.Linear(config.channels, config.memory)
        self.gate = nn.Linear(config.channels, config.memory)
        with torch.no_grad():
            self.gate.bias.copy_(torch.linspace(-2.0, 3.0, config.memory))  # forgets at once .. keeps for long

    def step(self, state: Float[Tensor, "n s"], latent: Float[Tensor, "n c"]) -> Float[Tensor, "n s"]:
        """The memory of tiles after they took a content."""
        keep = torch.sigmoid(self.gate(latent).float())
        return keep * state + (1 - keep) * self.value(latent).float()

    def scan(self, latents: Float[Tensor, "n k c"], there: Bool[Tensor, "n k"]) -> Float[Tensor, "n s"]:
        """The memory after k contents, oldest first; where `there` is False the step is left out."""
        keep = torch.sigmoid(self.gate(latents).float())
        value = (1 - keep) * self.value(latents).float()
        keep = torch.where(there[..., None], keep, 1.0)
        value = torch.where(there[..., None], value, 0.0)
        later = keep.flip(1).cumprod(1).flip(1)  # product of the gates from step k on
        after = torch.cat([later[:, 1:], torch.ones_like(later[:, :1])], dim=1)
        return (after * value).sum(1)
