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
        event_there=torch.ones(1, 2, dtype=torch.bool),
    )  # fmt: skip


def _at(x_px: float) -> torch.Tensor:
    context = _context()
    event_px = context.event_px.clone()
    event_px[:, 0, 0] = x_px
    return geometry.ways_to_inputs(replace(context, event_px=event_px), (ROWS, COLUMNS))[0]


def test_one_pixel_is_seen_by_every_tile_even_across_the_screen() -> None:
    assert ((_at(3.0) - _at(4.0)).abs().amax(dim=-1) > 0.5).all()


def test_a_shift_of_one_tile_shifts_the_features_by_one_tile() -> None:
    point = geometry._along(torch.tensor([[40.0]]), COLUMNS)
    assert torch.allclose(point[:, 1:], geometry._along(torch.tensor([[24.0]]), COLUMNS)[:, :-1], atol=1e-4)


def test_the_last_press_counts_and_not_the_key_after_it() -> None:
    context = _context()
    assert geometry._last_press(context).tolist() == [[100.0, 90.0]]
    unpressed = replace(context, event_kind=torch.tensor([[60, 61]]))
    assert geometry._last_press(unpressed).tolist() == [[300.0, 200.0]]
