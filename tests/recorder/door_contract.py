"""What every platform's doors must do, whatever library is behind them."""

import time
from collections.abc import Callable

import numpy as np

from recorder.actions import BUTTONS, KEY_INDEX, Event, EventKind
from recorder.doors import Input, Pointer, Screen


def check_screen(screen: Screen) -> None:
    """A screen gives frames of its size, each an array of its own."""
    width, height = screen.size_px
    first = screen.grab()
    assert first.shape == (height, width, 3) and first.dtype == np.uint8
    first[:] = 7
    assert not (screen.grab() == 7).all()
    screen.close()


def check_pointer(pointer: Pointer, move: Callable[[int, int], object]) -> None:
    """A pointer is where it was moved to; its image has its hotspot inside."""
    for place in ((3, 4), (50, 60)):
        move(*place)
        state = pointer.read()
        assert (state.x_px, state.y_px) == place
        if state.shape is not None:
            height, width = state.shape.rgba.shape[:2]
            assert state.shape.rgba.shape == (height, width, 4) and state.shape.rgba.dtype == np.uint8
            assert 0 <= state.shape.hot_x_px < width and 0 <= state.shape.hot_y_px < height
    pointer.close()


def check_input(inputs: Input, act: Callable[[], object]) -> None:
    """`act` moves to (30, 40), right-clicks, turns the wheel one step down and one to the right, holds A with repeats,
    lets go of it, and presses and releases the right Control key."""
    before_ns = time.monotonic_ns()
    act()
    events: list[Event] = []
    give_up_ns = before_ns + 20_000_000_000
    while len(events) < 9 and time.monotonic_ns() < give_up_ns:
        events += inputs.drain()
        time.sleep(0.01)
    right, key_a, control = BUTTONS.index("right"), KEY_INDEX["KeyA"], KEY_INDEX["ControlRight"]
    assert [(event.kind, event.code, event.dx, event.dy) for event in events] == [
        (EventKind.MOTION, 0, 0, 0),
        (EventKind.BUTTON_DOWN, right, 0, 0),
        (EventKind.BUTTON_UP, right, 0, 0),
        (EventKind.SCROLL, 0, 0, -1),
        (EventKind.SCROLL, 0, 1, 0),
        (EventKind.KEY_DOWN, key_a, 0, 0),
        (EventKind.KEY_UP, key_a, 0, 0),
        (EventKind.KEY_DOWN, control, 0, 0),
        (EventKind.KEY_UP, control, 0, 0),
    ]
    assert {(event.x_px, event.y_px) for event in events} == {(30, 40)}
    times = [event.t_ns for event in events]
    assert times == sorted(times) and before_ns - 20_000_000 <= times[0] <= times[-1] <= time.monotonic_ns() + 5_000_000
    assert events[5].symbol in (0, ord("a"))
    assert inputs.drain() == []
    inputs.close()
