"""The library holds what cells take most often for the first time, and what they take together."""

from dataclasses import replace

import numpy as np

from models.cells import fingerprints
from models.events import FIRST_KEY
from models.library import SETTLES_FRAMES, gather
from models.tiles import TILE_PX, to_tiles
from models.track import Track


def _track(grids: list[list[int]], shades: list[int], columns: int = 2) -> Track:
    """Tiles of one shade each; a grid a frame."""
    frames = len(grids)
    return Track(
        tiles_u8=np.repeat(np.array(shades, np.uint8)[:, None], 768, axis=1),
        change_frame=np.arange(frames), grids=np.array(grids, np.int32), events=np.zeros((0, 5), np.int64),
        pointer_px=np.zeros((frames, 2), np.int32), held=np.zeros(frames, np.int64), shape=np.zeros(frames, np.int16),
        shape_names=np.array(["left_ptr"]), wish=np.zeros(frames, np.int16), wishes=np.array(["go"]),
        grid_shape=np.array([len(grids[0]) // columns, columns]),
    )  # fmt: skip


def test_contents_are_counted_once_a_place_and_across_sessions() -> None:
    first = _track([[0, 0], [1, 0], [0, 0], [1, 0]], [10, 20])  # 20 and 10: one place, twice
    second = _track([[0, 0], [1, 1], [1, 2]], [30, 20, 40])  # 20: two places; 40: one
    shades = gather([first, second], 9, 9).tiles_u8[:, 0].tolist()
    assert shades[0] == 20 and sorted(shades) == [10, 20, 40]
    assert gather([first, second], 1, 0).tiles_u8[:, 0].tolist() == [20]


def test_a_picture_counts_as_one_content_wherever_it_appears() -> None:
    screens = np.zeros((5, 3 * TILE_PX, 6 * TILE_PX, 3), np.uint8)
    for screen, (x, y) in zip(screens[1::2], ((3, 5), (37, 20)), strict=True):
        screen[y : y + 16, x : x + 16] = 9
        screen[y, x] = screen[y + 15, x + 15] = 7  # the box ends where it does
    track = _track_of(screens)
    palette = gather([track], 99, 9).tiles_u8
    window = (palette.reshape(-1, TILE_PX, TILE_PX, 3)[:, :, :, 0] == 9).sum(axis=(1, 2)) == 254
    assert window.sum() == 1


def _track_of(screens: np.ndarray) -> Track:
    distinct: dict[bytes, int] = {}
    grids = [[distinct.setdefault(tile.tobytes(), len(distinct)) for tile in to_tiles(screen)] for screen in screens]
    track = _track(grids, [0])
    tiles_u8 = np.frombuffer(b"".join(distinct), np.uint8).reshape(-1, 768)
    return Track(**{**vars(track), "tiles_u8": tiles_u8, "grid_shape": np.array([3, 6])})


def test_few_contents_make_a_small_palette() -> None:
    assert len(gather([_track([[0, 0], [0, 1]], [10, 20])], 5, 9).tiles_u8) == 1


def test_a_picture_is_what_cells_took_together_twice_and_says_nothing_of_what_stays() -> None:
    tracks = [_track([[0, 0], [1, 2], [1, 0]], [10, 20, 30]), _track([[0, 1], [1, 2], [0, 2]], [10, 20, 30])]
    library = gather(tracks, 9, 9)
    shades = [*library.tiles_u8[:, 0].tolist(), None]  # -1 reads the last
    alone, both = (np.array([[0, 0], [width - 1, TILE_PX - 1]]) for width in (TILE_PX, 2 * TILE_PX))
    assert [[shades[place] for place in picture] for picture in library.pictures.of(both, np.arange(2)).content] == [
        [20, 30]
    ]
    assert [[shades[place] for place in picture] for picture in library.pictures.of(alone, np.arange(1)).content] == [
        [10]
    ]
    assert library.pictures.times.tolist() == [2, 2]
    assert len(gather(tracks, 9, 1).pictures) == 1


def test_pictures_that_agree_become_one_that_says_more() -> None:
    window, over_its_like = [1, 2, 1, 2, 2, 2, 1, 2, 1], [0, 0, 0, 0, 2, 0, 0, 0, 0]
    tracks = [_track([[0] * 9, window] * 2, [10, 20, 30], 3), _track([over_its_like, window], [10, 20, 30], 3)]
    library = gather(tracks, 9, 9)
    assert library.pictures.times.tolist()[0] == 3 and library.pictures.content.tolist().count(-1) == 0


def test_what_pictures_consist_of_is_in_the_library_behind_the_palette() -> None:
    tracks = [_track([[0, 0], [1, 2], [0, 0], [1, 2]], [10, 20, 30])]
    library = gather(tracks, 1, 9)
    assert len(library.tiles_u8) == 3
    assert library.tiles_u8[library.pictures.content, 0].tolist() == [20, 30]


def test_black_is_a_content_too() -> None:
    library = gather([_track([[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]], [9, 0])], 5, 9)
    assert sorted(library.tiles_u8[:, 0].tolist()) == [0, 9]
    assert sorted(library.tiles_u8[library.pictures.content, 0].tolist()) == [0, 9]


def test_it_counts_what_follows_what() -> None:
    blinking = _track([[0, 0], [1, 0], [0, 0], [1, 0], [0, 0], [2, 0]], [10, 20, 30])
    shades = np.repeat(np.array([[10], [20], [30]], np.uint8), 768, axis=1)
    dark, light, other = fingerprints(shades)
    follows = gather([blinking], 9, 9).follows
    counted = zip(follows.before.tolist(), follows.after.tolist(), follows.times.tolist(), strict=True)
    assert sorted(counted) == sorted([(dark, light, 2), (light, dark, 2)])
    said = follows.says(np.array([dark]), np.array([[light], [other]]))
    assert said[0, 0] > 0 and said[1, 0] == 0


def test_what_a_picture_keeps_is_known_where_it_was_always_the_same() -> None:
    same = [_track([[3, 0], [3, 1], [3, 0], [3, 1]], [10, 20, 30, 40])]
    other = [_track([[3, 0], [3, 1], [2, 0], [2, 1]], [10, 20, 30, 40])]
    for tracks in (same, other):
        tracks[0].tiles_u8[:, 0] = 7  # the box of a tile that does not change is not its own
    library = gather(same, 9, 9)
    assert (library.pictures.kept == -1).all() and (library.pictures.content >= 0).all()


def _opening(*, typed: bool = False) -> Track:
    """Twice a window of 8 x 7 tiles opens: a frame (20) on the wallpaper (10), then what is inside (30)."""
    around = np.ones((7, 8), np.int32)
    around[1:-1, 1:-1] = 0
    wallpaper, frame, whole = np.zeros(56, np.int32), around.ravel(), 2 - around.ravel()
    shown = [wallpaper, frame, whole] * 2
    track = _track([grid.tolist() for grid in shown], [10, 20, 30], 8)
    change_frame = np.array([0, 1, 2, SETTLES_FRAMES + 2, SETTLES_FRAMES + 3, SETTLES_FRAMES + 4])
    frames = 2 * (SETTLES_FRAMES + 3)
    keys = [[frame, FIRST_KEY, 0, 0, 0] for frame in (0, *(change_frame[[2, 5]] if typed else []))]
    return replace(
        track,
        change_frame=change_frame,
        events=np.array(keys, np.int64),
        pointer_px=np.zeros((frames, 2), np.int32),
        wish=np.full(frames, -1, np.int16),
        held=np.zeros(frames, np.int64),
    )


def test_a_window_that_opens_in_parts_is_known_whole() -> None:
    library = gather([_opening()], 9, 9)
    prints = library.pictures.of(np.array([[0, 0], [8 * TILE_PX - 1, 7 * TILE_PX - 1]]), np.arange(56))
    opens = (prints.content < 0).any(axis=1)
    settled = np.where(prints.settled >= 0, prints.settled, prints.content)[opens]
    assert opens.sum() == 1 and (library.tiles_u8[settled, 1] == _opening().tiles_u8[_opening().grids[2], 1]).all()


def test_what_an_input_may_have_changed_settles_into_nothing() -> None:
    assert (gather([_opening(typed=True)], 9, 9).pictures.settled < 0).all()
    dragged = replace(_opening(), held=np.ones(len(_opening()), np.int64))
    assert (gather([dragged], 9, 9).pictures.settled < 0).all()
