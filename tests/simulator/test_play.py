"""`play.py` as a person runs it: the help, a missing display, and the real window under Xvfb."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import mss
import numpy as np
import pytest
from numpy.typing import NDArray

from recorder.session import Session
from simulator.fake_world import FakeWorld
from simulator.overlay import TINT
from tests.xvfb import xvfb

ROOT = Path(__file__).parents[2]
PLAY_FAKE = """
import sys
from simulator.fake_world import FakeWorld
from simulator.player import Loaded, main
main(sys.argv[1:], lambda folder, device, steps: Loaded(world=FakeWorld((512, 384)), about="rules"))
"""
SCREEN_PX = (1200, 900)
SIZE_PX = (512, 384)
CORNER_PX = (SCREEN_PX[0] - SIZE_PX[0]) // 2, (SCREEN_PX[1] - SIZE_PX[1]) // 2
WALLPAPER = FakeWorld(SIZE_PX).reset(seed=0).frame_u8[0, 0]
PATIENCE_S = 45.0
STILL_S = 0.7  # ten frames
Place = tuple[int, int]


def environment(**changes: str) -> dict[str, str]:
    inherited = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")}
    return {**inherited, "PYTHONPATH": str(ROOT), **changes}


def test_help_needs_neither_display_nor_checkpoint() -> None:
    done = subprocess.run(
        [sys.executable, "play.py", "--help"], cwd=ROOT, env=environment(), capture_output=True, text=True
    )
    assert done.returncode == 0
    for option in ("--headless", "--frames", "--actions", "--out", "--beside", "--checkpoint", "--seed", "--record"):
        assert option in done.stdout


def test_no_display_names_the_way_without_one() -> None:
    done = subprocess.run([sys.executable, "-c", PLAY_FAKE], env=environment(), capture_output=True, text=True)
    assert done.returncode == 2
    assert "--headless" in done.stderr and "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.fixture
def display() -> Iterator[str]:
    missing = [program for program in ("Xvfb", "xdotool") if shutil.which(program) is None]
    if missing:
        pytest.skip(f"{' and '.join(missing)} missing: apt-get install --no-install-recommends xvfb xdotool")
    with xvfb(SCREEN_PX) as name:
        yield name


@pytest.fixture
def managed(display: str) -> Iterator[str]:
    """A display whose windows are managed: without that none fills the screen."""
    for program, package in (("xfwm4", "xfwm4"), ("dbus-run-session", "dbus-daemon")):
        if shutil.which(program) is None:
            pytest.skip(f"{program} missing: apt-get install --no-install-recommends {package}")
    manager = subprocess.Popen(
        ["dbus-run-session", "--", "xfwm4", "--compositor=off"],
        env=environment(DISPLAY=display),
        stderr=subprocess.DEVNULL,
    )
    asked = ["xdotool", "get_num_desktops"]  # which a manager answers
    while subprocess.run(asked, env=environment(DISPLAY=display), capture_output=True).returncode:
        assert manager.poll() is None
        time.sleep(0.1)
    yield display
    manager.terminate()
    manager.wait()


@contextmanager
def played(display: str, folder: Path, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    """The fake world's window, once it is there."""
    player = subprocess.Popen(
        [sys.executable, "-c", PLAY_FAKE, *(str(argument) for argument in arguments)],
        env=environment(DISPLAY=display),
        cwd=folder,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        wait_for(display, lambda picture: (picture[SIZE_PX[1] // 2, SIZE_PX[0] // 4] == WALLPAPER).all())
        yield player
    finally:
        player.kill()
        player.wait()


def test_the_real_window(display: str, tmp_path: Path) -> None:
    record = tmp_path / "play.h5"
    with played(display, tmp_path, "--record", record) as player:
        click(display, 200, 210)
        clicked = wait_for(display, lambda picture: changed(picture, 13, 12))
        assert tuple(clicked[210, 200]) == (0, 0, 0), "the arrow's tip lies at the pointer"
        xdotool(display, "key", "a", "Return", "Escape")
        wait_for(display, lambda picture: changed(picture, 23, 2))
        xdotool(display, "key", "F1")
        wait_for(display, lambda picture: (picture[2, 2] != WALLPAPER).all())
        xdotool(display, "key", "F6")
        other = FakeWorld(SIZE_PX).reset(seed=1).frame_u8[0, 0]
        wait_for(display, lambda picture: (picture[-1, -1] == other).all())
        xdotool(display, "keydown", "ctrl", "keydown", "alt", "key", "q", "keyup", "alt", "keyup", "ctrl")
        said, _ = player.communicate(timeout=PATIENCE_S)
    assert player.returncode == 0
    assert "input to photon p50" in said
    with Session(record) as session:
        events = [event for action in session.actions() for event in action.events]
        assert len(events) == 8, "one click and three keys, each down and up"
        assert tuple(session.frames[-1][383, 40]) != tuple(WALLPAPER)


def test_pause_step_tint_and_rewind_in_the_real_window(display: str, tmp_path: Path) -> None:
    with played(display, tmp_path):
        click(display, 200, 210)
        painted = corner_of(wait_for(display, lambda picture: changed(picture, 13, 12)), 13, 12)
        xdotool(display, "key", "F7")
        wait_for(display, lambda picture: (picture[2, 2] != WALLPAPER).all())  # it says that it is paused
        click(display, 300, 210)
        time.sleep(STILL_S)
        assert not changed(grab(display), 13, 18), "a click in the pause changes nothing"
        xdotool(display, "key", "F8")
        wait_for(display, lambda picture: changed(picture, 13, 18))
        xdotool(display, "key", "F2")
        tinted = (painted.astype(int) + TINT) // 2
        picture = wait_for(display, lambda picture: (corner_of(picture, 13, 18) != painted).any())
        assert np.abs(corner_of(picture, 13, 18) - tinted).max() <= 1
        assert (corner_of(picture, 13, 12) == painted).all(), "a tile that was not painted last has no tint"
        xdotool(display, "key", "F2")
        wait_for(display, lambda picture: (corner_of(picture, 13, 18) == painted).all())
        xdotool(display, "key", "shift+F5", "shift+F5", "shift+F5")
        wait_for(display, lambda picture: not changed(picture, 13, 18))


def test_full_screen_in_the_real_window(managed: str, tmp_path: Path) -> None:
    width, height = 2 * SIZE_PX[0], 2 * SIZE_PX[1]
    left, top = (SCREEN_PX[0] - width) // 2, (SCREEN_PX[1] - height) // 2
    place = (left, top), (width, height)
    with played(managed, tmp_path):
        xdotool(managed, "key", "F11")
        wait_for(managed, lambda picture: (picture[[0, 0, -1, -1], [0, -1, 0, -1]] == WALLPAPER).all(), *place)
        screen = grab(managed, (0, 0), SCREEN_PX)
        assert (screen[top + height :] == screen[-1, -1]).all() and (screen[:, left + width :] == screen[-1, -1]).all()
        xdotool(managed, "mousemove", left + 2 * 200, top + 2 * 210, "click", 1)
        clicked = wait_for(managed, lambda picture: changed(picture[::2, ::2], 13, 12), *place)
        assert tuple(clicked[2 * 210, 2 * 200]) == (0, 0, 0), "the arrow's tip lies at the pointer"
        xdotool(managed, "key", "F11")
        wait_for(managed, lambda picture: (picture[[0, 0, -1, -1], [0, -1, 0, -1]] != WALLPAPER).all(), *place)


def corner_of(picture: NDArray[np.uint8], row: int, column: int) -> NDArray[np.uint8]:
    """The tile's last pixel, which the pointer leaves free."""
    return picture[16 * row + 15, 16 * column + 15]


def changed(picture: NDArray[np.uint8], row: int, column: int) -> bool:
    """The tile is no wallpaper."""
    return bool((corner_of(picture, row, column) != WALLPAPER).any())


def click(display: str, x_px: int, y_px: int) -> None:
    """The left button at a place of the picture."""
    xdotool(display, "mousemove", CORNER_PX[0] + x_px, CORNER_PX[1] + y_px, "click", 1)


def xdotool(display: str, *arguments: object) -> None:
    command = ["xdotool", *(str(argument) for argument in arguments)]
    subprocess.run(command, env=environment(DISPLAY=display), check=True)


def wait_for(
    display: str, condition: Callable[[NDArray[np.uint8]], bool], corner_px: Place = CORNER_PX, size_px: Place = SIZE_PX
) -> NDArray[np.uint8]:
    """The pixels (H, W, 3) of the window, or of another part of the screen, once they fulfil the condition."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition(picture := grab(display, corner_px, size_px)):
        assert time.monotonic() < deadline, "the window does not show it"
        time.sleep(0.05)
    return picture


def grab(display: str, corner_px: Place = CORNER_PX, size_px: Place = SIZE_PX) -> NDArray[np.uint8]:
    """The pixels (H, W, 3) of the window, or of another part of the screen."""
    area = {"left": corner_px[0], "top": corner_px[1], "width": size_px[0], "height": size_px[1]}
    with mss.MSS(display=display) as grabber:
        return np.asarray(grabber.grab(area))[..., 2::-1]
