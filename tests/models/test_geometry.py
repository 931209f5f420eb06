"""The ways from tiles to inputs: exact to the pixel however far, and from the last press where there was one."""

from dataclasses import replace

import torch

from models import geometry
from models.context import Context

ROWS, COLUMNS = 24, 32


def _context() -> Context:
    return Context(
        latent=torch.zeros(1, ROWS * COLUMNS, 3), age=torch.zeros(1, ROWS * COLUMNS),
        pointer_px=torch.tensor([[[40.0, 60.0], [44.0, 60.0]]]), pointer_latent=torch.zeros(1, 9, 3),
        held=torch.zeros(1, dtype=torch.long), event_kind=torch.tensor([[60, 1]]),
        event_px=torch.tensor([[[300.0, 200.0], [100.0, 90.0]]]), event_modifiers=torch.zeros(1, 2, dtype=torch.long),
        event_age=torch.zeros(1, 2, dtype=torch.long), event_latent=torch.zeros(1, 2, 9, 3),
        event_there=torch.ones(1, 2, dtype=torch.bool), text=torch.zeros(1, 0, 0),
        text_there=torch.zeros(1, 0, dtype=torch.bool),
    )  # fmt: skip


def _at(x_px: float) -> torch.Tensor:
    context = _context()
    event_px = context.event_px.clone()
    event_px[:, 0, 0] = x_px
    return geometry.ways_to(geometry.inputs_px(replace(context, event_px=event_px)), (ROWS, COLUMNS))[0]


def test_one_pixel_is_seen_by_every_tile_even_across_the_screen() -> None:
    assert ((_at(3.0) - _at(4.0)).abs().amax(dim=-1) > 0.5).all()


def test_a_shift_of_one_tile_shifts_the_features_by_one_tile() -> None:
    point = geometry._along(torch.tensor([[40.0]]), COLUMNS)
    assert torch.allclose(point[:, 1:], geometry._along(torch.tensor([[24.0]]), COLUMNS)[:, :-1], atol=1e-4)


def test_at_a_tiles_centre_a_cell_sees_what_the_tile_sees() -> None:
    points_px = torch.rand(2, 6, 2) * 300
    row, column, frame = torch.tensor([3, 23]), torch.tensor([0, 31]), torch.tensor([1, 0])
    centres_px = torch.stack([column, row], dim=1) * 16 + 8.0
    across, down = geometry.ways_to(points_px, (ROWS, COLUMNS))
    ways = geometry.ways_from(centres_px, points_px[frame])
    assert torch.allclose(ways, torch.cat([across[frame, column], down[frame, row]], dim=1), atol=1e-4)
    local = torch.randn(2, ROWS * COLUMNS, 5)
    between = geometry.between(local, frame, centres_px, (ROWS, COLUMNS))
    assert torch.equal(between, local[frame, row * COLUMNS + column])


def test_between_centres_features_are_interpolated() -> None:
    local = torch.randn(1, ROWS * COLUMNS, 5)
    at = torch.tensor([[16 * 4 + 12.0, 16 * 2 + 8.0]])  # a quarter of the way to the next column
    between = geometry.between(local, torch.tensor([0]), at, (ROWS, COLUMNS))
    here, there = local[0, 2 * COLUMNS + 4], local[0, 2 * COLUMNS + 5]
    assert torch.allclose(between[0], 0.75 * here + 0.25 * there)


def test_the_last_press_counts_and_not_the_key_after_it() -> None:
    context = _context()
    assert geometry._last_press(context).tolist() == [[100.0, 90.0]]
    unpressed = replace(context, event_kind=torch.tensor([[60, 61]]))
    assert geometry._last_press(unpressed).tolist() == [[300.0, 200.0]]
