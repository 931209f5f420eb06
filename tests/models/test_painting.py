"""Painting: what is shown again is bit-identical, what stays stays, the rest comes from the denoiser."""

import torch

from models import geometry
from models.head import Canvas, Condition, Estimate, Head
from models.painting import paint
from models.palette import Palette
from models.recall import NEW, SLOTS, Slots
from models.world_config import WorldConfig

CONFIG = WorldConfig(
    rows=4,
    columns=8,
    channels=6,
    shapes=2,
    width=64,
    local_width=32,
    memory=12,
    head_width=64,
    palette=7,
)


def canvas(counts: list[int], generator: torch.Generator) -> Canvas:
    tiles = sum(counts)
    there = torch.arange(SLOTS) < torch.randint(1, SLOTS, (tiles, 1), generator=generator)
    return Canvas(
        local=torch.randn(tiles, 32, generator=generator),
        ways=torch.randn(tiles, 2 * geometry.FEATURES, generator=generator),
        asked=torch.randn(tiles, 64, generator=generator),
        memory=torch.randn(tiles, 12, generator=generator),
        slots=Slots(
            latent=torch.randn(tiles, SLOTS, 6, generator=generator), age=torch.rand(tiles, SLOTS), there=there
        ),
        tokens=torch.randn(len(counts), 4, 64, generator=generator),
        counts=counts,
    )


class _Choosing(Head):
    """Points where it is told, sure or not, and paints a constant difference."""

    choices = torch.tensor([0, 2, NEW, NEW + 3, NEW + 3])
    sure = torch.tensor([True, True, True, True, False])

    def __init__(self) -> None:
        super().__init__(CONFIG)
        self.times: list[list[float]] = []

    def forward(self, x: torch.Tensor, t: torch.Tensor, condition: Condition) -> Estimate:
        self.times.append(t.tolist()[: len(self.choices)])  # what is behind pads the batch
        return Estimate(difference=torch.full_like(x, 0.25), hidden=condition.known)

    def choice(
        self,
        estimate: Estimate,
        condition: Condition,
        cells: torch.Tensor,
        palette: Palette,
        palette_keys: torch.Tensor,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        assert len(estimate.hidden) == len(condition.known) and len(palette_keys) == len(palette.latent)
        logits = torch.nn.functional.one_hot(self.choices, SLOTS + 1 + len(palette.latent)).float()
        logits = (logits * torch.where(self.sure, 50.0, 0.1)[:, None])[cells]
        return logits[:, : NEW + 1], logits[:, NEW + 1 :]


def _palette() -> Palette:
    palette = Palette(CONFIG)
    palette.latent.copy_(torch.randn(palette.latent.shape, generator=torch.Generator().manual_seed(5)))
    return palette


def test_each_tile_shows_what_was_chosen() -> None:
    head, some, palette = _Choosing(), canvas([5], torch.Generator().manual_seed(0)), _palette()
    painting = paint(head, some, palette, palette.keys(), torch.randn(5, 6), steps=2)
    assert painting.choice.tolist() == _Choosing.choices.tolist()
    assert torch.equal(painting.latent[0], some.slots.latent[0, 0])
    assert torch.equal(painting.latent[1], some.slots.latent[1, 2])
    assert torch.allclose(painting.latent[2], some.slots.latent[2, 0] + 0.25)
    assert torch.equal(painting.latent[3:], palette.latent[[2, 2]])


def test_what_is_decided_is_held_and_what_is_not_stays_noise() -> None:
    head, palette = _Choosing(), _palette()
    paint(head, canvas([5], torch.Generator().manual_seed(0)), palette, palette.keys(), torch.randn(5, 6), steps=2)
    assert head.times == [[1.0] * 5, [0.0, 0.0, 0.5, 0.0, 1.0]]


def test_many_cells_that_elect_nothing_stay_as_they_are_after_one_look() -> None:
    head, some, palette = _Choosing(), canvas([5], torch.Generator().manual_seed(0)), _palette()
    noise = torch.randn(5, 6)
    painting = paint(head, some, palette, palette.keys(), noise, steps=4, loose=4)
    assert painting.elected is None and painting.choice.tolist() == [0] * 5 and len(head.times) == 1
    assert torch.equal(painting.latent, some.slots.latent[:, 0])
    few = paint(_Choosing(), some, palette, palette.keys(), noise, steps=4, loose=5)
    assert few.choice.tolist() == _Choosing.choices.tolist()


def test_a_slot_that_is_not_there_is_never_chosen() -> None:
    torch.manual_seed(0)
    head, palette = Head(CONFIG), _palette()
    for parameter in head.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    some = canvas([40, 30], torch.Generator().manual_seed(1))
    choice = paint(head, some, palette, palette.keys(), torch.randn(70, 6), steps=1).choice
    chosen = choice < NEW
    assert chosen.any()
    assert some.slots.there[chosen, choice[chosen]].all()


def test_the_head_treats_each_frame_of_a_batch_as_if_alone() -> None:
    torch.manual_seed(0)
    head = Head(CONFIG)
    for parameter in head.parameters():
        torch.nn.init.normal_(parameter, std=0.1)
    some = canvas([3, 0, 5], torch.Generator().manual_seed(2))
    x, t = torch.randn(8, 6), torch.rand(8)
    together = head(x, t, head.condition(some))
    for frame, rows in ((0, torch.arange(3)), (2, torch.arange(3, 8))):
        one = Canvas(
            local=some.local[rows], ways=some.ways[rows], asked=some.asked[rows], memory=some.memory[rows],
            slots=some.slots.at(rows), tokens=some.tokens[frame : frame + 1], counts=[len(rows)],
        )  # fmt: skip
        alone = head(x[rows], t[rows], head.condition(one))
        assert torch.allclose(together.difference[rows], alone.difference, atol=1e-5)
        assert torch.allclose(together.hidden[rows], alone.hidden, atol=1e-4)
