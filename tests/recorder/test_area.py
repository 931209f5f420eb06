"""A region, a window or a monitor is recorded alone, wherever it moves, until it goes away; the rest never is."""

import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from recorder.actions import Event, EventKind
from recorder.area import AreaInput, AreaPointer, AreaScreen, FixedArea, MonitorArea, WindowArea, cropped
from recorder.box import Box
from recorder.clock import FakeClock
from recorder.doors import DisplayGone, Window
from recorder.doors.fake import FakeInput, FakeMonitors, FakePointer, FakeScreen, FakeWindows
from recorder.part import Part
from recorder.privacy import Privacy, PrivateInput, PrivateScreen
from recorder.session import Session
from recorder.verify import faults
from tests.recorder.sessions import recorder
from tests.recorder.test_x11 import server

__all__ = ["server"]
WHITE = 0xFFFFFF


def box(x_px: int, y_px: int, width_px: int, height_px: int) -> Box:
    return Box(x_px=x_px, y_px=y_px, width_px=width_px, height_px=height_px)


def window(number: int, place: Box, *, active: bool = False, hidden: bool = False) -> Window:
    return Window(number=number, app="a", box=place, dialog=False, hidden=hidden, maximised=False, active=active)


def test_pixels_beyond_the_screen_are_black() -> None:
    rgb = np.arange(4 * 5 * 3, dtype=np.uint8).reshape(4, 5, 3) + 1
    np.testing.assert_array_equal(cropped(rgb, box(1, 2, 3, 2)), rgb[2:4, 1:4])
    out = cropped(rgb, box(-2, 3, 4, 4))
    np.testing.assert_array_equal(out[:1, 2:], rgb[3:, :2])
    assert not out[1:].any() and not out[:, :2].any()
    for away in (box(-9, 0, 4, 4), box(9, 0, 4, 4), box(0, -9, 4, 4), box(0, 9, 4, 4)):
        assert not cropped(rgb, away).any()


def test_a_region_is_seen_from_its_corner() -> None:
    clock, area = FakeClock(), FixedArea(box(16, 8, 64, 48))
    screen = AreaScreen(FakeScreen(clock), area)
    assert screen.size_px == (64, 48) and screen.grab().shape == (48, 64, 3)
    state = AreaPointer(FakePointer(clock), area).read()
    assert (state.x_px, state.y_px) == (-16, 40)
    click = Event(t_ns=0, kind=EventKind.BUTTON_DOWN, x_px=20, y_px=30)
    (told,) = AreaInput(FakeInput(clock, [click]), area).drain()
    assert (told.x_px, told.y_px) == (4, 22)


def test_a_window_is_followed_and_what_lies_over_it_is_black() -> None:
    own, over = window(7, box(10, 10, 40, 30), active=True), window(8, box(30, 20, 60, 60))
    windows = FakeWindows([own, over])
    area = WindowArea(windows, 7)
    screen = AreaScreen(PrivateScreen(FakeScreen(FakeClock()), Privacy(window=7), windows), area)
    shown = screen.grab().any(axis=2)
    assert shown.shape == (30, 40)
    assert shown.sum() == 40 * 30 - 20 * 20
    windows.shown = [over, replace(own, box=box(50, 40, 30, 30))]  # moved, raised, made narrower
    assert area.box() == box(50, 40, 40, 30)
    assert screen.grab().any(axis=2).sum() == 30 * 30
    windows.shown = [over, replace(own, hidden=True)]
    assert not screen.grab().any()
    windows.shown = [over]
    with pytest.raises(DisplayGone, match="window 0x7 was closed"):
        screen.grab()


def test_keys_are_kept_while_the_window_is_active() -> None:
    clock, own = FakeClock(), window(7, box(0, 0, 9, 9))
    windows = FakeWindows([own, window(8, box(0, 0, 9, 9), active=True)])
    keys = [Event(t_ns=t_ns, kind=EventKind.KEY_DOWN, code=t_ns) for t_ns in (1, 11, 21)]
    inputs = PrivateInput(FakeInput(clock, keys), Privacy(window=7), windows)
    clock.advance(5)
    kept = inputs.drain()
    windows.shown = [replace(own, active=True)]
    for _ in range(2):
        clock.advance(10)
        kept += inputs.drain()
    assert [event.t_ns for event in kept] == [21]  # what was typed before the first look is left out


def test_a_monitor_is_followed() -> None:
    monitors = FakeMonitors({"left": box(0, 0, 64, 96), "right": box(64, 0, 64, 96)})
    area = MonitorArea(monitors, "right")
    monitors.on = {"right": box(0, 10, 32, 96)}
    assert area.box() == box(0, 10, 64, 96)
    monitors.on = {}
    with pytest.raises(DisplayGone, match="monitor 'right' went away"):
        area.box()


@pytest.mark.parametrize(("options", "said"), [
    (["--window", "0x5"], "there is no window 0x5 on this screen; 'xwininfo'"),
    (["--window", "five"], "'five' is no window's number"),
    (["--monitor", "HDMI-9"], "there is no monitor 'HDMI-9'; name one of fake"),
    (["--monitor", "fake", "--region", "0,0,9,9"], "--region, --window and --monitor exclude each other"),
])  # fmt: skip
def test_a_part_that_is_not_there_is_one_sentence(tmp_path: Path, options: list[str], said: str) -> None:
    done = recorder("record", tmp_path / "a.h5", "--display", "fake", "--seconds", 0.2, *options)
    assert done.returncode == 2 and done.stderr.startswith(f"recorder: {said}") and done.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_a_window_that_is_not_shown_is_one_sentence() -> None:
    windows = FakeWindows([window(7, box(0, 0, 9, 9), hidden=True)])
    with (
        pytest.raises(ValueError, match="window 0x7 is minimised or on another workspace; show it first"),
        Part(window=7).area("fake", (128, 96), windows),
    ):
        pass


@pytest.mark.skipif(shutil.which("Xvfb") is None, reason="Xvfb is missing: apt-get install xvfb")
def test_a_real_window_is_followed_until_it_closes(server, tmp_path: Path) -> None:
    x11 = pytest.importorskip("recorder.doors.x11", reason="python-xlib or mss is missing")
    display, _ = server
    connection = x11.open_display(display)
    root, depth = connection.screen().root, connection.screen().root_depth
    shown = root.create_window(20, 30, 60, 40, 0, depth, background_pixel=WHITE)
    shown.map()
    connection.sync()
    path = tmp_path / "a.h5"
    command = [sys.executable, "-m", "recorder", "record", str(path), "--display", display, "--window", hex(shown.id)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as recording:
        assert recording.stderr is not None
        assert any(line.startswith("recording") for line in recording.stderr)
        for x_px in (100, 200):
            time.sleep(1.0)
            shown.configure(x=x_px)
            connection.sync()
        time.sleep(1.0)
        shown.destroy()
        connection.sync()
        errors = recording.communicate(timeout=60)[1]
    assert recording.returncode == 2
    assert f"window {shown.id:#x} was closed; what was recorded until then is complete in {path}" in errors
    assert "Traceback" not in errors and faults(path) == []
    with Session(path) as session:
        assert session.size_px == (60, 40)
        assert np.median(session.frames[:].mean(axis=(1, 2, 3))) == 255  # but for frames taken while it moved


@pytest.mark.skipif(shutil.which("xrandr") is None or shutil.which("Xvfb") is None, reason="xrandr or Xvfb is missing")
def test_a_real_monitor_is_there_until_it_goes(server) -> None:
    doors = pytest.importorskip("recorder.doors.x11_monitors", reason="python-xlib or mss is missing")
    display, _ = server
    xrandr = ["xrandr", "--display", display]
    subprocess.run([*xrandr, "--setmonitor", "desk", "100/100x80/80+20+10", "none"], check=True, capture_output=True)
    monitors = doors.X11Monitors(display)
    area = MonitorArea(monitors, "desk")
    assert area.box() == box(20, 10, 100, 80)
    subprocess.run([*xrandr, "--delmonitor", "desk"], check=True, capture_output=True)
    with pytest.raises(DisplayGone, match="monitor 'desk' went away"):
        area.box()
    monitors.close()
