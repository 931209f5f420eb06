"""What is private never leaves the doors: masks, hidden applications, keys, pauses."""

from pathlib import Path

import numpy as np
import pytest

from recorder.actions import KEY_INDEX, Event, EventKind
from recorder.box import Box
from recorder.capture import capture
from recorder.clock import FakeClock
from recorder.doors import Window
from recorder.doors.fake import FakeInput, FakePointer, FakeScreen, FakeWindows
from recorder.hotkey import HotkeyInput
from recorder.privacy import Privacy, PrivateInput, PrivateScreen
from recorder.session import Session
from recorder.verify import faults
from recorder.writer import SessionWriter
from tests.recorder.sessions import recorder

SIZE_PX = (128, 96)


def _window(app: str, box: tuple[int, int, int, int], active: bool = False, hidden: bool = False) -> Window:
    x_px, y_px, width_px, height_px = box
    place = Box(x_px=x_px, y_px=y_px, width_px=width_px, height_px=height_px)
    return Window(number=1, app=app, box=place, dialog=False, hidden=hidden, maximised=False, active=active)


def _screen(privacy: Privacy, *windows: Window, popups: tuple[Box, ...] = ()) -> np.ndarray:
    """Which pixels (H, W) of the screen are not black."""
    screen = PrivateScreen(FakeScreen(FakeClock()), privacy, FakeWindows(windows, popups))
    return screen.grab().any(axis=2)


def test_a_hidden_application_is_black_where_no_other_covers_it() -> None:
    shown = _screen(
        Privacy(hide=("Keepass",)), _window("keepass", (10, 10, 60, 40)), _window("editor", (30, 20, 80, 60))
    )
    assert not shown[10:20, 10:70].any() and not shown[20:50, 10:30].any()
    assert shown[20:50, 30:70].all() and shown[60:].all()


def test_only_some_applications_leave_the_rest_black() -> None:
    shown = _screen(
        Privacy(only=("editor",)), _window("editor", (10, 10, 60, 40)), _window("mail", (30, 20, 80, 60)),
        _window("editor", (0, 0, 128, 96), hidden=True),
    )  # fmt: skip
    assert shown[10:20, 10:70].all()
    assert shown.sum() == 60 * 40 - 40 * 30


def test_a_menu_belongs_to_the_active_window() -> None:
    menu = (Box(x_px=90, y_px=70, width_px=20, height_px=20),)
    hidden, other = _window("mail", (0, 0, 10, 10), active=True), _window("mail", (0, 0, 10, 10))
    assert not _screen(Privacy(hide=("mail",)), hidden, popups=menu)[70:90, 90:110].any()
    assert _screen(Privacy(hide=("mail",)), other, popups=menu)[70:90, 90:110].all()


def test_a_window_that_opens_during_a_grab_is_black() -> None:
    windows = FakeWindows()

    class Opening(FakeScreen):
        def grab(self) -> np.ndarray:
            windows.shown = [_window("mail", (0, 0, 128, 96))]
            return super().grab()

    assert not PrivateScreen(Opening(FakeClock()), Privacy(hide=("mail",)), windows).grab().any()


def test_masks_are_black() -> None:
    shown = _screen(Privacy(masks=(Box(x_px=0, y_px=0, width_px=20, height_px=12),)))
    assert not shown[:12, :20].any() and shown[12:].all()


def _key(name: str, down: bool, t_ns: int = 0) -> Event:
    return Event(t_ns=t_ns, kind=EventKind.KEY_DOWN if down else EventKind.KEY_UP, code=KEY_INDEX[name], symbol=97)


@pytest.mark.parametrize(("keys", "symbols"), [("all", [97, 97]), ("codes", [0, 0]), ("none", [])])
def test_keys_are_kept_as_asked(keys: str, symbols: list[int]) -> None:
    inputs = FakeInput(FakeClock(), [_key("KeyA", True), _key("KeyA", False)])
    assert [event.symbol for event in PrivateInput(inputs, Privacy(keys=keys)).drain()] == symbols


def test_no_key_is_kept_around_a_hidden_active_window_but_releases_are() -> None:
    clock, windows = FakeClock(), FakeWindows([_window("mail", (0, 0, 9, 9))])
    events = [_key("KeyA", True, 1), _key("KeyB", True, 11), _key("KeyA", False, 12), _key("KeyC", True, 21)]
    inputs = PrivateInput(FakeInput(clock, [*events, _key("KeyD", True, 31)]), Privacy(hide=("mail",)), windows)
    clock.advance(5)
    kept = inputs.drain()
    windows.shown = [_window("mail", (0, 0, 9, 9), active=True)]
    clock.advance(10)
    kept += inputs.drain()
    windows.shown = [_window("mail", (0, 0, 9, 9))]
    for _ in range(2):
        clock.advance(10)
        kept += inputs.drain()
    assert [(event.kind.name, event.t_ns) for event in kept] == [("KEY_DOWN", 1), ("KEY_UP", 12), ("KEY_DOWN", 31)]


def test_a_pause_records_nothing_and_says_so(tmp_path: Path) -> None:
    clock, period = FakeClock(), 100_000_000
    chord = ["ControlLeft", "ShiftLeft", "F11"]
    presses = [_key(name, True, 210_000_000 + place) for place, name in enumerate(chord)]
    releases = [_key(name, False, 220_000_000 + place) for place, name in enumerate(chord)]
    secret = [_key("KeyS", True, 350_000_000), _key("KeyS", False, 360_000_000)]
    again = [_key(name, True, 510_000_000 + place) for place, name in enumerate(chord)]
    after = [_key(name, False, 620_000_000 + place) for place, name in enumerate(chord)]
    watched = HotkeyInput(FakeInput(clock, [*presses, *releases, *secret, *again, *after]))
    path = tmp_path / "a.h5"
    with SessionWriter(path, size_px=SIZE_PX, fps=10) as writer:
        capture(
            writer, FakeScreen(clock), FakePointer(clock), watched, clock, fps=10,
            stop=lambda _: clock.now_ns() > 9 * period, paused=lambda: watched.paused,
        )  # fmt: skip
    assert faults(path) == []
    with Session(path) as session:
        times = (session.t_ns // period).tolist()
        assert times == [0, 1, 2, 3, 7, 8, 9]  # the frame that sees the second chord is still left out
        assert session.pauses == [4]
        assert not any(event.code == KEY_INDEX["KeyS"] for event in session.events())
        assert session.actions()[-1].keys == frozenset()
    assert recorder("repack", path, tmp_path / "b.h5", "--start", 2).returncode == 0
    with Session(tmp_path / "b.h5") as session:
        assert session.pauses == [2]


@pytest.mark.parametrize("region", ["1,2,3", "0,0,0,5", "0,0,4000,4000"])
def test_a_wrong_region_is_one_sentence(tmp_path: Path, region: str) -> None:
    done = recorder("record", tmp_path / "a.h5", "--display", "fake", "--seconds", 0.2, "--region", region)
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


def test_record_takes_the_options(tmp_path: Path) -> None:
    done = recorder(
        "record", tmp_path / "a.h5", "--display", "fake", "--seconds", 0.4, "--region", "0,0,64,64", "--mask",
        "0,0,8,8", "--hide", "mail", "keepass", "--keys", "codes",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    with Session(tmp_path / "a.h5") as session:
        assert session.size_px == (64, 64)
        assert not session.frames[0][:8, :8].any() and session.frames[0][8:].any()
