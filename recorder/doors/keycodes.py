"""Physical keys as Windows and macOS number them in, Linux evdev codes out, which the action table has."""

from recorder.actions import KEY_INDEX, KEYS

_FAKE_SHIFTS = 0x100  # Windows marks the key that AltGr presses beside itself by a higher bit
# Scan codes of set 1 are evdev codes, as evdev took them over, but for those after the byte 0xE0.
_EXTENDED_NAMES = {
    0x1D: "ControlRight",
    0x36: "ShiftRight",
    0x37: "PrintScreen",
    0x38: "AltRight",
    0x47: "Home",
    0x48: "ArrowUp",
    0x49: "PageUp",
    0x4B: "ArrowLeft",
    0x4D: "ArrowRight",
    0x4F: "End",
    0x50: "ArrowDown",
    0x51: "PageDown",
    0x52: "Insert",
    0x53: "Delete",
    0x5B: "MetaLeft",
    0x5C: "MetaRight",
    0x5D: "ContextMenu",
}
# In the order of macOS's numbers (Carbon's kVK constants, by place on an ANSI keyboard), from 0; "-" is no key of ours.
_MAC_NAMES = (
    "KeyA", "KeyS", "KeyD", "KeyF", "KeyH", "KeyG", "KeyZ", "KeyX", "KeyC", "KeyV", "IntlBackslash", "KeyB", "KeyQ",
    "KeyW", "KeyE", "KeyR", "KeyY", "KeyT", "Digit1", "Digit2", "Digit3", "Digit4", "Digit6", "Digit5", "Equal",
    "Digit9", "Digit7", "Minus", "Digit8", "Digit0", "BracketRight", "KeyO", "KeyU", "BracketLeft", "KeyI", "KeyP",
    "Enter", "KeyL", "KeyJ", "Quote", "KeyK", "Semicolon", "Backslash", "Comma", "Slash", "KeyN", "KeyM", "Period",
    "Tab", "Space", "Backquote", "Backspace", "-", "Escape", "MetaRight", "MetaLeft", "ShiftLeft", "CapsLock",
    "AltLeft", "ControlLeft", "ShiftRight", "AltRight", "ControlRight",
)  # fmt: skip
_MAC_LATER = {
    96: "F5", 97: "F6", 98: "F7", 99: "F3", 100: "F8", 101: "F9", 103: "F11", 105: "PrintScreen", 109: "F10",
    110: "ContextMenu", 111: "F12", 114: "Insert", 115: "Home", 116: "PageUp", 117: "Delete", 118: "F4", 119: "End",
    120: "F2", 121: "PageDown", 122: "F1", 123: "ArrowLeft", 124: "ArrowRight", 125: "ArrowDown", 126: "ArrowUp",
}  # fmt: skip
_MAC = {number: name for number, name in enumerate(_MAC_NAMES) if name != "-"} | _MAC_LATER


def key_of_scan_code(scan_code: int, extended: bool) -> int | None:
    """The evdev code of a Windows scan code; None for a key that the action table lacks."""
    if extended:
        return _evdev(_EXTENDED_NAMES.get(scan_code))
    return scan_code if scan_code < _FAKE_SHIFTS else None


def key_of_mac(number: int | None) -> int | None:
    """The evdev code of a macOS virtual key; None for a key that the action table lacks."""
    return None if number is None else _evdev(_MAC.get(number))


def _evdev(name: str | None) -> int | None:
    return None if name is None else KEYS[KEY_INDEX[name]].evdev
