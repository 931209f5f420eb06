"""What is shown in parts is known whole; what goes on in many ways is not."""

import numpy as np

from models.sightings import OFTEN, UNCHANGED, Settled, Sightings

SIZE_PX = (64, 96)
CELLS = 24
FRAME = np.where(np.arange(CELLS) < 8, 5, UNCHANGED)  # the title, and as much around
KEPT = np.where(FRAME == UNCHANGED, 7, UNCHANGED)
INSIDE = np.where(FRAME == UNCHANGED, 9, UNCHANGED)
BOX = np.array([[0, 0], [63, 95]])


def _settled(cells: np.ndarray) -> Settled:
    return Settled(track=0, until=3, box=BOX, cells=cells)


def _only(sightings: Sightings) -> np.ndarray:
    (picture,) = sightings.often(9)
    return picture.later


def _seen(*later: np.ndarray) -> Sightings:
    sightings = Sightings()
    for cells in later:
        sightings.note(SIZE_PX, FRAME, KEPT, _settled(cells))
    return sightings


def test_a_picture_settles_into_what_it_mostly_became() -> None:
    other = np.full(CELLS, 3)
    assert np.array_equal(_only(_seen(INSIDE, INSIDE, INSIDE, other)), INSIDE)
    assert (_only(_seen(INSIDE, other)) == UNCHANGED).all()
    assert (_only(_seen(INSIDE, INSIDE, other)) == UNCHANGED).all()


def test_what_nobody_could_follow_settles_into_nothing() -> None:
    sightings = Sightings()
    for _ in range(OFTEN):
        sightings.note(SIZE_PX, FRAME, KEPT, None)
    assert (_only(sightings) == UNCHANGED).all()


def test_frames_over_several_wallpapers_settle_into_the_same_window() -> None:
    sightings = Sightings()
    for border in (1, 2, 3, 4):
        frame = np.where(FRAME == UNCHANGED, UNCHANGED, border)
        followed = [_settled(np.where(frame == border, 8, 9)) if border < 3 else None, None]
        for settled in followed:
            sightings.note(SIZE_PX, frame, KEPT, settled)
    first, second, *rest = sorted(sightings.often(9), key=lambda picture: picture.cells.max())
    for picture in (first, second):  # each was followed once, and OFTEN between them
        assert np.array_equal(picture.later, np.where(FRAME == UNCHANGED, 9, 8))
    assert all((picture.later == UNCHANGED).all() for picture in rest)


def test_a_frame_that_became_many_things_settles_as_the_same_window_mostly_does() -> None:
    window, title = np.where(FRAME == UNCHANGED, 9, 8), np.arange(CELLS) < 4
    inside = np.where(title, UNCHANGED, window)
    for name, later in ((5, inside), (6, np.full(CELLS, UNCHANGED))):
        sightings = _seen(inside, inside)
        other = np.where(title, name, np.where(FRAME == UNCHANGED, UNCHANGED, 4))
        for unlike in (1, 2):  # each time with other files inside
            sightings.note(SIZE_PX, other, KEPT, _settled(np.where(title, UNCHANGED, unlike)))
        (found,) = (picture for picture in sightings.often(9) if np.array_equal(picture.cells, other))
        assert np.array_equal(found.later, later), name


def test_it_shows_the_fullest_of_what_agrees() -> None:
    over_its_like = np.where(np.arange(CELLS) == 9, 9, UNCHANGED)
    assert np.array_equal(_only(_seen(over_its_like, INSIDE)), INSIDE)


def test_what_is_kept_is_what_always_stayed() -> None:
    sightings = Sightings()
    sightings.note(SIZE_PX, FRAME, KEPT, None)
    sightings.note(SIZE_PX, FRAME, np.where(np.arange(CELLS) == 9, 1, KEPT), None)
    (picture,) = sightings.often(9)
    assert picture.kept.tolist() == [0] * 8 + [7, 0] + [7] * 14 and picture.times == OFTEN
