"""Every key and button of the action table goes into the desktop; commands have keys of their own."""

from hypothesis import given
from hypothesis import strategies as st

from recorder.actions import BUTTONS, KEY_INDEX, KEYS, Event, EventKind, Key
from recorder.alignment import ActionBuilder
from simulator.command import Command
from simulator.keymap import BINDINGS, SDL_BUTTONS, Keymap

FUNCTION_KEYS = {f"F{number}" for number in range(1, 13)}
ordinary = st.sampled_from([key for key in KEYS if key.name not in FUNCTION_KEYS])


def press(keymap: Keymap, *names: str) -> Event | Command | None:
    """Press keys one after the other and hold them; what came of the last."""
    return [keymap.key_down(KEYS[KEY_INDEX[name]].hid, 0, 0, 0) for name in names][-1]


@given(ordinary)
def test_ordinary_keys_go_in_and_out(key: Key) -> None:
    keymap = Keymap()
    down = keymap.key_down(key.hid, 5, 7, 8)
    up = keymap.key_up(key.hid, 6, 7, 8)
    code = KEYS.index(key)
    assert down == Event(t_ns=5, kind=EventKind.KEY_DOWN, code=code, x_px=7, y_px=8)
    assert up == Event(t_ns=6, kind=EventKind.KEY_UP, code=code, x_px=7, y_px=8)


@given(st.lists(st.tuples(st.sampled_from(KEYS), st.booleans()), max_size=60))
def test_whatever_is_typed_nothing_stays_held(strokes: list[tuple[Key, bool]]) -> None:
    keymap, builder = Keymap(), ActionBuilder()
    for key, down in strokes:
        event = (keymap.key_down if down else keymap.key_up)(key.hid, 0, 0, 0)
        if isinstance(event, Event):
            builder.feed(event)
    for event in keymap.release_all(1, 0, 0):
        builder.feed(event)
    action = builder.cut()
    assert not action.keys
    for code in {event.code for event in action.events}:  # down and up alternate: auto-repeat is gone
        kinds = [event.kind for event in action.events if event.code == code]
        assert kinds == [EventKind.KEY_DOWN, EventKind.KEY_UP] * (len(kinds) // 2)


def test_every_command_has_one_key() -> None:
    assert set(BINDINGS) == set(Command)
    assert len(set(BINDINGS.values())) == len(BINDINGS)


def test_commands_do_not_reach_the_desktop() -> None:
    keymap = Keymap()
    assert press(keymap, "F5") == Command.RESET
    assert keymap.key_up(KEYS[KEY_INDEX["F5"]].hid, 0, 0, 0) is None


def test_function_keys_with_alt_belong_to_the_desktop() -> None:
    event = press(Keymap(), "AltLeft", "F4")
    assert isinstance(event, Event) and KEYS[event.code].name == "F4"


def test_chords() -> None:
    assert press(Keymap(), "ControlLeft", "AltLeft", "KeyG") == Command.GRAB
    assert press(Keymap(), "ControlRight", "AltRight", "KeyQ") == Command.QUIT
    assert isinstance(press(Keymap(), "ControlLeft", "KeyQ"), Event)
    assert press(Keymap(), "ShiftLeft", "F11") == Command.SMOOTH


def test_a_grabbed_keyboard_keeps_only_the_chords() -> None:
    keymap = Keymap()
    keymap.grabbed = True
    assert isinstance(press(keymap, "F5"), Event)
    assert press(keymap, "ControlLeft", "AltLeft", "KeyG") == Command.GRAB


def test_unknown_scancode_is_nothing() -> None:
    assert Keymap().key_down(0xFFFF, 0, 0, 0) is None


def test_every_button_of_the_table() -> None:
    assert set(SDL_BUTTONS.values()) == set(BUTTONS)
    for number, name in SDL_BUTTONS.items():
        keymap = Keymap()
        assert keymap.button(number, False, 0, 1, 2) is None
        down = keymap.button(number, True, 0, 1, 2)
        assert down == Event(t_ns=0, kind=EventKind.BUTTON_DOWN, code=BUTTONS.index(name), x_px=1, y_px=2)
        assert [event.kind for event in keymap.release_all(3, 1, 2)] == [EventKind.BUTTON_UP]
    assert Keymap().button(4, True, 0, 0, 0) is None  # the wheel has events of its own
