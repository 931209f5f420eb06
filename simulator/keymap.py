"""Scancodes and mouse buttons of the window in, events of the action table or commands out.

All ordinary keys belong to the generated desktop. Commands sit on function keys and on two chords; while the keyboard
is grabbed only the chords are commands.
"""

from dataclasses import dataclass

from recorder.actions import BUTTONS, KEY_BY_HID, KEYS, Event, EventKind
from simulator.command import Command

SDL_BUTTONS = {1: "left", 2: "middle", 3: "right", 6: "back", 7: "forward"}  # 4 and 5 repeat what the wheel says
_MODIFIERS = ("Control", "Alt", "Shift")
_SHIFT = frozenset({"Shift"})
_CHORD = frozenset({"Control", "Alt"})


@dataclass(frozen=True)
class Binding:
    """A key with the modifiers that must be held, and no others."""

    key: str
    modifiers: frozenset[str] = frozenset()

    def label(self) -> str:
        """As the help writes it."""
        held = [name.replace("Control", "Ctrl") for name in _MODIFIERS if name in self.modifiers]
        return "+".join([*held, self.key.removeprefix("Key")])


BINDINGS: dict[Command, Binding] = {
    Command.OVERLAY: Binding("F1"),
    Command.TINT: Binding("F2"),
    Command.HEAT: Binding("F3"),
    Command.BESIDE: Binding("F4"),
    Command.SCREENSHOT: Binding("F4", _SHIFT),
    Command.RESET: Binding("F5"),
    Command.REWIND: Binding("F5", _SHIFT),
    Command.NEXT_SEED: Binding("F6"),
    Command.PAUSE: Binding("F7"),
    Command.SINGLE_STEP: Binding("F8"),
    Command.SLOWER: Binding("F7", _SHIFT),
    Command.FASTER: Binding("F8", _SHIFT),
    Command.FEWER_STEPS: Binding("F2", _SHIFT),
    Command.MORE_STEPS: Binding("F3", _SHIFT),
    Command.LESS_GUIDANCE: Binding("F9", _SHIFT),
    Command.MORE_GUIDANCE: Binding("F10", _SHIFT),
    Command.PROMPT: Binding("F9"),
    Command.HELP: Binding("F10"),
    Command.FULLSCREEN: Binding("F11"),
    Command.SMOOTH: Binding("F11", _SHIFT),
    Command.RECORD: Binding("F12"),
    Command.GIF: Binding("F12", _SHIFT),
    Command.GRAB: Binding("KeyG", _CHORD),
    Command.QUIT: Binding("KeyQ", _CHORD),
}
_COMMANDS = {binding: command for command, binding in BINDINGS.items()}


class Keymap:
    """Knows what is held in the window; `grabbed` says that function keys go into the desktop too."""

    def __init__(self) -> None:
        self.grabbed = False
        self._keys: set[int] = set()
        self._buttons: set[int] = set()

    def key_down(self, scancode: int, t_ns: int, x_px: int, y_px: int) -> Event | Command | None:
        """None for a key outside the table and for auto-repeat. `scancode` is SDL's: the USB HID usage."""
        code = KEY_BY_HID.get(scancode)
        if code is None or code in self._keys:
            return None
        command = self._command(KEYS[code].name)
        if command is not None:
            return command
        self._keys.add(code)
        return Event(t_ns=t_ns, kind=EventKind.KEY_DOWN, code=code, x_px=x_px, y_px=y_px)

    def key_up(self, scancode: int, t_ns: int, x_px: int, y_px: int) -> Event | None:
        """None for a key whose press did not go into the desktop."""
        code = KEY_BY_HID.get(scancode)
        if code not in self._keys:
            return None
        self._keys.discard(code)
        return Event(t_ns=t_ns, kind=EventKind.KEY_UP, code=code, x_px=x_px, y_px=y_px)

    def button(self, number: int, down: bool, t_ns: int, x_px: int, y_px: int) -> Event | None:
        """None for a button outside the table and for a release without its press."""
        name = SDL_BUTTONS.get(number)
        code = None if name is None else BUTTONS.index(name)
        if code is None or (code in self._buttons) == down:
            return None
        (self._buttons.add if down else self._buttons.discard)(code)
        kind = EventKind.BUTTON_DOWN if down else EventKind.BUTTON_UP
        return Event(t_ns=t_ns, kind=kind, code=code, x_px=x_px, y_px=y_px)

    def release_all(self, t_ns: int, x_px: int, y_px: int) -> list[Event]:
        """Let go of everything: the real releases will not reach the window, or are not meant for the desktop."""
        at = {"t_ns": t_ns, "x_px": x_px, "y_px": y_px}
        keys = [Event(kind=EventKind.KEY_UP, code=code, **at) for code in sorted(self._keys)]
        buttons = [Event(kind=EventKind.BUTTON_UP, code=code, **at) for code in sorted(self._buttons)]
        self._keys.clear()
        self._buttons.clear()
        return keys + buttons

    def _command(self, key: str) -> Command | None:
        names = {KEYS[code].name for code in self._keys}
        held = frozenset(name for name in _MODIFIERS if names & {f"{name}Left", f"{name}Right"})
        command = _COMMANDS.get(Binding(key, held))
        return None if self.grabbed and held != _CHORD else command
