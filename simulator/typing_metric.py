"""Does a typed character appear, right and in place?"""

import numpy as np
from numpy.typing import NDArray

from recorder.actions import KEY_INDEX, KEYS, Action, EventKind
from simulator.changes import changed_tiles, tile_iou, tile_squared_error

TYPED_FRAMES = 3
LOCAL_TILES = 12
LEAST_OVERLAP = 0.5
_COMMAND_KEYS = frozenset(KEY_INDEX[name + side] for name in ("Control", "Alt", "Meta") for side in ("Left", "Right"))
_SIGN_KEYS = frozenset(("Minus", "Equal", "BracketLeft", "BracketRight", "Semicolon", "Quote", "Backquote"))
_SIGN_KEYS |= {"Backslash", "Comma", "Period", "Slash", "Space"}


def types_character(action: Action) -> bool:
    """Whether a printable character was typed in this frame: a key went down that writes, no command key held.

    Where the file knows the key's symbol (X11), it is printable Latin 1; else the key is a letter, digit or sign.
    """
    if action.keys & _COMMAND_KEYS:
        return False
    return any(
        _is_printable(event.symbol, KEYS[event.code].name)
        for event in action.events
        if event.kind == EventKind.KEY_DOWN
    )


def character_appeared(
    *,
    true_before_u8: NDArray[np.uint8],
    true_after_u8: NDArray[np.uint8],
    shown_after_u8: NDArray[np.uint8],
    shown_changed: NDArray[np.bool_],
) -> bool | None:
    """The frame before the key and the frame TYPED_FRAMES later; `shown_changed`: tiles that the world changed.

    True if the world changed the tiles that truly changed (intersection over union at least LEAST_OVERLAP) and they
    are now nearer to the truth, by squared error, than the frame before was. None where the true screen does not
    answer with a local change, of 1 to LOCAL_TILES tiles: then no character was written.
    """
    changed = changed_tiles(true_before_u8, true_after_u8)
    if not 0 < changed.sum() <= LOCAL_TILES:
        return None
    error = tile_squared_error(true_after_u8, shown_after_u8)[changed].sum()
    error_of_before = tile_squared_error(true_after_u8, true_before_u8)[changed].sum()
    return bool(tile_iou(shown_changed, changed) >= LEAST_OVERLAP and error < error_of_before)


def _is_printable(symbol: int, key: str) -> bool:
    if symbol:
        return 0x20 <= symbol <= 0x7E or 0xA0 <= symbol <= 0xFF
    return key in _SIGN_KEYS or key.startswith(("Key", "Digit"))
