"""On a large screen a token stands for several patches, and for the tiles of these alone."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from models.backbone import Backbone
from models.context import EVENT_SLOTS, Context
from models.local import LocalLevel
from models.world_config import PATCH, WorldConfig, merge_of

CONFIG = WorldConfig(rows=16, columns=24, channels=4, shapes=2, width=64, blocks=1, local_width=32, merge=2)
TOKENS = (2, 3)


@pytest.mark.parametrize(
    ("rows", "columns", "merge"),
    [(24, 32, 1), (12, 16, 1), (48, 64, 2), (96, 128, 4), (48, 80, 2), (68, 120, 1), (4, 1024, 1)],
    ids=["512x384", "toy", "1024x768", "2048x1536", "1280x768", "1920x1088", "a strip"],
)
def test_at_most_so_many_tokens_where_the_sides_allow_it(rows: int, columns: int, merge: int) -> None:
    assert merge_of(rows, columns) == merge
    config = replace(CONFIG, rows=rows, columns=columns, merge=merge)
    assert (config.tokens[0] * merge, config.tokens[1] * merge) == config.patches


def _context(latent: torch.Tensor) -> Context:
    events = torch.zeros(1, EVENT_SLOTS, dtype=torch.long)
    return Context(
        latent=latent, age=torch.ones(latent.shape[:2]), pointer_px=torch.zeros(1, 2, 2),
        pointer_latent=torch.zeros(1, 9, 4), held=torch.zeros(1, dtype=torch.long), event_kind=events,
        event_px=torch.zeros(1, EVENT_SLOTS, 2), event_modifiers=events, event_age=events,
        event_latent=torch.zeros(1, EVENT_SLOTS, 9, 4), event_there=torch.zeros(1, EVENT_SLOTS, dtype=torch.bool),
        text=torch.zeros(1, 0, 0), text_there=torch.zeros(1, 0, dtype=torch.bool),
    )  # fmt: skip


def _own_tiles(token: int) -> np.ndarray:
    """(rows, columns): the tiles that a token stands for."""
    row, column = divmod(token, TOKENS[1])
    side = PATCH * CONFIG.merge
    tiles = np.zeros(CONFIG.shape, bool)
    tiles[row * side : (row + 1) * side, column * side : (column + 1) * side] = True
    return tiles


@pytest.mark.parametrize("token", range(TOKENS[0] * TOKENS[1]))
def test_a_token_hears_its_own_tiles_and_speaks_to_them(token: int) -> None:
    torch.manual_seed(0)
    assert CONFIG.tokens == TOKENS
    latent = torch.randn(1, CONFIG.rows * CONFIG.columns, 4, requires_grad=True)
    Backbone(CONFIG)._patches(_context(latent))[0, token].sum().backward()
    assert latent.grad is not None
    heard = (latent.grad[0] != 0).any(dim=1).numpy().reshape(CONFIG.shape)
    np.testing.assert_array_equal(heard, _own_tiles(token))
    local, silent = LocalLevel(CONFIG), torch.zeros(1, TOKENS[0] * TOKENS[1] + 3, CONFIG.width)
    said = silent.clone()
    said[0, token] = 1
    with torch.no_grad():
        spoken = (local._spread(said) != local._spread(silent))[0].any(dim=2).numpy()
    np.testing.assert_array_equal(spoken, _own_tiles(token))
