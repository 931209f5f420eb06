"""The action table: every button and key the program knows, and what one frame's action is.

The file format, the event encoder, the key map of the window and the overlay derive from this table and from
nothing else. Keys are *physical* keys under their W3C `KeyboardEvent.code` names, with the Linux evdev code (an X11
keycode is evdev + 8) and the USB HID usage (SDL's scancode).
"""

import hashlib
from dataclasses import dataclass
from enum import IntEnum

BUTTONS = ("left", "middle", "right", "back", "forward")
X11_BUTTONS = {1: "left", 2: "middle", 3: "right", 8: "back", 9: "forward"}
X11_SCROLL = {4: (0, 1), 5: (0, -1), 6: (-1, 0), 7: (1, 0)}  # wheel steps: x to the right, y up


@dataclass(frozen=True)
class Key:
    """One physical key: W3C code name, evdev code, USB HID usage."""

    name: str
    evdev: int
    hid: int


def _row(prefix: str, names: str, evdev: int, hids: list[int]) -> list[Key]:
    return [Key(prefix + name, evdev + i, hids[i]) for i, name in enumerate(names)]


def _letters(row: str, evdev: int) -> list[Key]:
    return _row("Key", row, evdev, [4 + ord(letter) - ord("A") for letter in row])


KEYS: tuple[Key, ...] = (
    *_letters("QWERTYUIOP", 16),
    *_letters("ASDFGHJKL", 30),
    *_letters("ZXCVBNM", 44),
    *_row("Digit", "1234567890", 2, list(range(30, 40))),
    Key("Escape", 1, 41),
    Key("Minus", 12, 45),
    Key("Equal", 13, 46),
    Key("Backspace", 14, 42),
    Key("Tab", 15, 43),
    Key("BracketLeft", 26, 47),
    Key("BracketRight", 27, 48),
    Key("Enter", 28, 40),
    Key("Semicolon", 39, 51),
    Key("Quote", 40, 52),
    Key("Backquote", 41, 53),
    Key("Backslash", 43, 49),
    Key("Comma", 51, 54),
    Key("Period", 52, 55),
    Key("Slash", 53, 56),
    Key("Space", 57, 44),
    Key("CapsLock", 58, 57),
    Key("ControlLeft", 29, 224),
    Key("ShiftLeft", 42, 225),
    Key("AltLeft", 56, 226),
    Key("MetaLeft", 125, 227),
    Key("ControlRight", 97, 228),
    Key("ShiftRight", 54, 229),
    Key("AltRight", 100, 230),
    Key("MetaRight", 126, 231),
    *(Key(f"F{n}", 58 + n, 57 + n) for n in range(1, 11)),
    Key("F11", 87, 68),
    Key("F12", 88, 69),
    Key("PrintScreen", 99, 70),
    Key("Insert", 110, 73),
    Key("Home", 102, 74),
    Key("PageUp", 104, 75),
    Key("Delete", 111, 76),
    Key("End", 107, 77),
    Key("PageDown", 109, 78),
    Key("ArrowRight", 106, 79),
    Key("ArrowLeft", 105, 80),
    Key("ArrowDown", 108, 81),
    Key("ArrowUp", 103, 82),
    Key("ContextMenu", 127, 101),
    Key("IntlBackslash", 86, 100),
)
KEY_INDEX = {key.name: index for index, key in enumerate(KEYS)}
KEY_BY_EVDEV = {key.evdev: index for index, key in enumerate(KEYS)}
KEY_BY_HID = {key.hid: index for index, key in enumerate(KEYS)}


class EventKind(IntEnum):
    """What an input event is; the number is what the session file stores."""

    MOTION = 0
    BUTTON_DOWN = 1
    BUTTON_UP = 2
    SCROLL = 3
    KEY_DOWN = 4
    KEY_UP = 5


def table_hash() -> str:
    """Hex digest that changes with any change of the table; sessions and checkpoints carry it."""
    rows = [f"{key.name} {key.evdev} {key.hid}" for key in KEYS]
    kinds = [f"{kind.name} {kind.value}" for kind in EventKind]
    return hashlib.sha256("\n".join([*BUTTONS, *rows, *kinds]).encode()).hexdigest()[:16]


@dataclass(frozen=True, kw_only=True)
class Event:
    """One input event.

    `code` is the index into `BUTTONS` (buttons) or `KEYS` (keys) and 0 otherwise; `x_px`, `y_px` is where the
    pointer was; `dx`, `dy` are wheel steps (right and up positive) and 0 but for SCROLL; `symbol` is the X11 keysym
    or 0 where it is unknown or was withheld.
    """

    t_ns: int
    kind: EventKind
    code: int = 0
    x_px: int = 0
    y_px: int = 0
    dx: int = 0
    dy: int = 0
    symbol: int = 0


@dataclass(frozen=True, kw_only=True)
class Action:
    """What the user did between the previous frame and this one.

    `events` holds every event but motion, in order, so that a click shorter than a frame does not vanish;
    `buttons` and `keys` are what is still held at the frame's time (indices into the table).
    """

    x_px: int
    y_px: int
    buttons: frozenset[int] = frozenset()
    keys: frozenset[int] = frozenset()
    events: tuple[Event, ...] = ()
