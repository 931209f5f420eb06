"""Fates: what becomes of windows and menus at a press is counted in sessions that tell where these are."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models import events
from models.events import FIRST_KEY
from models.fates import MANY, NO_FATES, Fate, Fates
from models.things import Thing
from models.track import load_tracks
from recorder.actions import KEY_INDEX, Event, EventKind
from recorder.pointer import PointerState
from recorder.prompt import Prompt
from recorder.writer import SessionWriter
from tests.models.toy import ARROW, FPS, PERIOD_NS, SIZE_PX, write_toy_session

WINDOW = (16, 32, 96, 64)  # x, y, width, height
MENU = (40, 8, 48, 80)
ESCAPE, LETTER = KEY_INDEX["Escape"], KEY_INDEX["KeyA"]
ROUND_FRAMES = 60  # a press in the middle is over before the next round
CLOSE_PX, BODY_PX = (WINDOW[0] + WINDOW[2] - 6, WINDOW[1] + 6), (WINDOW[0] + 40, WINDOW[1] + 50)

Deed = tuple[EventKind, int, tuple[int, int]]
PRESS_CLOSE: Deed = (EventKind.BUTTON_DOWN, 0, CLOSE_PX)
PRESS_BODY: Deed = (EventKind.BUTTON_DOWN, 0, BODY_PX)
PRESS_CORNER: Deed = (EventKind.BUTTON_DOWN, 0, (2, 2))
KEY_ESCAPE: Deed = (EventKind.KEY_DOWN, ESCAPE, BODY_PX)
KEY_LETTER: Deed = (EventKind.KEY_DOWN, LETTER, BODY_PX)


def _row(deed: Deed) -> tuple[int, ...]:
    kind, code, (x_px, y_px) = deed
    row = [0] * events.ROW_VALUES
    row[events.KIND] = code if kind == EventKind.BUTTON_DOWN else FIRST_KEY + code
    row[events.X], row[events.Y] = x_px, y_px
    return tuple(row)


def _box(numbers: tuple[int, int, int, int]) -> np.ndarray:
    x_px, y_px, width_px, height_px = numbers
    return np.array([[x_px, y_px], [x_px + width_px - 1, y_px + height_px - 1]])


def _thing(box: np.ndarray) -> Thing:
    width_px, height_px = box[1] - box[0] + 1
    nothing = np.zeros((height_px, width_px, 3), np.uint8)
    return Thing(box=box, shown_u8=nothing, under_u8=nothing, before_u8=nothing)


def _told(*, window: str, menu: bool) -> dict[str, Any]:
    shown = [{"app": "a", "box": list(WINDOW), "hidden": window == "hidden"}] if window else []
    return {"windows": shown, "menus": [list(MENU)] if menu else []}


def _picture(*, window: str, menu: bool) -> np.ndarray:
    frame_u8 = np.full((SIZE_PX[1], SIZE_PX[0], 3), 90, np.uint8)
    for box, shade in ((WINDOW, 200), (MENU, 30)):
        if (box is WINDOW and window == "open") or (box is MENU and menu):
            x_px, y_px, width_px, height_px = box
            frame_u8[y_px : y_px + height_px, x_px : x_px + width_px] = shade
    return frame_u8


def _session(path: Path, rounds: list[tuple[Deed, dict[str, Any], dict[str, Any]]]) -> None:
    """Each round begins in a state, in whose middle there is a press, after which there is another state."""
    with SessionWriter(path, size_px=SIZE_PX, fps=FPS, attributes={"source": "toy"}) as writer:
        for number, ((kind, code, (x_px, y_px)), before, after) in enumerate(rounds):
            for frame in range(number * ROUND_FRAMES, (number + 1) * ROUND_FRAMES):
                middle = number * ROUND_FRAMES + ROUND_FRAMES // 2
                now = before if frame < middle + 2 else after
                if frame in (number * ROUND_FRAMES, middle + 2):
                    writer.add_prompt(*Prompt.of("words", _told(**now)))
                if frame == middle:
                    t_ns = frame * PERIOD_NS - 1
                    press = Event(t_ns=t_ns, kind=kind, code=code, x_px=x_px, y_px=y_px)
                    up = EventKind.BUTTON_UP if kind == EventKind.BUTTON_DOWN else EventKind.KEY_UP
                    writer.add_events([press, Event(t_ns=t_ns, kind=up, code=code, x_px=x_px, y_px=y_px)])
                pointer = PointerState(x_px=x_px, y_px=y_px, shape=ARROW)
                writer.add_frame(_picture(**now), frame * PERIOD_NS, pointer)


OPEN, GONE, HIDDEN = ({"window": window, "menu": False} for window in ("open", "", "hidden"))
ALSO_MENU = {"window": "open", "menu": True}


def _counted(tmp_path: Path, rounds: list[tuple[Deed, dict[str, Any], dict[str, Any]]]) -> Fates:
    path = tmp_path / "a.h5"
    _session(path, rounds)
    return Fates.counted([path], load_tracks([path], tmp_path / "tracks"))


@pytest.fixture(scope="module")
def fates(tmp_path_factory: pytest.TempPathFactory) -> Fates:
    closes = [(PRESS_CLOSE, OPEN, GONE), (PRESS_CORNER, GONE, OPEN)] * 3
    stays = [(PRESS_BODY, OPEN, OPEN), (KEY_LETTER, OPEN, OPEN)] * MANY
    menus = [(PRESS_BODY, OPEN, ALSO_MENU), (KEY_ESCAPE, ALSO_MENU, OPEN)] * 3
    returns = [(PRESS_CORNER, HIDDEN, OPEN), (PRESS_BODY, OPEN, OPEN)] * 2
    return _counted(tmp_path_factory.mktemp("fates"), [*closes, *stays, *menus, *returns])


def test_a_window_goes_where_it_went_and_nowhere_else(fates: Fates) -> None:
    window = _box(WINDOW)
    assert fates.likely(Fate.WINDOW_GOES, _row(PRESS_CLOSE), window)
    assert not fates.likely(Fate.WINDOW_HIDES, _row(PRESS_CLOSE), window), "it was gone, not hidden"
    assert not fates.likely(Fate.WINDOW_GOES, _row(PRESS_BODY), window)
    assert not fates.likely(Fate.WINDOW_GOES, _row(KEY_LETTER))


def test_places_are_told_from_the_windows_own_corner(fates: Fates) -> None:
    way = np.array([11, 23])
    kind, code, place = PRESS_CLOSE
    moved = (kind, code, (place[0] + int(way[0]), place[1] + int(way[1])))
    assert fates.likely(Fate.WINDOW_GOES, _row(moved), _box(WINDOW) + way)
    assert not fates.likely(Fate.WINDOW_GOES, _row(moved), _box(WINDOW) + 4 * way)


def test_what_never_happened_in_many_times_never_does_and_what_was_not_tried_may(fates: Fates) -> None:
    window = _box(WINDOW)
    assert fates.never(Fate.WINDOW_GOES, _row(PRESS_BODY), window)
    assert fates.never(Fate.WINDOW_GOES, _row(KEY_LETTER))
    assert not fates.never(Fate.WINDOW_GOES, _row(PRESS_CLOSE), window)
    assert not fates.never(Fate.WINDOW_GOES, _row(KEY_ESCAPE))


def test_menus_go_and_hidden_windows_return(fates: Fates) -> None:
    assert fates.likely(Fate.MENUS_GO, _row(KEY_ESCAPE))
    assert fates.likely(Fate.HIDDEN_RETURNS, _row(PRESS_CORNER))
    assert not fates.likely(Fate.MENUS_GO, _row(PRESS_CORNER)), "nobody pressed there while a menu was open"


def test_windows_and_menus_are_known_by_their_size(fates: Fates) -> None:
    things = [_thing(_box((1, 2, 3, 4))), _thing(_box(WINDOW) + 3), _thing(_box(MENU) - 2)]
    assert fates.windows(things) == things[1:2] and fates.menus_of(things) == things[2:]


def test_one_that_hides_is_told_from_one_that_goes(tmp_path: Path) -> None:
    fates = _counted(tmp_path, [(PRESS_CLOSE, OPEN, HIDDEN), (PRESS_CORNER, HIDDEN, OPEN)] * 3)
    assert fates.likely(Fate.WINDOW_HIDES, _row(PRESS_CLOSE), _box(WINDOW))


def test_a_session_that_tells_nothing_counts_nothing(tmp_path: Path) -> None:
    path = tmp_path / "toy.h5"
    write_toy_session(path, seed=0, frames=20)
    fates = Fates.counted([path], load_tracks([path], tmp_path / "tracks"))
    assert not len(fates.deed) and not len(fates.size_px)
    assert not fates.likely(Fate.WINDOW_GOES, _row(PRESS_CLOSE), _box(WINDOW))
    assert NO_FATES.windows([_thing(_box(WINDOW))]) == []


def test_counts_that_cannot_be_are_refused() -> None:
    one = np.ones(1, np.int64)
    with pytest.raises(ValueError, match="more happened"):
        Fates(size_px=np.ones((1, 2), np.int64), menus=one, deed=np.ones((1, 5), np.int64), times=one, happened=2 * one)
