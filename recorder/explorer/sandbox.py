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
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random
from types import TracebackType

from recorder.doors import x11
from recorder.explorer import dotfiles

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
}
SUPPORT_PACKAGES = ("adwaita-icon-theme", "gnome-themes-extra", "fonts-dejavu-core")
DESKTOP = (("xfsettingsd", "--no-daemon"), ("xfwm4",), ("xfce4-panel", "--disable-wm-check"), ("xfdesktop",))
START_TIMEOUT_S = 20.0
POLL_S = 0.05


@dataclass(frozen=True, kw_only=True)
class Appearance:
    """What the desktop looks like; drawn from the seed."""

    wallpaper: str

    @classmethod
    def draw(cls, random: Random) -> "Appearance":
        return cls(wallpaper=random.choice(sorted(dotfiles.WALLPAPERS)))

    def sentence(self) -> str:
        """What a prompt says of it."""
        return f"light theme, {self.wallpaper} wallpaper"


def missing_packages() -> list[str]:
    """Debian packages whose programs are not on this machine."""
    return [package for program, package in PACKAGES.items() if shutil.which(program) is None]


class Sandbox:
    """Context manager: a running desktop at `display`.

    Raises ValueError, with the apt-get line, where programs are missing, and where the desktop does not come up.
    """

    def __init__(self, *, seed: int, size_px: tuple[int, int]) -> None:
        missing = missing_packages()
        if missing:
            wanted = " ".join([*missing, *SUPPORT_PACKAGES])
            raise ValueError(f"the sandbox lacks programs: apt-get install --no-install-recommends {wanted}")
        self.size_px = size_px
        self.appearance = Appearance.draw(Random(seed))
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
        """Start a program on the desktop before recording begins."""
        self._processes.append(
            subprocess.Popen(
                command,
                env=self._environment,
                cwd=self._environment["HOME"],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                user=self._user,
                group=self._group,
            )
        )

    def _start(self) -> None:
        root = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="dreamdesk-")))
        home = root / "alex"
        dotfiles.write_home(home, wallpaper=self.appearance.wallpaper)
        self._user, self._group = _ordinary_user()
        if self._user is not None and self._group is not None:
            _hand_over(root, self._user, self._group)
        self.display = self._start_server()
        self._environment = _environment(home, self.display)
        self._environment["DBUS_SESSION_BUS_ADDRESS"] = self._start_bus()
        for command in DESKTOP:
            self.launch(*command)
        self._wait_for_desktop()

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

    def _wait_for_desktop(self) -> None:
        """Until window manager, panel and desktop have put up their windows and the screen stands still."""
        deadline = time.monotonic() + START_TIMEOUT_S
        screen = x11.X11Screen(self.display)
        try:
            still, last = 0, None
            while still < 1.5 / POLL_S:
                if time.monotonic() > deadline:
                    raise ValueError("the XFCE desktop did not come up within 20 s; is the machine overloaded?")
                time.sleep(POLL_S)
                now = screen.grab().tobytes()
                still = still + 1 if now == last and len(set(now[:: 3 * 97])) > 3 else 0
                last = now
        finally:
            screen.close()

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
