"""A scaled recording: pixels are means, pointer and events lie at the same place of the smaller screen."""

from pathlib import Path

import numpy as np
import pytest

from recorder.actions import Event, EventKind
from recorder.clock import FakeClock
from recorder.doors.fake import FakeInput, FakePointer, FakeScreen
from recorder.pointer import PointerShape, PointerState
from recorder.scaled import ScaledInput, ScaledPointer, ScaledScreen, parse_size
from recorder.session import Session
from tests.recorder.sessions import recorder


class Chessboard(FakeScreen):
    """One pixel black, the next white."""

    def grab(self) -> np.ndarray:
        width, height = self.size_px
        board = np.indices((height, width)).sum(axis=0) % 2 * 255
        return np.repeat(board[..., None], 3, axis=2).astype(np.uint8)


def test_each_pixel_is_the_mean_of_those_it_covers() -> None:
    frame = ScaledScreen(Chessboard(FakeClock()), (64, 48)).grab()
    assert frame.shape == (48, 64, 3)
    assert set(np.unique(frame)) <= {127, 128}


def test_pointer_and_events_lie_at_the_same_place() -> None:
    class Still(FakePointer):
        def read(self) -> PointerState:
            shape = PointerShape(rgba=np.full((8, 6, 4), 255, np.uint8), hot_x_px=4, hot_y_px=6, name="hand")
            return PointerState(x_px=127, y_px=50, shape=shape)

    state = ScaledPointer(Still(FakeClock()), (128, 96), (64, 48)).read()
    assert (state.x_px, state.y_px) == (63, 25)
    assert state.shape is not None and state.shape.rgba.shape == (4, 3, 4)
    assert (state.shape.hot_x_px, state.shape.hot_y_px, state.shape.name) == (2, 3, "hand")
    click = Event(t_ns=0, kind=EventKind.BUTTON_DOWN, x_px=127, y_px=50)
    (told,) = ScaledInput(FakeInput(FakeClock(), [click]), (128, 96), (64, 48)).drain()
    assert (told.x_px, told.y_px, told.kind) == (63, 25, EventKind.BUTTON_DOWN)


@pytest.mark.parametrize("text", ["512", "0x9", "axb", "9x9x9"])
def test_a_wrong_size_is_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"write it as WIDTHxHEIGHT|above 0"):
        parse_size(text)


def test_record_scales_what_is_left_of_the_screen(tmp_path: Path) -> None:
    fake = ("--display", "fake", "--seconds", 0.3)
    done = recorder("record", tmp_path / "a.h5", *fake, "--region", "0,0,64,64", "--scale-to", "32x16")
    assert done.returncode == 0, done.stderr
    with Session(tmp_path / "a.h5") as session:
        assert session.size_px == (32, 16)
    done = recorder("record", tmp_path / "b.h5", *fake, "--scale-to", "256x96")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "128x96; name a size that is not larger" in done.stderr and not list(tmp_path.glob("b.*"))


def test_wayland_is_refused_in_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_SESSION_TYPE", "wayland")
    done = recorder("record", tmp_path / "a.h5")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "Wayland" in done.stderr and "X11 session" in done.stderr
