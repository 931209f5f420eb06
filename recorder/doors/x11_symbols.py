"""A key and the modifiers of its press in, its symbol by the keyboard's map and the layout in force out."""

from Xlib import X
from Xlib.display import Display

_LAYOUT_SHIFT, _LAYOUTS = 13, 4  # where the state of XKB holds the layout's number
_THIRD_LEVEL = X.Mod5Mask  # AltGr, as on every common keyboard map
_COLUMNS = (0, 2)  # of the first two layouts in the core protocol's map; it has no fixed place for others
_THIRD, _AFTER_THIRD = 4, 6  # where the third level is of the first layout that has one, and what comes after it
_LATIN_1, _UNICODE = 0x100, 0x01000000  # symbols below the one and from the other on are characters
_CASE_APART = (0x10, 0x20)  # of capital and small letters among the older symbols, as Greek and Cyrillic


def layout_of(state: int) -> int:
    """The number of the layout, from 0, in an event's or a pointer's state."""
    return state >> _LAYOUT_SHIFT & (_LAYOUTS - 1)


class Symbols:
    """What keys mean on a connection of its own, which hears when the keyboard's map is changed."""

    def __init__(self, display: Display) -> None:
        self._display = display

    def of(self, keycode: int, state: int) -> int:
        """The keysym of a key that is pressed while `state` holds; 0 where none is known, as of a third layout."""
        self._follow_the_map()
        column = self._column(keycode, layout_of(state), bool(state & _THIRD_LEVEL))
        if column is None:
            return X.NoSymbol
        plain, shifted = (self._display.keycode_to_keysym(keycode, column + level) for level in (0, 1))
        shifted = shifted or plain
        other = bool(state & X.ShiftMask) != (bool(state & X.LockMask) and _is_letter(plain, shifted))
        return shifted if other else plain

    def close(self) -> None:
        self._display.close()

    def _column(self, keycode: int, layout: int, third_level: bool) -> int | None:
        """Where the map has a layout's symbols of a key; None where it leaves that open."""
        if layout >= len(_COLUMNS):
            return None
        if not third_level:
            return _COLUMNS[layout]
        open_to_others = layout > 0 and self._display.keycode_to_keysym(keycode, _AFTER_THIRD) != X.NoSymbol
        return None if open_to_others else _THIRD

    def _follow_the_map(self) -> None:
        for _ in range(self._display.pending_events()):
            told = self._display.next_event()
            if told.type == X.MappingNotify:
                self._display.refresh_keyboard_mapping(told)


def _is_letter(small: int, capital: int) -> bool:
    """Whether two symbols are one letter, so that Caps Lock turns them around."""
    if _LATIN_1 <= small < _UNICODE:
        return abs(small - capital) in _CASE_APART
    characters = [chr(symbol if symbol < _LATIN_1 else symbol - _UNICODE) for symbol in (small, capital)]
    return characters[0] != characters[1] and characters[0].upper() == characters[1]
