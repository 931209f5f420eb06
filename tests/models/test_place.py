"""The place of a change: its box is exact to the pixel, and what is drawn is a box."""

import math
from pathlib import Path

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from models import geometry
from models.desk import load_tokenizer
from models.moment import Draw, OwnPast
from models.place import Place, box_px, largest_part
from models.tiles import TILE_PX, TILE_VALUES, to_tiles
from models.track import load_track
from models.transitions import Transitions
from models.world_config import WorldConfig
from recorder.dataset import session_name
from recorder.session import Session

CONFIG = WorldConfig(rows=4, columns=8, channels=6, shapes=2, local_width=32)
WIDTH_PX, HEIGHT_PX = CONFIG.columns * TILE_PX, CONFIG.rows * TILE_PX
EXACT = Draw(largest_happened=0.0, extended=0.0, part_happened=0.0, wrong_tiles=0.0, late=0.0)


def _place(seed: int) -> Place:
    torch.manual_seed(seed)
    place = Place(CONFIG)
    for parameter in place.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    return place


def _local(frames: int) -> torch.Tensor:
    return torch.randn(frames, CONFIG.rows * CONFIG.columns, CONFIG.local_width)


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
    place, local = _place(0), _local(1)
    grid = torch.cartesian_prod(torch.arange(WIDTH_PX), torch.arange(HEIGHT_PX))
    nll = place.first.nll(local.expand(len(grid), -1, -1), grid)
    assert math.isclose(float((-nll).exp().sum().detach()), 1.0, rel_tol=1e-3)


def test_what_is_drawn_is_a_box_on_the_screen() -> None:
    box = _place(1).draw(_local(200), 1.0, torch.Generator().manual_seed(0))
    assert (box[:, 0] <= box[:, 1]).all() and (box >= 0).all()
    assert (box[:, 1] < torch.tensor([WIDTH_PX, HEIGHT_PX])).all()
    assert len(box.unique(dim=0)) > 100


def test_known_corners_are_kept() -> None:
    place, tiles = _place(2), (9, 20)
    box = place.draw(_local(50), 1.0, torch.Generator().manual_seed(0), tiles)
    assert (place.first.tile_of(box[:, 0]) == tiles[0]).all() and (place.last.tile_of(box[:, 1]) == tiles[1]).all()


def test_at_temperature_zero_the_likeliest_box_is_drawn() -> None:
    place, local = _place(3), _local(1)
    first, second = (place.draw(local, 0.0, torch.Generator().manual_seed(seed)) for seed in (0, 1))
    assert torch.equal(first, second)
    some = torch.stack([place.draw(local, 1.0, torch.Generator().manual_seed(seed))[0, 0] for seed in range(50)])
    nll = place.first.nll(local.expand(51, -1, -1), torch.cat([first[:, 0], some]))
    tile = place.first.tile_of(torch.cat([first[:, 0], some]))
    assert (nll[0] <= nll[tile == tile[0]] + 1e-5).all()


def test_training_is_given_the_box_of_the_true_change(toy_run: Path, toy_data: Path, tmp_path: Path) -> None:
    path = toy_data / session_name(9)
    track = load_track(path, tmp_path)
    moments = Transitions([track], load_tokenizer(toy_run / "vae"), EXACT, track.shape_names.tolist())
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
    moments = Transitions([track], load_tokenizer(toy_run / "vae"), EXACT, track.shape_names.tolist())
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


def test_likelihoods_of_one_frame_are_those_of_the_loss() -> None:
    corner, local = _place(4).last, _local(1)
    px = torch.tensor([[0, 0], [17, 33], [WIDTH_PX - 1, HEIGHT_PX - 1]])
    assert torch.allclose(corner.likelihood(local, px), -corner.nll(local.expand(3, -1, -1), px), atol=1e-4)


def test_a_box_takes_a_known_size_that_is_hardly_less_likely_and_lies_on_the_screen() -> None:
    place, local = _place(5), _local(1)
    box = torch.tensor([[[20, 10], [50, 40]]])
    given = place._given(local, box[:, 0])
    sizes = torch.cartesian_prod(torch.arange(1, WIDTH_PX + 9), torch.arange(1, HEIGHT_PX + 9))
    ends = box[:, 0] + sizes - 1
    there = (ends < torch.tensor([WIDTH_PX, HEIGHT_PX])).all(dim=1)
    likelihood = place.last.likelihood(given, ends[there])
    best, worst = (ends[there][int(pick(likelihood))] for pick in (torch.argmax, torch.argmin))
    assert place.fit(local, box, sizes)[0].tolist() == [[20, 10], best.tolist()]
    assert place.fit(local, torch.stack([box[:, 0], best[None]], dim=1), (worst - box[0, 0] + 1)[None])[0, 1].equal(
        best
    )
    assert place.fit(local, box, torch.tensor([[WIDTH_PX, HEIGHT_PX]])).equal(box)
