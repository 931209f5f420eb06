"""A window flashes on a key press: the first frame that shows it has the press in its action, or the one before has."""

import shutil
import threading
import time
from contextlib import suppress
from pathlib import Path
from random import Random

import numpy as np
import pytest

from recorder.actions import KEY_INDEX, EventKind
from recorder.capture import CaptureStats, capture
from recorder.clock import MonotonicClock
from recorder.session import Session
from recorder.verify import damage
from recorder.writer import SessionWriter
from tests.recorder.test_x11 import SIZE_PX, server

__all__ = ["server"]
x11 = pytest.importorskip("recorder.doors.x11", reason="python-xlib or mss is missing")
X, error = (pytest.importorskip(f"Xlib.{name}", reason="python-xlib is missing") for name in ("X", "error"))
pytestmark = pytest.mark.skipif(shutil.which("Xvfb") is None, reason="Xvfb is missing: apt-get install xvfb")
DARK, WHITE = 0x204060, 0xFFFFFF
FLASHES, FPS = 6, 20


class Flash:
    """Covers the screen, is white while a key is held, and knows when each flash was drawn."""

    def __init__(self, display: str) -> None:
        self._display = x11.open_display(display)
        screen = self._display.screen()
        events = X.KeyPressMask | X.KeyReleaseMask | X.ExposureMask
        self._window = screen.root.create_window(
            0, 0, *SIZE_PX, 0, screen.root_depth, background_pixel=DARK, event_mask=events
        )
        self._window.map()
        self._display.sync()
        while self._display.next_event().type != X.Expose:
            pass
        self._window.set_input_focus(X.RevertToPointerRoot, X.CurrentTime)
        self._display.sync()
        self.drawn_ns: list[int] = []
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        with suppress(error.ConnectionClosedError):  # the server goes when the test has ended
            while True:
                event = self._display.next_event()
                if event.type in (X.KeyPress, X.KeyRelease):
                    self._draw(pressed=event.type == X.KeyPress)

    def _draw(self, *, pressed: bool) -> None:
        self._window.change_attributes(background_pixel=WHITE if pressed else DARK)
        self._window.clear_area()
        self._display.sync()
        if pressed:
            self.drawn_ns.append(time.monotonic_ns())


class User:
    """Presses and releases a key between frames, at any moment, in a thread of its own."""

    def __init__(self, display: str) -> None:
        self._injector, self._random = x11.X11Injector(display), Random(0)
        self._frame = threading.Condition()
        self._frames = 0
        self._thread = threading.Thread(target=self._run, daemon=True)

    def see(self, stats: CaptureStats) -> bool:
        """The `stop` of a recording: whether all is done."""
        with self._frame:
            self._frames = stats.frames
            self._frame.notify_all()
        if not self._thread.is_alive() and not self._frames:
            self._thread.start()
        return self._frames > 0 and not self._thread.is_alive()

    def _run(self) -> None:
        for _ in range(FLASHES):
            for down in (True, False):
                self._wait_for_frames(4)
                time.sleep(self._random.uniform(0, 1 / FPS))
                self._injector.key(KEY_INDEX["KeyF"], down)
        self._wait_for_frames(4)

    def _wait_for_frames(self, count: int) -> None:
        with self._frame:
            until = self._frames + count
            assert self._frame.wait_for(lambda: self._frames >= until, timeout=60)


def test_a_flash_is_in_the_frame_of_its_key_press(server, tmp_path: Path) -> None:
    display, _ = server
    x11.stop_auto_repeat(display)
    flash, user, path = Flash(display), User(display), tmp_path / "a.h5"
    doors = (x11.X11Screen(display), x11.X11Pointer(display), x11.X11Input(display))
    injector = x11.X11Injector(display)
    while not doors[2].drain():  # the first motion tells that recording has begun
        injector.move(5, 6)
        time.sleep(0.05)
    with SessionWriter(path, size_px=SIZE_PX, fps=FPS) as writer:
        capture(writer, *doors, MonotonicClock(), fps=FPS, stop=user.see)
    assert damage(path) == []
    with Session(path) as session:
        bright = session.frames[:].mean(axis=(1, 2, 3)) > 200
        pressed_ns = [event.t_ns for event in session.events() if event.kind == EventKind.KEY_DOWN]
        held, t_ns = np.array([len(action.keys) > 0 for action in session.actions()]), session.t_ns
    onsets, causes = (np.flatnonzero(np.diff(shown.astype(int)) == 1) + 1 for shown in (bright, held))
    assert len(onsets) == len(causes) == len(pressed_ns) == len(flash.drawn_ns) == FLASHES
    for onset, at_ns, drawn_ns in zip(onsets, pressed_ns, flash.drawn_ns, strict=True):
        assert t_ns[onset] >= at_ns, "no frame shows what was not caused yet"
        assert onset <= np.searchsorted(t_ns, drawn_ns) + 1, "a frame that was begun after the flash shows it"
    assert (onsets >= causes).all() and np.median(onsets - causes) <= 1  # now and then a busy machine draws late
    for door in (*doors, injector):
        door.close()
