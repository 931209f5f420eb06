"""The door to terminals of this machine: which read a line without showing it, as programs ask for passwords."""

import os
import termios
from collections.abc import Iterator
from pathlib import Path

from recorder.box import Box
from recorder.doors import Passwords, Window, Windows, active

_PTS = Path("/dev/pts")
_PROC = Path("/proc")
_LFLAG = 3  # of what tcgetattr returns
_MULTIPLEXERS = ("tmux", "screen", "SCREEN")  # show the terminals of their server in windows of any other process


class TerminalPasswords(Passwords):
    """Passwords asked for in the active window, or out of sight in a terminal that it may be showing."""

    def __init__(self, windows: Windows) -> None:
        self._windows = windows

    def asked(self) -> bool:
        return bool(self._look())

    def boxes(self) -> list[Box]:
        return [window.box for window in self._look() if window]

    def close(self) -> None: ...

    def _look(self) -> list[Window | None]:
        """The active window where it asks for a password: None where no window says that it is active, none without."""
        asking = [terminal for terminal in _terminals() if asks_for_password(terminal)]
        if not asking:
            return []
        window = active(self._windows.windows())
        return [window] if any(_shown_by(window, terminal) for terminal in asking) else []


def asks_for_password(terminal: Path) -> bool:
    """Whether a terminal takes whole lines and does not show them; what edits its own line takes single keys."""
    try:
        number = os.open(terminal, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
    except OSError:  # another user's, or gone
        return False
    try:
        flags = termios.tcgetattr(number)[_LFLAG]
    except termios.error:
        return False
    finally:
        os.close(number)
    return bool(flags & termios.ICANON) and not flags & termios.ECHO


def _terminals() -> list[Path]:
    return [path for path in _PTS.iterdir() if path.name.isdigit()] if _PTS.is_dir() else []


def _shown_by(window: Window | None, terminal: Path) -> bool:
    """Whether a window may show a terminal: one of its processes uses it; a window that hides its process may."""
    if window is None or window.process is None:
        return True
    try:
        device = terminal.stat().st_rdev
        used = [_name_and_terminal(process) for process in _descendants(window.process)]
    except OSError:  # something ended while we looked
        return True
    return any(tty == device or name.startswith(_MULTIPLEXERS) for name, tty in used)


def _descendants(process: int) -> Iterator[int]:
    """A process, its children and theirs."""
    yield process
    for task in (_PROC / str(process) / "task").iterdir():
        for child in (task / "children").read_text().split():
            yield from _descendants(int(child))


def _name_and_terminal(process: int) -> tuple[str, int]:
    before, _, after = (_PROC / str(process) / "stat").read_text(errors="replace").rpartition(")")
    return before.partition("(")[2], int(after.split()[4])
