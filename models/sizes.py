"""The size of a change's box: one of those that pictures of the training sessions have, given its first corner.

Said as the place of its last corner, a size is another class at each place of the first; said as a size, it is the same
for a menu wherever that opens.
"""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from models import geometry
from models.layers import ResidualMLP, draw_class
from models.pictures import Pictures
from models.world_config import KEY_WIDTH, WorldConfig


class Sizes(nn.Module):
    """A choice of a known size, or, last, of none. Sizes are no weights: they are given with `fill`."""

    size_px: Int[Tensor, "k 2"]
    there: Bool[Tensor, "k"]

    def __init__(self, config: WorldConfig) -> None:
        super().__init__()
        room, width = config.sizes, config.width
        self.register_buffer("size_px", torch.zeros(room, 2, dtype=torch.long), persistent=False)
        self.register_buffer("there", torch.zeros(room, dtype=torch.bool), persistent=False)
        known = config.local_width + config.width + 2 * geometry.INPUT_FEATURES
        self.enter = nn.Linear(known, width)
        self.query = nn.Sequential(ResidualMLP(width, 2 * width), nn.Linear(width, KEY_WIDTH))
        self.key_say = nn.Parameter(0.1 * torch.randn(room, KEY_WIDTH))
        self.bias = nn.Parameter(torch.zeros(room))
        self.none = nn.Linear(width, 1)

    def fill(self, pictures: Pictures) -> None:
        """Take the sizes of pictures, the commonest first, not more than there is room for."""
        sizes = pictures.sizes()[0][: len(self.there)]
        self.size_px[: len(sizes)] = torch.from_numpy(sizes)
        self.there[: len(sizes)] = True

    def expect(self, pictures: Pictures) -> None:
        """Begin a training with how often each was shown."""
        times = pictures.sizes()[1][: len(self.bias)]
        with torch.no_grad():
            self.bias[: len(times)] = torch.from_numpy(times).log()

    def logits(
        self,
        corner: Float[Tensor, "b l"],
        asked: Float[Tensor, "b d"],
        first: Int[Tensor, "b 2"],
        inputs_px: Float[Tensor, "b i 2"],
    ) -> Float[Tensor, "b q"]:
        """Of each size and, last, of none; `corner` features of the first corner's tile."""
        ways = geometry.ways_from(first.float(), inputs_px)
        entered = self.enter(torch.cat([corner, asked.to(corner.dtype), ways.to(corner.dtype)], dim=1))
        match = (self.query(entered) @ self.key_say.T.to(entered.dtype)).float() + self.bias.float()
        return torch.cat([match.masked_fill(~self.there, -torch.inf), self.none(entered).float()], dim=1)

    def number(self, size_px: Int[Tensor, "b 2"]) -> Int[Tensor, "b"]:
        """The class of each size."""
        same = (self.size_px == size_px[:, None]).all(dim=2) & self.there
        return torch.where(same.any(dim=1), same.int().argmax(dim=1), len(self.there))

    def draw(self, logits: Float[Tensor, "b q"], temperature: float, generator: torch.Generator) -> Int[Tensor, "b 2"]:
        """Draw a size; 0 for none."""
        drawn = draw_class(logits, temperature, generator)
        return torch.cat([self.size_px, torch.zeros_like(self.size_px[:1])])[drawn]
