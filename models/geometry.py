"""Where each tile lies from the pointer, the last inputs and the box of the change, exactly to the pixel.

What opens at an input opens at its pixel, not at a tile's: a menu's text lies in the tiles as the input's place modulo
the tile's side says. So the way is given at every scale from two pixels to the screen's, and once more with the near
ways alone. Ways along x belong to columns of tiles and ways along y to rows, which keeps this cheap.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from models.context import Context
from models.layers import fourier
from models.tiles import TILE_PX
from recorder.actions import BUTTONS

INPUTS = 4  # the pointer before, the pointer now, the newest event, the last button pressed
CORNERS = 2  # the first and the last pixel of the change's box
SCALES = 10  # periods of 2 to 1024 px
NEAR_TILES, NEAR_SCALES = 4, 4
POINT_FEATURES = 2 * (SCALES + NEAR_SCALES)
INPUT_FEATURES, CORNER_FEATURES = INPUTS * POINT_FEATURES, CORNERS * POINT_FEATURES
FEATURES = INPUT_FEATURES + CORNER_FEATURES

Ways = tuple[Float[Tensor, "b q f"], Float[Tensor, "b r f"]]


def ways_to(points_px: Float[Tensor, "b p 2"], shape: tuple[int, int]) -> Ways:
    """Features of the ways to points, for each column and for each row of a grid of (rows, columns)."""
    rows, columns = shape
    return _along(points_px[..., 0], columns), _along(points_px[..., 1], rows)


def inputs_px(context: Context) -> Float[Tensor, "b p 2"]:
    """Where the pointer and the last inputs are."""
    return torch.cat([context.pointer_px, context.event_px[:, :1], _last_press(context)[:, None]], dim=1)


def ways_from(centres_px: Float[Tensor, "m 2"], points_px: Float[Tensor, "m p 2"]) -> Float[Tensor, "m f"]:
    """Features of the ways from places to points, each place's own."""
    ways_px = points_px.float() - centres_px[:, None]
    return torch.cat([_features(ways_px[..., axis]).flatten(1) for axis in (0, 1)], dim=-1)


def between(
    grid: Float[Tensor, "b n l"], frame: Int[Tensor, "m"], centres_px: Float[Tensor, "m 2"], shape: tuple[int, int]
) -> Float[Tensor, "m l"]:
    """Features of tiles, of a frame each, interpolated (bilinear) at places that are no tile's centre."""
    rows, columns = shape
    last = torch.tensor([columns - 1, rows - 1], device=grid.device)
    place = torch.minimum((centres_px / TILE_PX - 0.5).clamp_min(0), last)
    low = place.long()
    high, part = torch.minimum(low + 1, last), (place - low).to(grid.dtype)
    out = torch.zeros_like(grid[frame, 0])
    for column, across in ((low[:, 0], 1 - part[:, 0]), (high[:, 0], part[:, 0])):
        for row, down in ((low[:, 1], 1 - part[:, 1]), (high[:, 1], part[:, 1])):
            out = out + grid[frame, row * columns + column] * (across * down)[:, None]
    return out


def covered(box: Int[Tensor, "b 2 2"], shape: tuple[int, int]) -> Float[Tensor, "b r q"]:
    """The share of each tile that lies in a box of [[left, top], [right, bottom]], these included."""
    rows, columns = shape
    first, last = box.float().unbind(dim=1)
    across, down = (_overlap(first[:, i], last[:, i] + 1, tiles) for i, tiles in enumerate((columns, rows)))
    return down[:, :, None] * across[:, None]


def _overlap(start_px: Float[Tensor, "b"], end_px: Float[Tensor, "b"], tiles: int) -> Float[Tensor, "b n"]:
    edge = torch.arange(tiles, device=start_px.device) * TILE_PX
    inside = torch.minimum(end_px[:, None], edge + TILE_PX) - torch.maximum(start_px[:, None], edge)
    return inside.clamp_min(0) / TILE_PX


def _along(points_px: Float[Tensor, "b p"], tiles: int) -> Float[Tensor, "b n f"]:
    centre_px = torch.arange(tiles, device=points_px.device) * TILE_PX + TILE_PX // 2
    return _features(points_px.float()[:, None] - centre_px[:, None]).flatten(2)


def _features(way_px: Float[Tensor, "*b"]) -> Float[Tensor, "*b f"]:
    exact = fourier(way_px / 2**SCALES * 2, SCALES)
    near = fourier((way_px / (NEAR_TILES * TILE_PX)).clamp(-1, 1), NEAR_SCALES)
    return torch.cat([exact, near], dim=-1)


def _last_press(context: Context) -> Float[Tensor, "b 2"]:
    """Where the newest button press among the events was; where there is none, the newest event's place."""
    press = (context.event_kind < len(BUTTONS)) & context.event_there
    slot = press.float().argmax(dim=1)  # 0 where there is none
    return context.event_px[torch.arange(len(slot), device=slot.device), slot]
