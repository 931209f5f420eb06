"""A change's own grid: a picture gives the same cells wherever it lies, and nothing beyond its box is touched."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.cells import cells_of, centre_tiles, composite, cut, extended, fingerprints
from models.tiles import TILE_PX, TILE_VALUES, to_tiles

WIDTH_PX, HEIGHT_PX = 96, 64
FRAME = np.random.default_rng(0).integers(256, size=(HEIGHT_PX, WIDTH_PX, 3)).astype(np.uint8)


@st.composite
def boxes(draw: st.DrawFn) -> np.ndarray:
    left, top = draw(st.integers(0, WIDTH_PX - 1)), draw(st.integers(0, HEIGHT_PX - 1))
    return np.array([[left, top], [draw(st.integers(left, WIDTH_PX - 1)), draw(st.integers(top, HEIGHT_PX - 1))]])


@given(boxes(), st.randoms())
def test_what_is_cut_and_written_back_is_what_was_there(box: np.ndarray, random) -> None:
    cells, tiles_u8 = np.arange(len(cells_of(box))), cut(FRAME, box)
    other = np.zeros_like(FRAME)
    order = random.sample(cells.tolist(), len(cells))
    composite(other, box, np.array(order), tiles_u8[order])
    (left, top), (right, bottom) = box
    inside = np.zeros((HEIGHT_PX, WIDTH_PX, 1), bool)
    inside[top : bottom + 1, left : right + 1] = True
    assert np.array_equal(other, np.where(inside, FRAME, 0))


@given(boxes(), st.integers(0, 40), st.integers(0, 40))
def test_a_picture_has_the_same_cells_at_every_place(box: np.ndarray, right: int, down: int) -> None:
    way = np.array([right, down])
    larger = np.random.default_rng(1).integers(256, size=(HEIGHT_PX + 40, WIDTH_PX + 40, 3)).astype(np.uint8)
    larger[down : down + HEIGHT_PX, right : right + WIDTH_PX] = FRAME
    assert np.array_equal(cut(larger, box + way), cut(FRAME, box))


@given(boxes(), st.lists(st.integers(0, 5), min_size=4, max_size=4))
def test_an_extended_box_keeps_its_cells_and_stays_on_the_screen(box: np.ndarray, more: list[int]) -> None:
    larger = extended(box, (WIDTH_PX, HEIGHT_PX), np.array(more).reshape(2, 2))
    assert (larger[0] <= box[0]).all() and (larger[1] >= box[1]).all()
    assert (larger >= 0).all() and (larger[1] < (WIDTH_PX, HEIGHT_PX)).all()
    assert {tuple(cell) for cell in cells_of(box)} <= {tuple(cell) for cell in cells_of(larger)}
    assert np.array_equal(extended(box, (WIDTH_PX, HEIGHT_PX), np.zeros((2, 2), int)), box)


def test_beyond_the_box_its_edge_goes_on() -> None:
    cell = cut(FRAME, np.array([[5, 7], [14, 9]]))[0].reshape(TILE_PX, TILE_PX, 3)
    assert np.array_equal(cell[:3, :10], FRAME[7:10, 5:15])
    assert (cell[:, 10:] == cell[:, 9:10]).all() and (cell[3:] == cell[2:3]).all()


def test_what_moves_is_cut_from_where_it_was() -> None:
    box = np.array([[30, 20], [60, 50]])
    moved = np.roll(FRAME, (3, -5), axis=(0, 1))  # three down, five to the left
    assert np.array_equal(cut(FRAME, box, (-5, 3)), cut(moved, box))


def test_on_the_grid_cells_are_tiles() -> None:
    box = np.array([[0, 0], [WIDTH_PX - 1, HEIGHT_PX - 1]])
    assert np.array_equal(cut(FRAME, box), to_tiles(FRAME))
    shape = (HEIGHT_PX // TILE_PX, WIDTH_PX // TILE_PX)
    tiles = np.arange(shape[0] * shape[1])
    assert centre_tiles(box, tiles, shape).tolist() == tiles.tolist()


def test_one_other_pixel_is_another_content() -> None:
    tiles_u8 = to_tiles(FRAME)
    other = tiles_u8.copy()
    other[np.arange(len(other)), np.arange(len(other)) * 7] ^= 1
    assert not (fingerprints(tiles_u8) == fingerprints(other)).any()
    assert np.array_equal(fingerprints(tiles_u8), fingerprints(tiles_u8.copy()))
    assert fingerprints(np.zeros((1, TILE_VALUES), np.uint8))[0] != 0
