"""Keys of the action table in, Windows' virtual key codes out, as a US keyboard has them; and back."""

from recorder.actions import KEY_INDEX, KEYS

_CODES = {
    "Escape": 0x1B, "Minus": 0xBD, "Equal": 0xBB, "Backspace": 0x08, "Tab": 0x09, "BracketLeft": 0xDB,
    "BracketRight": 0xDD, "Enter": 0x0D, "Semicolon": 0xBA, "Quote": 0xDE, "Backquote": 0xC0, "Backslash": 0xDC,
    "Comma": 0xBC, "Period": 0xBE, "Slash": 0xBF, "Space": 0x20, "CapsLock": 0x14, "ControlLeft": 0xA2,
    "ShiftLeft": 0xA0, "AltLeft": 0xA4, "MetaLeft": 0x5B, "ControlRight": 0xA3, "ShiftRight": 0xA1, "AltRight": 0xA5,
    "MetaRight": 0x5C, "PrintScreen": 0x2C, "Insert": 0x2D, "Home": 0x24, "PageUp": 0x21, "Delete": 0x2E, "End": 0x23,
    "PageDown": 0x22, "ArrowRight": 0x27, "ArrowLeft": 0x25, "ArrowDown": 0x28, "ArrowUp": 0x26, "ContextMenu": 0x5D,
    "IntlBackslash": 0xE2,
}  # fmt: skip
_EITHER_SIDE = {0x10: "ShiftLeft", 0x11: "ControlLeft", 0x12: "AltLeft"}  # what some recorders say of both
_F1 = 0x70


def _code(name: str) -> int:
    if name in _CODES:
        return _CODES[name]
    letter_or_digit = name.removeprefix("Key").removeprefix("Digit")
    return ord(letter_or_digit) if len(letter_or_digit) == 1 else _F1 + int(name.removeprefix("F")) - 1


VIRTUAL_KEYS = tuple(_code(key.name) for key in KEYS)
KEY_BY_VIRTUAL_KEY = {
    **{number: KEY_INDEX[name] for number, name in _EITHER_SIDE.items()},
    **{number: index for index, number in enumerate(VIRTUAL_KEYS)},
}
