"""Where a change takes place: one box on the screen, drawn before anything else of the change.

Where a window will open cannot be known, so the tiles that may change are many and each alone is improbable; painted
tile by tile, all possible windows come out at once, averaged. Whoever draws the box first, and the rest given the box,
shows one window. The box is that of the largest connected part of what changes, to the pixel. It is drawn corner by
corner, each a tile of the grid and then a pixel in the tile (coordinates as classes, as Pix2Seq has them, Chen et al.
2022), so that a corner can lie where the tile's own content or its way to the pointer says.
"""

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from numpy.typing import NDArray
from skimage.measure import label
from torch import Tensor, nn
from torch.nn import functional

from models import geometry
from models.layers import ResidualMLP
from models.tiles import TILE_PX, TILE_VALUES
from models.world_config import WorldConfig

PIXELS = TILE_PX * TILE_PX
FIT = -3.0  # nats: a box of a known size is preferred to one that is up to so much likelier


def parts_of(changed: NDArray[np.bool_]) -> list[NDArray[np.bool_]]:
    """The parts of a mask over the grid that hang together, corners touching; the largest first."""
    parts = np.asarray(label(changed, connectivity=2))
    sizes = np.bincount(parts.ravel())[1:]
    return [parts == place + 1 for place in np.argsort(-sizes, kind="stable")]


def largest_part(changed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The largest part of a mask over the grid that hangs together, corners touching."""
    parts = np.asarray(label(changed, connectivity=2))
    sizes = np.bincount(parts.ravel())
    sizes[0] = 0
    return parts == sizes.argmax()


def box_px(part: NDArray[np.bool_], before_u8: NDArray[np.uint8], after_u8: NDArray[np.uint8]) -> NDArray[np.int64]:
    """[[left, top], [right, bottom]], the first and last changed pixel each way, of the m tiles of a mask.

    `before_u8` and `after_u8` (m, TILE_VALUES) are these tiles, row by row, in two frames.
    """
    assert before_u8.shape == (part.sum(), TILE_VALUES)
    changed = (before_u8 != after_u8).reshape(-1, TILE_PX, TILE_PX, 3).any(axis=3)
    rows, columns = np.nonzero(part)
    ends = [_ends(columns, changed.any(axis=1)), _ends(rows, changed.any(axis=2))]
    return np.array(ends).T


def _ends(tile: NDArray[np.int64], changed: NDArray[np.bool_]) -> tuple[int, int]:
    """The first and the last pixel (m, TILE_PX) that changed along one side, tiles being at `tile` (m,)."""
    row, px = np.nonzero(changed)
    along = tile[row] * TILE_PX + px
    return int(along.min()), int(along.max())


class Corner(nn.Module):
    """A corner of the box from features of every tile."""

    def __init__(self, config: WorldConfig) -> None:
        super().__init__()
        width, self._columns = config.local_width, config.columns
        self.tile = nn.Sequential(ResidualMLP(width, width), nn.Linear(width, 1))
        self.pixel = nn.Sequential(ResidualMLP(width, 2 * width), nn.Linear(width, PIXELS))

    def nll(self, local: Float[Tensor, "b n l"], px: Int[Tensor, "b 2"]) -> Float[Tensor, "b"]:
        """Nats that it takes to say that the corner lies at a pixel."""
        tile = self.tile_of(px)
        pixel = self.pixel(local[torch.arange(len(tile)), tile]).float()
        within = px[:, 1] % TILE_PX * TILE_PX + px[:, 0] % TILE_PX
        return functional.cross_entropy(self._tiles(local), tile, reduction="none") + functional.cross_entropy(
            pixel, within, reduction="none"
        )

    def draw(
        self,
        local: Float[Tensor, "b n l"],
        allowed: Bool[Tensor, "b n"],
        temperature: float,
        generator: torch.Generator,
    ) -> Int[Tensor, "b 2"]:
        """Draw the corner's pixel, in one of the allowed tiles."""
        tile = _draw(self._tiles(local).masked_fill(~allowed, -torch.inf), temperature, generator)
        pixel = self.pixel(local[torch.arange(len(tile)), tile]).float()
        within = _draw(pixel, temperature, generator)
        row, column = tile // self._columns, tile % self._columns
        return torch.stack([column * TILE_PX + within % TILE_PX, row * TILE_PX + within // TILE_PX], dim=1)

    def likelihood(self, local: Float[Tensor, "1 n l"], px: Int[Tensor, "k 2"]) -> Float[Tensor, "k"]:
        """Log-probability of each of some pixels of one frame."""
        tile, within = self.tile_of(px), px[:, 1] % TILE_PX * TILE_PX + px[:, 0] % TILE_PX
        pixel = self.pixel(local[0]).float().log_softmax(dim=-1)
        return self._tiles(local)[0].log_softmax(dim=-1)[tile] + pixel[tile, within]

    def tile_of(self, px: Int[Tensor, "b 2"]) -> Int[Tensor, "b"]:
        """The tile that a pixel lies in."""
        return px[:, 1] // TILE_PX * self._columns + px[:, 0] // TILE_PX

    def _tiles(self, local: Float[Tensor, "b n l"]) -> Float[Tensor, "b n"]:
        return self.tile(local)[..., 0].float()


def _draw(logits: Float[Tensor, "b k"], temperature: float, generator: torch.Generator) -> Int[Tensor, "b"]:
    """One class of each row; the likeliest at temperature 0."""
    if temperature == 0:
        return logits.argmax(dim=1)
    probability = (logits / temperature).softmax(dim=1).cpu()
    return torch.multinomial(probability, 1, generator=generator)[:, 0].to(logits.device)


class Place(nn.Module):
    """The distribution of the box: its first corner, then its last given the first."""

    def __init__(self, config: WorldConfig) -> None:
        super().__init__()
        self._shape = (config.rows, config.columns)
        self.first, self.last = Corner(config), Corner(config)
        self.across = nn.Linear(geometry.POINT_FEATURES, config.local_width)
        self.down = nn.Linear(geometry.POINT_FEATURES, config.local_width)
        self.there = nn.Linear(config.local_width, config.local_width)

    def nll(self, local: Float[Tensor, "b n l"], box: Int[Tensor, "b 2 2"]) -> Float[Tensor, "b"]:
        """Nats that it takes to say each box; `local` features of every tile."""
        first, last = box.unbind(dim=1)
        return self.first.nll(local, first) + self.last.nll(self._given(local, first), last)

    def draw(
        self,
        local: Float[Tensor, "b n l"],
        temperature: float,
        generator: torch.Generator,
        tiles: tuple[int, int] | None = None,
    ) -> Int[Tensor, "b 2 2"]:
        """Draw a box; `tiles` are those of its corners where they are known."""
        everywhere = torch.ones(local.shape[:2], dtype=torch.bool, device=local.device)
        first = self.first.draw(local, _only(everywhere, tiles, 0), temperature, generator)
        last = self.last.draw(self._given(local, first), _only(self._after(first), tiles, 1), temperature, generator)
        return torch.stack([first, torch.maximum(first, last)], dim=1)

    def fit(
        self, local: Float[Tensor, "1 n l"], box: Int[Tensor, "1 2 2"], sizes_px: Int[Tensor, "k 2"]
    ) -> Int[Tensor, "1 2 2"]:
        """The box, or one from its first corner on that has one of some sizes and is hardly less likely."""
        first, last = box.unbind(dim=1)
        ends = first + sizes_px - 1
        limit = torch.tensor([self._shape[1], self._shape[0]], device=first.device) * TILE_PX
        ends = ends[(ends < limit).all(dim=1)]
        likelihood = self.last.likelihood(self._given(local, first), torch.cat([last, ends]))
        likelihood[0] += FIT
        best = int(likelihood.argmax())
        return torch.stack([first, last if best == 0 else ends[best - 1 : best]], dim=1)

    def _given(self, local: Float[Tensor, "b n l"], first: Int[Tensor, "b 2"]) -> Float[Tensor, "b n l"]:
        """Features that know the first corner."""
        across, down = geometry.ways_to(first[:, None].float(), self._shape)
        grid = self.down(down)[:, :, None] + self.across(across)[:, None]
        corner = local[torch.arange(len(first)), self.first.tile_of(first)]
        return local + grid.flatten(1, 2) + self.there(corner)[:, None]

    def _after(self, first: Int[Tensor, "b 2"]) -> Bool[Tensor, "b n"]:
        """The tiles in which the last corner may lie."""
        rows, columns = self._shape
        down = torch.arange(rows, device=first.device) >= first[:, 1:] // TILE_PX
        across = torch.arange(columns, device=first.device) >= first[:, :1] // TILE_PX
        return (down[:, :, None] & across[:, None]).flatten(1)


def _only(allowed: Bool[Tensor, "b n"], tiles: tuple[int, int] | None, corner: int) -> Bool[Tensor, "b n"]:
    if tiles is None:
        return allowed
    known = torch.zeros_like(allowed)
    known[:, tiles[corner]] = True
    return known
