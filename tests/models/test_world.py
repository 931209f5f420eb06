"""What was pressed last reaches the place and the head by a path of its own."""

from dataclasses import replace

import pytest
import torch

from models.context import EVENT_SLOTS, Context
from models.head import Canvas
from models.recall import SLOTS, Slots
from models.world import WorldModel
from models.world_config import WorldConfig

CONFIG = WorldConfig(
    rows=4, columns=4, channels=4, shapes=2, width=64, blocks=1, local_width=32, local_blocks=1, memory=8,
    head_width=64, head_blocks=1, palette=4, pictures=2, sizes=2,
)  # fmt: skip
CELLS = 3


@pytest.fixture(scope="module")
def world() -> WorldModel:
    torch.manual_seed(0)
    model = WorldModel(CONFIG)
    for parameter in (model.newest_event_kind.weight, model.head.asked.weight):
        torch.nn.init.normal_(parameter)
    return model.eval()


def _context(newest: int, there: bool) -> Context:
    tiles = CONFIG.rows * CONFIG.columns
    kinds, places = torch.full((1, EVENT_SLOTS), 20), torch.zeros(1, EVENT_SLOTS, 2)
    kinds[0, 0] = newest
    return Context(
        latent=torch.ones(1, tiles, 4), age=torch.ones(1, tiles), pointer_px=torch.zeros(1, 2, 2),
        pointer_latent=torch.ones(1, 9, 4), held=torch.zeros(1, dtype=torch.long), event_kind=kinds, event_px=places,
        event_modifiers=torch.zeros_like(kinds), event_age=torch.zeros_like(kinds),
        event_latent=torch.zeros(1, EVENT_SLOTS, 9, 4), event_there=torch.full((1, EVENT_SLOTS), there),
        text=torch.zeros(1, 0, 0), text_there=torch.zeros(1, 0, dtype=torch.bool),
    )  # fmt: skip


@torch.no_grad()
def _canvas(world: WorldModel, newest: int, there: bool = True) -> Canvas:
    """With the same tokens, whatever was pressed."""
    context = _context(newest, there)
    tokens = world.outlook(_context(20, True)).tokens
    scene = world.scene(world.ground(context, tokens), torch.tensor([[[0, 0], [31, 31]]]))
    slots = Slots(
        latent=torch.zeros(CELLS, SLOTS, 4), age=torch.zeros(CELLS, SLOTS), there=torch.ones(CELLS, SLOTS) > 0
    )
    return world.canvas(scene, tokens, torch.full((CELLS, 2), 8.0), [CELLS], torch.zeros(CELLS, 8), slots)


@torch.no_grad()
def _hidden(world: WorldModel, canvas: Canvas) -> torch.Tensor:
    return world.head(torch.zeros(CELLS, 4), torch.ones(CELLS), world.head.condition(canvas)).hidden


def test_what_was_pressed_last_reaches_the_cells(world: WorldModel) -> None:
    one, other, again = (_canvas(world, newest) for newest in (21, 22, 21))
    assert torch.equal(one.tokens, other.tokens) and torch.equal(one.asked, again.asked)
    assert not torch.allclose(one.asked, other.asked)
    assert not torch.allclose(_hidden(world, one), _hidden(world, other))
    rest = replace(other, asked=one.asked)
    assert torch.equal(_hidden(world, one), _hidden(world, rest))


def test_where_nothing_was_pressed_no_key_counts(world: WorldModel) -> None:
    assert torch.equal(_canvas(world, 21, there=False).asked, _canvas(world, 22, there=False).asked)
