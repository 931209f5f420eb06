"""Passwords never leave the doors: terminals that ask for one, and fields that programs call one (AT-SPI)."""

import os
import pty
import shutil
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from recorder.actions import KEY_INDEX, Event, EventKind
from recorder.box import Box
from recorder.clock import FakeClock
from recorder.doors import Window
from recorder.doors.fake import FakeInput, FakePasswords, FakeScreen, FakeWindows
from recorder.privacy import BLIND_NS, Privacy, PrivateInput, PrivateScreen
from tests.recorder.test_x11 import server

__all__ = ["server"]
terminal = pytest.importorskip("recorder.doors.terminal", reason="no terminals of this kind on this platform")
FIELD = Box(x_px=10, y_px=20, width_px=50, height_px=12)

# A window with an ordinary entry and a password field, by GTK alone; the argument names the one with the focus.
GTK_LOGIN = """
import ctypes, sys
gtk = ctypes.CDLL("libgtk-3.so.0")
for name in ("gtk_window_new", "gtk_box_new", "gtk_entry_new"):
    getattr(gtk, name).restype = ctypes.c_void_p
gtk.gtk_init(None, None)
window, box = (ctypes.c_void_p(made) for made in (gtk.gtk_window_new(0), gtk.gtk_box_new(1, 9)))
entries = [ctypes.c_void_p(gtk.gtk_entry_new()) for _ in range(2)]
gtk.gtk_entry_set_visibility(entries[1], 0)
gtk.gtk_container_add(window, box)
for entry in entries:
    gtk.gtk_box_pack_start(box, entry, 0, 0, 0)
gtk.gtk_widget_show_all(window)
gtk.gtk_widget_grab_focus(entries[int(sys.argv[1])])
gtk.gtk_main()
"""


def test_the_field_is_black_and_its_keys_are_not_kept() -> None:
    clock, passwords = FakeClock(), FakePasswords()
    keys = [Event(t_ns=t_ns, kind=EventKind.KEY_DOWN, code=KEY_INDEX["KeyA"] + t_ns) for t_ns in (1, 11, 21, 31)]
    screen = PrivateScreen(FakeScreen(clock), Privacy(), None, [passwords])
    inputs = PrivateInput(FakeInput(clock, keys), Privacy(), None, [passwords])
    assert screen.grab().any(axis=2).all()
    kept = []
    for fields in ([], [FIELD], [], []):
        passwords.fields = fields
        clock.advance(10)
        kept += inputs.drain()
        assert screen.grab()[FIELD.slices].any() != bool(fields)
    assert [event.t_ns for event in kept] == [1, 31]  # the field may have come or gone between two looks


def test_no_key_is_kept_of_a_time_in_which_nobody_looked() -> None:
    clock = FakeClock()
    keys = [
        Event(t_ns=t_ns, kind=EventKind.KEY_DOWN, code=place) for place, t_ns in enumerate((1, BLIND_NS, 2_000_000_002))
    ]
    inputs = PrivateInput(FakeInput(clock, keys), Privacy(), None, [FakePasswords()], clock)
    kept = []
    for step_ns in (2, BLIND_NS + 1, BLIND_NS):
        clock.advance(step_ns)
        kept += inputs.drain()
    assert [event.code for event in kept] == [0, 2]


def test_a_field_that_opens_during_a_grab_is_black() -> None:
    passwords = FakePasswords()

    class Opening(FakeScreen):
        def grab(self):
            passwords.fields = [FIELD]
            return super().grab()

    assert not PrivateScreen(Opening(FakeClock()), Privacy(), None, [passwords]).grab()[FIELD.slices].any()


@pytest.mark.parametrize(
    ("echo", "lines", "asks"), [(True, True, False), (False, True, True), (False, False, False), (True, False, False)]
)
def test_a_terminal_that_hides_whole_lines_asks_for_a_password(echo: bool, lines: bool, asks: bool) -> None:
    master, slave = pty.openpty()
    flags = termios.tcgetattr(slave)
    flags[3] = (flags[3] & ~(termios.ECHO | termios.ICANON)) | echo * termios.ECHO | lines * termios.ICANON
    termios.tcsetattr(slave, termios.TCSANOW, flags)
    assert terminal.asks_for_password(Path(os.ttyname(slave))) == asks
    os.close(slave)
    os.close(master)


def _window(process: int | None) -> Window:
    return Window(
        number=1, app="terminal", box=FIELD, dialog=False, hidden=False, maximised=False, active=True, process=process
    )


def test_the_window_whose_terminal_asks_is_private_and_others_are_not() -> None:
    getpass = [sys.executable, "-c", "import getpass; getpass.getpass()"]
    child, master = pty.fork()
    if not child:
        os.execv(getpass[0], getpass)
    try:
        windows = FakeWindows([_window(os.getpid())])
        passwords = terminal.TerminalPasswords(windows)
        wait_until(passwords.asked)
        assert passwords.boxes() == [FIELD]
        windows.shown = [_window(None)]
        assert passwords.asked()
        with subprocess.Popen(["sleep", "60"]) as other, ended(other):
            windows.shown = [_window(other.pid)]
            assert not passwords.asked() and passwords.boxes() == []
        windows.shown = [_window(os.getpid())]
        os.write(master, b"secret\n")
        wait_until(lambda: not passwords.asked())
    finally:
        os.close(master)
        os.waitpid(child, 0)


@contextmanager
def ended(program: subprocess.Popen[bytes]) -> Iterator[None]:
    """A program that is told to end whatever happens inside."""
    try:
        yield
    finally:
        program.terminate()


def wait_until(holds: Callable[[], bool]) -> None:
    give_up = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < give_up
        time.sleep(0.05)


@pytest.fixture
def accessible(server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """The environment of a display with an accessibility bus."""
    environment = {"DISPLAY": server[0], "HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "GTK_A11Y": "atspi"}
    command = ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as bus:
        assert bus.stdout is not None
        address = bus.stdout.readline().decode().strip()
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        monkeypatch.setenv("DISPLAY", server[0])
        with ended(bus):
            yield environment | {"DBUS_SESSION_BUS_ADDRESS": address}


@pytest.mark.skipif(
    any(shutil.which(name) is None for name in ("Xvfb", "dbus-daemon"))
    or not Path("/usr/libexec/at-spi-bus-launcher").exists(),
    reason="Xvfb, D-Bus or AT-SPI is missing: apt-get install xvfb dbus-daemon at-spi2-core",
)
@pytest.mark.parametrize("begun", [False, True])
def test_a_real_password_field_is_recognised(accessible: dict[str, str], begun: bool) -> None:
    """Whether it was there before the recorder or came after it; an ordinary entry is none."""
    at_spi = pytest.importorskip("recorder.doors.at_spi", reason="jeepney is missing")
    login = [sys.executable, "-c", GTK_LOGIN]
    x11 = pytest.importorskip("recorder.doors.x11")
    injector = x11.X11Injector(accessible["DISPLAY"])
    injector.move(20, 20)  # without a window manager the keys go where the pointer is
    with subprocess.Popen([*login, "1"], env=accessible, stderr=subprocess.DEVNULL) as program, ended(program):
        time.sleep(2 if begun else 0)
        passwords = at_spi.AtSpiPasswords()
        wait_until(passwords.asked)
        (field,) = passwords.boxes()
        assert field.width_px > 50 and field.height_px > 10
        injector.move(field.x_px + 30, field.y_px - 25)  # into the entry above it
        injector.button(0, True)
        injector.button(0, False)
        wait_until(lambda: not passwords.asked())
        assert passwords.boxes() == [field]
    wait_until(lambda: not passwords.boxes())
    passwords.close()
