"""A line in; what is in it that no policy may do, because it ends or damages the sandbox, out."""

import re
from typing import NamedTuple


class Forbidden(NamedTuple):
    """`commands` are whole words of a line, `targets` parts of it; `chords` are keys that are held together."""

    commands: tuple[str, ...]
    targets: tuple[str, ...]
    chords: tuple[frozenset[str], ...]

    def found_in(self, line: str) -> list[str]:
        """The commands and targets that a line has, whatever their case."""
        line = line.lower()
        words = [name for name in self.commands if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", line)]
        return [*words, *(target for target in self.targets if target in line)]


FORBIDDEN = Forbidden(
    commands=(
        *("exit", "logout", "log out", "quit", "lock screen", "exec", "xfce4-session-logout", "xflock4"),
        *("shutdown", "shut down", "poweroff", "reboot", "restart", "halt", "suspend", "hibernate"),
        *("kill", "pkill", "killall", "xkill", "yes", "sudo", "su", "chmod", "chown", "passwd", "mount", "umount"),
        *("dd", "mkfs", "shred", "rm -r", "rm -rf", "rm -fr", "rm *", "find", "xargs", "eval", "source"),
        *("apt", "apt-get", "dpkg", "pip", "wget", "curl", "ssh", "systemctl", "xrandr", "setxkbmap", "xset"),
    ),
    targets=(
        *("/bin", "/boot", "/dev", "/etc", "/home", "/lib", "/opt", "/proc", "/root", "/run", "/sys", "/tmp"),
        *("/usr", "/var", "~/", "../", ".bashrc", ".cache", ".config", ".local", ":(){"),
    ),
    chords=tuple(
        frozenset(names)
        for names in (
            ("ControlLeft", "AltLeft", "Delete"),
            ("ControlLeft", "AltLeft", "Backspace"),
            ("ControlLeft", "AltLeft", "KeyL"),
            ("ControlLeft", "KeyD"),  # ends a shell
            ("ControlLeft", "KeyS"),  # stops a terminal
            ("ControlLeft", "KeyQ"),
            ("ControlLeft", "KeyZ"),
        )
    ),
)
