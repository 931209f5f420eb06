"""A private XFCE desktop under Xvfb: its own display, D-Bus, home folder and ordinary user.

There is no session manager, so nobody can log out; the clock is absent and the caret does not blink, so that what
changes on the screen has a cause. The same seed gives the same start.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import ExitStack, closing
from pathlib import Path
from random import Random
from types import TracebackType

import numpy as np

from recorder.doors import x11
from recorder.explorer import dotfiles
from recorder.explorer.eye import Eye
from recorder.explorer.policy import POLICY, Policy

PACKAGES = {
    "Xvfb": "xvfb",
    "dbus-daemon": "dbus-daemon",
    "xfwm4": "xfwm4",
    "xfdesktop": "xfdesktop4",
    "xfce4-panel": "xfce4-panel",
    "xfsettingsd": "xfce4-settings",
    "xfce4-terminal": "xfce4-terminal",
    "thunar": "thunar",
    "mousepad": "mousepad",
    "galculator": "galculator",
    "xfconf-query": "xfconf",
}
SUPPORT_PACKAGES = ("adwaita-icon-theme", "gnome-themes-extra", "fonts-dejavu-core")
SETTINGS = ("xfsettingsd", "--no-daemon")
DESKTOP = (("xfwm4",), ("xfce4-panel", "--disable-wm-check"), ("xfdesktop",))
START_TIMEOUT_S = 60.0
POLL_S = 0.2
STILL_S = 1.5  # how long nothing may have changed before a session begins


def missing_packages() -> list[str]:
    """Debian packages whose programs are not on this machine."""
    return [package for program, package in PACKAGES.items() if shutil.which(program) is None]


class Sandbox:
    """Context manager: a running desktop at `display`.

    Raises ValueError, with the apt-get line, where programs are missing, and where the desktop does not come up.
    """

    def __init__(self, *, seed: int, size_px: tuple[int, int], policy: Policy = POLICY) -> None:
        missing = missing_packages()
        if missing:
            wanted = " ".join([*missing, *SUPPORT_PACKAGES])
            raise ValueError(f"the sandbox lacks programs: apt-get install --no-install-recommends {wanted}")
        self.size_px = size_px
        self.policy = policy
        self.appearance = policy.draw(Random(seed))
        self.display = ""
        self._stack = ExitStack()
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> "Sandbox":
        try:
            self._start()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def launch(self, *command: str) -> None:
        """Start a program on the desktop."""
        self._processes.append(self._popen(*command))

    def run(self, *command: str) -> None:
        """Run a program of the desktop to its end; raises ValueError where it fails."""
        process = self._popen(*command)
        try:
            failed = process.wait(timeout=START_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            failed = process.wait()
        if failed:
            raise ValueError(f"'{' '.join(command)}' failed in the sandbox; is the machine overloaded?")

    def _popen(self, *command: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command,
            env=self._environment,
            cwd=self._environment["HOME"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            user=self._user,
            group=self._group,
        )

    def _start(self) -> None:
        root = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="dreamdesk-")))
        home = root / "alex"
        dotfiles.write_home(home, self.appearance, self.policy.launchers)
        self._user, self._group = _ordinary_user()
        if self._user is not None and self._group is not None:
            _hand_over(root, self._user, self._group)
        self.display = self._start_server()
        self._environment = _environment(home, self.display)
        self._environment["DBUS_SESSION_BUS_ADDRESS"] = self._start_bus()
        with closing(x11.X11Screen(self.display)) as screen, closing(Eye(self.display)) as eye:
            self._start_desktop(screen, eye)

    def _start_server(self) -> str:
        read_fd, write_fd = os.pipe()
        width, height = self.size_px
        server = subprocess.Popen(
            [
                "Xvfb",
                "-displayfd",
                str(write_fd),
                "-screen",
                "0",
                f"{width}x{height}x24",
                "-nolisten",
                "tcp",
                "-noreset",
            ],
            pass_fds=[write_fd],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._processes.append(server)
        os.close(write_fd)
        with os.fdopen(read_fd) as pipe:
            number = pipe.readline().strip()
        if not number:
            raise ValueError("Xvfb did not start: run it by hand to see why")
        return f":{number}"

    def _start_bus(self) -> str:
        bus = subprocess.Popen(
            ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1"],
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            user=self._user,
            group=self._group,
        )
        self._processes.append(bus)
        assert bus.stdout is not None
        return bus.stdout.readline().decode().strip()

    def _start_desktop(self, screen: x11.X11Screen, eye: Eye) -> None:
        """Until every part has put up its windows, in the right theme, and the screen stands still."""
        deadline_s = time.monotonic() + START_TIMEOUT_S
        self.launch(*SETTINGS)
        while not eye.settings_are_up():
            _pause_until(deadline_s)
        for command in DESKTOP:
            self.launch(*command)
        last, changed_s = screen.grab(), time.monotonic()
        while time.monotonic() - changed_s < STILL_S or not eye.desktop_is_up():
            _pause_until(deadline_s)
            now = screen.grab()
            painted = now[self.size_px[1] // 2, self.size_px[0] // 2].any()
            if not painted or not np.array_equal(now, last):
                changed_s = time.monotonic()
            last = now
        x11.stop_auto_repeat(self.display)

    def _stop(self) -> None:
        for process in reversed(self._processes):
            process.send_signal(signal.SIGTERM)
        for process in reversed(self._processes):
            try:
                process.wait(timeout=2)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._processes.clear()
        self._stack.close()


def _pause_until(deadline_s: float) -> None:
    """Wait a moment; raises ValueError after the deadline."""
    if time.monotonic() > deadline_s:
        raise ValueError(f"the XFCE desktop did not come up within {START_TIMEOUT_S:g} s; is the machine overloaded?")
    time.sleep(POLL_S)


def _ordinary_user() -> tuple[int | None, int | None]:
    """User and group for the desktop: programs warn who runs them as root, and the model would learn the warning."""
    if os.geteuid() != 0:
        return None, None
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def _hand_over(root: Path, user: int, group: int) -> None:
    for path in [root, *root.rglob("*")]:
        os.chown(path, user, group)


def _environment(home: Path, display: str) -> dict[str, str]:
    runtime = home.parent / "run"
    return {
        "DISPLAY": display,
        "HOME": str(home),
        "USER": "alex",
        "LOGNAME": "alex",
        "SHELL": "/bin/bash",
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "XDG_RUNTIME_DIR": str(runtime),
        "XDG_CURRENT_DESKTOP": "XFCE",
        "GSETTINGS_BACKEND": "keyfile",
        "NO_AT_BRIDGE": "1",
        "GTK_OVERLAY_SCROLLING": "0",
        "GIO_USE_VFS": "local",
        "LIBGL_ALWAYS_SOFTWARE": "1",
    }
