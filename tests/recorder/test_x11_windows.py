"""A real window of a hidden application, under a real window manager, is black in the frame."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from recorder.privacy import Privacy, PrivateScreen
from tests.recorder.test_x11 import server

__all__ = ["server"]
x11 = pytest.importorskip("recorder.doors.x11", reason="python-xlib or mss is missing")
pytestmark = pytest.mark.skipif(
    any(shutil.which(name) is None for name in ("Xvfb", "xfwm4", "dbus-run-session")),
    reason="Xvfb, xfwm4 or D-Bus is missing: apt-get install xvfb xfwm4 dbus-daemon",
)
WHITE = 0xFFFFFF


@pytest.fixture
def managed(server, tmp_path: Path) -> Iterator[str]:
    display, _ = server
    environment = {"DISPLAY": display, "HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "NO_AT_BRIDGE": "1"}
    command = ["dbus-run-session", "--", "xfwm4"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL, start_new_session=True) as manager:
        yield display
        os.killpg(manager.pid, signal.SIGTERM)  # with the services that its bus started


def test_a_hidden_application_is_black_and_others_are_not(managed: str) -> None:
    from recorder.doors.x11_windows import X11Windows

    display = x11.open_display(managed)
    root = display.screen().root
    window = root.create_window(40, 60, 100, 50, 0, display.screen().root_depth, background_pixel=WHITE)
    window.set_wm_class("mail", "Mail")
    give_up = time.monotonic() + 60
    seen = X11Windows(managed)
    while not seen.windows() and time.monotonic() < give_up:
        window.map()
        display.sync()
        time.sleep(0.1)
    (found,) = seen.windows()
    assert found.app == "mail" and found.box.width_px >= 100
    time.sleep(0.3)  # the window manager draws its frame
    screen = x11.X11Screen(managed)
    box = found.box.slices
    assert (screen.grab()[box] == 255).mean() > 0.4
    assert not PrivateScreen(screen, Privacy(hide=("mail",)), seen).grab()[box].any()
    assert (PrivateScreen(screen, Privacy(only=("MAIL",)), seen).grab()[box] == 255).mean() > 0.4
    assert not PrivateScreen(screen, Privacy(only=("editor",)), seen).grab().any()
    seen.close()
    screen.close()


def test_watched_windows_are_those_that_are_there(managed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from Xlib import X, Xutil
    from Xlib.protocol import event

    from recorder.doors.x11_watched import X11WatchedWindows
    from recorder.doors.x11_windows import X11Windows

    display = x11.open_display(managed)
    root, depth = display.screen().root, display.screen().root_depth
    plain, watched = X11Windows(managed), X11WatchedWindows(managed)
    window = root.create_window(40, 60, 100, 50, 0, depth, background_pixel=WHITE)
    menu = root.create_window(5, 6, 70, 80, 0, depth, override_redirect=True)

    def told(door: X11Windows) -> tuple[object, ...]:
        return door.windows(), door.popups(), door.place(window.id)

    def settled() -> tuple[object, ...]:
        """What both doors say once the window manager has done its part."""
        display.sync()
        give_up = time.monotonic() + 30
        while told(plain) != told(watched) or told(plain) != (time.sleep(0.5), told(plain))[1]:
            assert time.monotonic() < give_up
        return told(plain)

    def minimise() -> None:
        wish = (32, [Xutil.IconicState, 0, 0, 0, 0])
        told = event.ClientMessage(window=window, client_type=display.intern_atom("WM_CHANGE_STATE"), data=wish)
        root.send_event(told, event_mask=X.SubstructureRedirectMask | X.SubstructureNotifyMask)

    steps = [
        lambda: window.set_wm_class("mail", "Mail"),
        window.map,
        lambda: window.configure(x=70, y=20),
        lambda: window.configure(width=120),
        lambda: window.set_wm_class("mail", "Other"),
        menu.map,
        lambda: menu.configure(x=30),
        menu.unmap,
        minimise,
        window.map,
    ]
    seen = []
    for step in steps:
        step()
        seen.append(settled())
    assert all(one != other for one, other in pairwise(seen)), "each step shows"
    looks = []
    monkeypatch.setattr(X11Windows, "windows", lambda self: looks.append(self))
    assert watched.windows() == seen[-1][0] and not looks, "nothing happened, and nobody was asked"
    monkeypatch.undo()
    window.destroy()
    display.sync()
    give_up = time.monotonic() + 30
    while watched.windows() and time.monotonic() < give_up:
        time.sleep(0.1)
    assert watched.windows() == plain.windows() == []
    with pytest.raises(LookupError):
        watched.place(window.id)
    for door in (plain, watched, display):
        door.close()
