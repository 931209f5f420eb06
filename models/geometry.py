"""Where each tile lies from the pointer and the last inputs, exactly to the pixel.

What opens at an input opens at its pixel, not at a tile's: a menu's text lies in the tiles as the input's place modulo
the tile's side says. So the way is given at every scale from two pixels to the screen's, and once more with the near
ways alone. Ways along x belong to columns of tiles and ways along y to rows, which keeps this cheap.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from models.context import Context
from models.layers import fourier
from models.tiles import TILE_PX
from recorder.actions import BUTTONS

POINTS = 4  # the pointer before, the pointer now, the newest event, the last button pressed
SCALES = 10  # periods of 2 to 1024 px
NEAR_TILES, NEAR_SCALES = 4, 4
FEATURES = POINTS * 2 * (SCALES + NEAR_SCALES)


def ways(context: Context, shape: tuple[int, int]) -> tuple[Float[Tensor, "b q f"], Float[Tensor, "b r f"]]:
    """Features of the ways to the points, for each column and for each row of a grid of (rows, columns)."""
    points = torch.cat([context.pointer_px, context.event_px[:, :1], _last_press(context)[:, None]], dim=1)
    rows, columns = shape
    return _along(points[..., 0], columns), _along(points[..., 1], rows)


def _along(points_px: Float[Tensor, "b p"], tiles: int) -> Float[Tensor, "b n f"]:
    centre_px = torch.arange(tiles, device=points_px.device) * TILE_PX + TILE_PX // 2
    way_px = points_px.float()[:, None] - centre_px[:, None]
    exact = fourier(way_px / 2**SCALES * 2, SCALES)
    near = fourier((way_px / (NEAR_TILES * TILE_PX)).clamp(-1, 1), NEAR_SCALES)
    return torch.cat([exact, near], dim=-1).flatten(2)


def _last_press(context: Context) -> Float[Tensor, "b 2"]:
    """Where the newest button press among the events was; where there is none, the newest event's place."""
    press = (context.event_kind < len(BUTTONS)) & context.event_there
    slot = press.float().argmax(dim=1)  # 0 where there is none
    return context.event_px[torch.arange(len(slot), device=slot.device), slot]
