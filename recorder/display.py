"""A display's name in, its doors out; each platform's libraries are imported when its doors are opened."""

import os
import sys

from recorder.box import Box
from recorder.clock import MonotonicClock
from recorder.doors import Input, Monitors, Passwords, Pointer, Raw, Screen, Switches, Windows
from recorder.doors.fake import FakeInput, FakeMonitors, FakePointer, FakeRaw, FakeScreen, FakeSwitches, FakeWindows
from recorder.states import Keyboard

FAKE_DISPLAY = "fake"
_DESKTOPS = ("win32", "darwin")  # whose doors are in `doors.desktop`


def open_passwords(display: str | None, windows: Windows) -> list[Passwords]:
    """What tells of passwords on a display whose other doors could be opened; says so where it can't."""
    if display == FAKE_DISPLAY:
        return []
    if sys.platform in _DESKTOPS:
        print("passwords are not recognised on this platform and will be recorded", file=sys.stderr)
        return []
    from recorder.doors.terminal import TerminalPasswords

    try:
        from recorder.doors.at_spi import AtSpiPasswords

        return [TerminalPasswords(windows), AtSpiPasswords()]
    except (ImportError, ValueError) as error:
        print(f"password fields of windows are not recognised and will be recorded: {error}", file=sys.stderr)
        return [TerminalPasswords(windows)]


def open_windows(display: str | None) -> Windows:
    """The windows of a display whose other doors could be opened."""
    if display == FAKE_DISPLAY:
        return FakeWindows()
    if sys.platform in _DESKTOPS:
        from recorder.doors.desktop import UnseenWindows

        return UnseenWindows()
    from recorder.doors.x11_watched import X11WatchedWindows

    return X11WatchedWindows(display)


def open_monitors(display: str | None) -> Monitors:
    """The monitors of a display whose other doors could be opened."""
    if display == FAKE_DISPLAY:
        return FakeMonitors({"fake": Box(x_px=0, y_px=0, width_px=128, height_px=96)})
    if sys.platform in _DESKTOPS:
        raise ValueError("the monitors of this platform are not told apart yet; use --region")
    from recorder.doors.x11_monitors import X11Monitors

    return X11Monitors(display)


def open_switches(display: str | None) -> Switches:
    """The keyboard's switches on a display whose other doors could be opened."""
    if display == FAKE_DISPLAY or sys.platform in _DESKTOPS:
        return FakeSwitches(Keyboard())
    from recorder.doors.x11 import X11Switches

    return X11Switches(display)


def open_raw(display: str | None) -> Raw:
    """What mice report on a display whose other doors could be opened; says so where that is not to be had."""
    if display == FAKE_DISPLAY:
        return FakeRaw(MonotonicClock())
    if sys.platform in _DESKTOPS:
        print("relative motion and smooth scrolling are not recorded on this platform", file=sys.stderr)
        return FakeRaw(MonotonicClock())
    from recorder.doors.x11_raw import X11Raw

    try:
        return X11Raw(display)
    except ValueError as error:
        print(f"relative motion and smooth scrolling are not recorded: {error}", file=sys.stderr)
        return FakeRaw(MonotonicClock())


def open_doors(display: str | None) -> tuple[Screen, Pointer, Input]:
    """Screen, pointer and input of a display.

    Raises ValueError, with the remedy, where it is not there or this platform has no door.
    """
    if display == FAKE_DISPLAY:
        clock = MonotonicClock()
        return FakeScreen(clock), FakePointer(clock), FakeInput(clock)
    if sys.platform in _DESKTOPS:
        return _desktop_doors()
    if display is None and os.environ.get("XDG_SESSION_TYPE") == "wayland":
        raise ValueError(
            "this is a Wayland session, which shows no program the screen and the input of others; log in to an X11 "
            "session, or name an X11 display with --display"
        )
    try:
        from recorder.doors import x11
    except ImportError as error:
        raise ValueError(f"no door to this platform's screen ({error}); record on Linux with X11") from error
    return x11.X11Screen(display), x11.X11Pointer(display), x11.X11Input(display)


def _desktop_doors() -> tuple[Screen, Pointer, Input]:
    try:
        from recorder.doors.desktop import DesktopInput, DesktopPointer, DesktopScreen
    except ImportError as error:
        raise ValueError(f"a library of this platform's doors is missing ({error}); install dreamdesk again") from error
    screen = DesktopScreen()
    return screen, DesktopPointer(screen.corner_px), DesktopInput(screen.corner_px)
