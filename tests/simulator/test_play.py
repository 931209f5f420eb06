"""`play.py` as a person runs it: the help, a missing display, and the real window under Xvfb."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import mss
import numpy as np
import pytest
from numpy.typing import NDArray

from recorder.session import Session
from simulator.fake_world import FakeWorld

ROOT = Path(__file__).parents[2]
PLAY_FAKE = """
import sys
from simulator.fake_world import FakeWorld
from simulator.player import Loaded, main
main(sys.argv[1:], lambda folder, device, steps: Loaded(world=FakeWorld((512, 384)), about="rules"))
"""
SCREEN_PX = (1200, 900)
SIZE_PX = (512, 384)
PATIENCE_S = 20.0


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
    read_fd, write_fd = os.pipe()
    screen = f"{SCREEN_PX[0]}x{SCREEN_PX[1]}x24"
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write_fd), "-screen", "0", screen, "-nolisten", "tcp"],
        pass_fds=[write_fd],
        stderr=subprocess.DEVNULL,
    )
    os.close(write_fd)
    with os.fdopen(read_fd) as pipe:
        yield f":{pipe.readline().strip()}"
    server.terminate()
    server.wait()


def test_the_real_window(display: str, tmp_path: Path) -> None:
    record = tmp_path / "play.h5"
    player = subprocess.Popen(
        [sys.executable, "-c", PLAY_FAKE, "--record", str(record)],
        env=environment(DISPLAY=display),
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
    )
    wallpaper = FakeWorld(SIZE_PX).reset(seed=0).frame_u8[0, 0]
    corner = (SCREEN_PX[0] - SIZE_PX[0]) // 2, (SCREEN_PX[1] - SIZE_PX[1]) // 2
    try:
        wait_for(display, lambda picture: (picture[-1, -1] == wallpaper).all(), corner)
        xdotool(display, "mousemove", corner[0] + 200, corner[1] + 210, "click", 1)
        clicked = wait_for(display, lambda picture: changed(picture, wallpaper, 13, 12), corner)
        assert tuple(clicked[210, 200]) == (0, 0, 0), "the arrow's tip lies at the pointer"
        xdotool(display, "key", "a", "Return", "Escape")
        wait_for(display, lambda picture: changed(picture, wallpaper, 23, 2), corner)
        xdotool(display, "key", "F1")
        wait_for(display, lambda picture: (picture[2, 2] != wallpaper).all(), corner)
        xdotool(display, "key", "F6")
        other = FakeWorld(SIZE_PX).reset(seed=1).frame_u8[0, 0]
        wait_for(display, lambda picture: (picture[-1, -1] == other).all(), corner)
        xdotool(display, "keydown", "ctrl", "keydown", "alt", "key", "q", "keyup", "alt", "keyup", "ctrl")
        said, _ = player.communicate(timeout=PATIENCE_S)
    finally:
        player.kill()
        player.wait()
    assert player.returncode == 0
    assert "input to photon p50" in said
    with Session(record) as session:
        events = [event for action in session.actions() for event in action.events]
        assert len(events) == 8, "one click and three keys, each down and up"
        assert tuple(session.frames[-1][383, 40]) != tuple(wallpaper)


def changed(picture: NDArray[np.uint8], wallpaper: NDArray[np.uint8], row: int, column: int) -> bool:
    """The tile's last pixel, which the pointer leaves free, is no wallpaper."""
    return bool((picture[16 * row + 15, 16 * column + 15] != wallpaper).any())


def xdotool(display: str, *arguments: object) -> None:
    command = ["xdotool", *(str(argument) for argument in arguments)]
    subprocess.run(command, env=environment(DISPLAY=display), check=True)


def wait_for(
    display: str, condition: Callable[[NDArray[np.uint8]], bool], corner: tuple[int, int]
) -> NDArray[np.uint8]:
    """The window's pixels (H, W, 3) once they fulfil the condition."""
    area = {"left": corner[0], "top": corner[1], "width": SIZE_PX[0], "height": SIZE_PX[1]}
    deadline = time.monotonic() + PATIENCE_S
    with mss.MSS(display=display) as grabber:
        while True:
            picture = np.asarray(grabber.grab(area))[..., 2::-1]
            if condition(picture):
                return picture
            assert time.monotonic() < deadline, "the window does not show it"
            time.sleep(0.05)
