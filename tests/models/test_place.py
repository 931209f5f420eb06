"""The place of a change: its box is exact to the pixel, and what is drawn is a box."""

import math
from pathlib import Path

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from models import geometry
from models.desk import load_desk
from models.moment import Draw, OwnPast
from models.parts import box_px, largest_part
from models.place import Ground, Place, Tiles
from models.reach import REACH_PX
from models.tiles import TILE_PX, TILE_VALUES, to_tiles
from models.track import Track, load_track
from models.transitions import Transitions
from models.world_config import WorldConfig
from recorder.dataset import session_name
from recorder.session import Session
from tests.models.plain_pictures import plain_pictures

CONFIG = WorldConfig(rows=4, columns=8, channels=6, shapes=2, width=64, local_width=32, sizes=9)
SIZES = [[50, 31], [34, 2], [64, 32]]
WIDTH_PX, HEIGHT_PX = CONFIG.columns * TILE_PX, CONFIG.rows * TILE_PX
EXACT = Draw(largest_happened=0.0, extended=0.0, part_happened=0.0, wrong_tiles=0.0, late=0.0)


def _place(seed: int, sizes: list[list[int]] = SIZES) -> Place:
    """All of its weights random, with some known sizes."""
    torch.manual_seed(seed)
    place = Place(CONFIG)
    for parameter in place.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    cells = [-(-width // TILE_PX) * -(-height // TILE_PX) for width, height in sizes]
    place.sizes.fill(plain_pictures(sizes, [0] * sum(cells), [1] * len(sizes)))
    return place


def _ground(frames: int) -> Ground:
    return Ground(
        local=torch.randn(frames, CONFIG.rows * CONFIG.columns, CONFIG.local_width),
        inputs_px=torch.randint(0, HEIGHT_PX, (frames, geometry.INPUTS, 2)).float(),
        asked=torch.randn(frames, CONFIG.width),
    )


def _draw(place: Place, ground: Ground, temperature: float = 1.0, tiles: Tiles | None = None) -> Tensor:
    return place.draw(ground, temperature, torch.Generator().manual_seed(0), tiles)


def _inside(box: Tensor) -> bool:
    ordered = (box[:, 0] <= box[:, 1]).all() and (box >= 0).all()
    return bool(ordered and (box[:, 1] < torch.tensor([WIDTH_PX, HEIGHT_PX])).all())


@given(st.integers(0, WIDTH_PX - 1), st.integers(0, HEIGHT_PX - 1), st.integers(1, WIDTH_PX), st.integers(1, HEIGHT_PX))
def test_the_box_of_a_filled_rectangle_is_the_rectangle(left: int, top: int, width: int, height: int) -> None:
    before = np.zeros((HEIGHT_PX, WIDTH_PX, 3), np.uint8)
    after = before.copy()
    after[top : top + height, left : left + width, 1] = 1
    changed = (to_tiles(before) != to_tiles(after)).any(axis=1)
    box = box_px(changed.reshape(CONFIG.rows, CONFIG.columns), to_tiles(before)[changed], to_tiles(after)[changed])
    right, bottom = min(left + width, WIDTH_PX) - 1, min(top + height, HEIGHT_PX) - 1
    assert box.tolist() == [[left, top], [right, bottom]]
    inside = geometry.covered(torch.from_numpy(box)[None], (CONFIG.rows, CONFIG.columns))
    assert math.isclose(float(inside.sum()) * TILE_PX**2, (right - left + 1) * (bottom - top + 1), rel_tol=1e-4)
    assert ((inside[0] > 0).numpy().ravel() == changed).all()


def test_the_largest_part_hangs_together_by_corners_too() -> None:
    changed = np.array([[1, 0, 0, 1], [0, 1, 0, 1], [0, 0, 1, 0], [0, 0, 0, 0], [1, 1, 0, 0]], bool)
    part = largest_part(changed)
    assert part[:3].tolist() == changed[:3].tolist() and not part[3:].any()


def test_the_chances_of_all_first_corners_sum_to_one() -> None:
    place, ground = _place(0), _ground(1)
    first = torch.cartesian_prod(torch.arange(WIDTH_PX), torch.arange(HEIGHT_PX))
    lines = tuple(line.expand(len(first), -1) for line in place.first_reach(ground.asked, ground.inputs_px))
    nll = place.first.nll(ground.expand(len(first)).local, lines, first)
    assert math.isclose(float((-nll).exp().sum().detach()), 1.0, rel_tol=1e-3)


def test_the_chances_of_all_boxes_from_a_first_corner_sum_to_one_with_known_sizes_or_without() -> None:
    for sizes in ([], SIZES):
        place, ground, first = _place(1, sizes), _ground(1), torch.tensor([[70, 33]])
        last = torch.cartesian_prod(torch.arange(70, WIDTH_PX), torch.arange(33, HEIGHT_PX))
        boxes = torch.stack([first.expand_as(last), last], dim=1)
        lines = place.first_reach(ground.asked, ground.inputs_px)
        alone = place.first.nll(ground.local, lines, first)
        chances = (alone - place.nll(ground.expand(len(last)), boxes)).exp()
        by_size = place._size_logits(ground, first, None).softmax(dim=1)[0]
        of_sizes = sum(chances[(last - first + 1 == torch.tensor(size)).all(dim=1)].sum() for size in sizes)
        # the last corner may lie, by its own say, where a known size would put it
        assert float((of_sizes - by_size[: len(sizes)].sum()).abs().detach()) < 1e-3
        assert float(chances.sum().detach()) < 1.001
        if not sizes:
            assert math.isclose(float(chances.sum().detach()), 1.0, rel_tol=1e-3)


def test_what_is_drawn_is_a_box_on_the_screen() -> None:
    box = _draw(_place(1), _ground(300))
    assert _inside(box) and len(box.unique(dim=0)) > 200
    known = (box[:, None, 1] - box[:, None, 0] + 1 == torch.tensor(SIZES)).all(dim=2).any(dim=1)
    assert 20 < known.sum() < 280


def test_known_corners_are_kept() -> None:
    tiles = (9, 20)  # three columns and a row on
    for sizes in ([], SIZES):
        place = _place(2, sizes)
        box = _draw(place, _ground(80), tiles=tiles)
        assert _inside(box)
        assert (place.first.tile_of(box[:, 0]) == tiles[0]).all() and (place.last.tile_of(box[:, 1]) == tiles[1]).all()


def test_at_temperature_zero_the_likeliest_box_is_drawn() -> None:
    place, ground = _place(3), _ground(1)
    first, second = (place.draw(ground, 0.0, torch.Generator().manual_seed(seed)) for seed in (0, 1))
    assert torch.equal(first, second)


def test_a_size_that_would_leave_the_screen_is_not_drawn() -> None:
    place = _place(4, [[WIDTH_PX, HEIGHT_PX], [5, 5]])
    with torch.no_grad():
        for parameter in place.sizes.parameters():
            parameter.zero_()
        place.sizes.bias[:] = torch.tensor([90.0, 90.0, *[0.0] * (CONFIG.sizes - 2)])
        place.sizes.none.bias.fill_(-90)
    box = _draw(place, _ground(50))
    size = box[:, 1] - box[:, 0] + 1
    assert _inside(box) and (size == 5).all(dim=1).sum() > 30


def test_what_opens_at_an_input_is_drawn_there_wherever_the_input_is() -> None:
    place, frames = _place(4), 40
    with torch.no_grad():
        for parameter in (*place.first.parameters(), *place.first_reach.say.parameters()):
            parameter.zero_()
        ways = place.first_reach.say.bias.view(2, geometry.INPUTS, -1)
        ways[0, 2, REACH_PX + 5] = 30.0  # five pixels right of the newest event
        ways[1, 2, REACH_PX - 3] = 30.0  # and three above it
    ground = _ground(frames)
    box = _draw(place, ground, temperature=0.0)
    there = ground.inputs_px[:, 2].long() + torch.tensor([5, -3])
    seen = (there[:, 1] >= 0) & (there[:, 0] < WIDTH_PX)
    assert seen.sum() > 30 and (box[seen, 0] == there[seen]).all()


def _moments(track: Track, run: Path) -> Transitions:
    desk = load_desk(run / "desk")
    names = track.shape_names.tolist()
    return Transitions([track], desk.tokenizer, EXACT, names, desk.library.tiles_u8[: desk.world.config.palette])


def test_training_is_given_the_box_of_the_true_change(toy_run: Path, toy_data: Path, tmp_path: Path) -> None:
    path = toy_data / session_name(9)
    track = load_track(path, tmp_path)
    moments = _moments(track, toy_run)
    with Session(path) as session:
        frames = session.frames[:]
    for frame in track.change_frame[1:20]:
        batch = moments.assemble([np.array([0, frame])], [1.0], np.random.default_rng(0))
        tiles = (to_tiles(frames[frame]) != to_tiles(frames[frame - 1])).any(axis=1)
        part = np.kron(largest_part(tiles.reshape(track.grid_shape)), np.ones((TILE_PX, TILE_PX), bool))
        rows, columns = np.nonzero((frames[frame] != frames[frame - 1]).any(axis=2) & part)
        assert batch.box[0].tolist() == [[columns.min(), rows.min()], [columns.max(), rows.max()]]


def test_what_the_model_missed_or_painted_wrongly_is_dirty_and_what_it_could_not_know_stays(
    toy_run: Path, toy_data: Path, tmp_path: Path
) -> None:
    track = load_track(toy_data / session_name(9), tmp_path)
    moments = _moments(track, toy_run)
    change = int(track.change_frame[2])
    still = next(frame for frame in range(change + 1, len(track)) if frame not in track.change_frame)
    tile, other = np.array([5, 6, 7]), np.full((3, TILE_VALUES), 99, np.uint8)
    kinds = {"missed": [True, False, False], "wrong": [False, True, False]}
    own = OwnPast(tile=tile, tiles_u8=other, **{name: np.array(flags) for name, flags in kinds.items()})
    batch = moments.assemble([np.array([0, still])], [1.0], np.random.default_rng(0), {0: own})
    assert batch.dirty[0].nonzero()[:, 0].tolist() == [5]  # repair is no cause of its own
    batch = moments.assemble([np.array([0, change])], [1.0], np.random.default_rng(0), {0: own})
    truly = np.flatnonzero(track.dirty()[2])
    assert batch.dirty[0].nonzero()[:, 0].tolist() == sorted({*truly.tolist(), 5, 6})
    assert (batch.targets[0].past_u8[:16, 7 * 16 : 8 * 16] == 99).all()
