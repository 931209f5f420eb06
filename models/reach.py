"""Where a corner lies by its way to the inputs, to the pixel.

What opens at an input opens some pixels from it, always the same: that holds anywhere on the screen, so it is said of
ways, not of places. Each column and each row of pixels has a say of its own in where the corner lies.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional

from models import geometry
from models.tiles import TILE_PX
from models.world_config import WorldConfig

REACH_PX = 32  # how far from an input its say goes

Lines = tuple[Float[Tensor, "b w"], Float[Tensor, "b h"]]


class Reach(nn.Module):
    """The say of each column and row of pixels in where a corner lies, by how far it is from the inputs."""

    def __init__(self, config: WorldConfig) -> None:
        super().__init__()
        self._shape = (config.columns, config.rows)
        self.enter = nn.Linear(config.width, config.width)
        self.say = nn.Linear(config.width, 2 * geometry.INPUTS * (2 * REACH_PX + 1))
        nn.init.zeros_(self.say.weight)
        nn.init.zeros_(self.say.bias)

    def forward(self, asked: Float[Tensor, "b d"], inputs_px: Float[Tensor, "b i 2"]) -> Lines:
        """Logits of columns and rows."""
        say = self.say(functional.gelu(self.enter(asked))).float().unflatten(1, (2, geometry.INPUTS, -1))
        say = functional.pad(say, (1, 1))  # out of reach: nothing
        across, down = (self._line(say[:, axis], inputs_px[..., axis].long(), axis) for axis in (0, 1))
        return across, down

    def _line(self, say: Float[Tensor, "b i s"], inputs_px: Int[Tensor, "b i"], axis: int) -> Float[Tensor, "b side"]:
        px = torch.arange(self._shape[axis] * TILE_PX, device=say.device)
        way = (px - inputs_px[..., None]).clamp(-REACH_PX - 1, REACH_PX + 1) + REACH_PX + 1
        return say.gather(2, way).sum(dim=1)
