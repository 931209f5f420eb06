"""The window on SDL's dummy screen: events in, events of the action table out; pictures drawn as they should be."""

import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import numpy as np
import pygame
import pytest
from numpy.typing import NDArray

from recorder.actions import BUTTONS, KEY_INDEX, KEYS, Action, EventKind
from recorder.clock import MonotonicClock
from recorder.sdl import open_sdl
from simulator.command import Command
from simulator.display import Inputs, Picture
from simulator.fake_world import BEAM, FakeWorld
from simulator.overlay import Status
from simulator.window import Window
from simulator.world import Step

SIZE_PX = (128, 96)
STATUS = Status(fps=15, nominal_fps=15, frames=1, late=0, photon_ms=None, seed=0, prompt="", about="")


@pytest.fixture
def window(monkeypatch: pytest.MonkeyPatch) -> Iterator[Window]:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    with closing(Window(SIZE_PX, MonotonicClock())) as window:
        send(window)  # what the opening itself brings
        yield window


def send(window: Window, *events: pygame.event.Event) -> Inputs:
    """Post events and poll once."""
    for event in events:
        pygame.event.post(event)
    return window.poll(0)


def key_event(name: str, down: bool = True, **fields: object) -> pygame.event.Event:
    kind = pygame.KEYDOWN if down else pygame.KEYUP
    return pygame.event.Event(kind, scancode=KEYS[KEY_INDEX[name]].hid, **{"key": 0, "unicode": "", **fields})


def stroke(*names: str) -> list[pygame.event.Event]:
    """Press in order, release in reverse."""
    return [key_event(name) for name in names] + [key_event(name, down=False) for name in reversed(names)]


def picture(step: Step | None = None, x_px: int = 0, y_px: int = 0) -> Picture:
    return Picture(step=step or FakeWorld(SIZE_PX).reset(seed=0), x_px=x_px, y_px=y_px, status=STATUS)


def drawn(window: Window, shown: Picture) -> NDArray[np.uint8]:
    """What the window holds after showing the picture, (H, W, 3)."""
    window.show(shown)
    return pygame.surfarray.array3d(window._window.get_surface()).swapaxes(0, 1)


def at_scale_one(window: Window) -> tuple[int, int]:
    """Make the window a little larger than the picture; the picture's corner in it."""
    window._window.size = (SIZE_PX[0] + 20, SIZE_PX[1] + 10)
    send(window, pygame.event.Event(pygame.WINDOWSIZECHANGED))
    return 10, 5


def test_keys_go_into_the_desktop(window: Window) -> None:
    inputs = send(window, *stroke("ShiftLeft", "KeyA"), *stroke("Enter"), *stroke("Escape"))
    names = [KEYS[event.code].name for event in inputs.events]
    assert names == ["ShiftLeft", "KeyA", "KeyA", "ShiftLeft", "Enter", "Enter", "Escape", "Escape"]
    assert inputs.commands == []


def test_events_have_times_on_the_clock(window: Window) -> None:
    before_ns = MonotonicClock().now_ns()
    (down, up) = send(window, *stroke("KeyA")).events
    assert before_ns <= down.t_ns <= up.t_ns <= MonotonicClock().now_ns()


def test_poll_waits_until_the_time_it_is_given(window: Window) -> None:
    until_ns = MonotonicClock().now_ns() + 20_000_000
    window.poll(until_ns)
    assert MonotonicClock().now_ns() >= until_ns - 1_500_000


def test_mouse(window: Window) -> None:
    left, top = at_scale_one(window)
    place = (left + 33, top + 44)
    inputs = send(
        window,
        pygame.event.Event(pygame.MOUSEMOTION, pos=place, rel=(0, 0), buttons=(0, 0, 0)),
        pygame.event.Event(pygame.MOUSEBUTTONDOWN, pos=place, button=3),
        pygame.event.Event(pygame.MOUSEBUTTONUP, pos=place, button=3),
        pygame.event.Event(pygame.MOUSEBUTTONDOWN, pos=place, button=4),
        pygame.event.Event(pygame.MOUSEWHEEL, x=1, y=-2, flipped=False),
    )
    kinds = [EventKind.MOTION, EventKind.BUTTON_DOWN, EventKind.BUTTON_UP, EventKind.SCROLL]
    assert [event.kind for event in inputs.events] == kinds
    assert {(event.x_px, event.y_px) for event in inputs.events[:3]} == {(33, 44)}
    assert inputs.events[1].code == BUTTONS.index("right")
    assert (inputs.events[3].dx, inputs.events[3].dy) == (1, -2)


def test_function_keys_are_commands(window: Window) -> None:
    inputs = send(window, *stroke("F5"), *stroke("F7"), *stroke("F8"), pygame.event.Event(pygame.QUIT))
    assert inputs.commands == [Command.RESET, Command.PAUSE, Command.SINGLE_STEP, Command.QUIT]
    assert inputs.events == []


def test_what_is_held_is_released_when_the_focus_goes(window: Window) -> None:
    inputs = send(window, key_event("KeyA"), pygame.event.Event(pygame.WINDOWFOCUSLOST))
    assert [event.kind for event in inputs.events] == [EventKind.KEY_DOWN, EventKind.KEY_UP]


def test_grab_sends_function_keys_in_and_lets_go_again(window: Window) -> None:
    chord = stroke("ControlLeft", "AltLeft", "KeyG")
    grabbed = send(window, *chord, *stroke("F5"))
    assert grabbed.commands == [] and KEYS[grabbed.events[-1].code].name == "F5"
    assert "Ctrl+Alt+G lets go" in window._lines(picture())[-1]
    assert send(window, *chord, *stroke("F5")).commands == [Command.RESET]
    assert window._lines(picture()) == []


def test_prompt_line(window: Window) -> None:
    def text(letters: str) -> pygame.event.Event:
        return pygame.event.Event(pygame.TEXTINPUT, text=letters)

    send(window, *stroke("F9"))
    inputs = send(window, key_event("KeyA"), text("dark!"), key_event("Backspace", key=pygame.K_BACKSPACE))
    assert inputs.events == [] and inputs.prompt is None
    inputs = send(window, key_event("Enter", key=pygame.K_RETURN), key_event("Enter", down=False))
    assert inputs.prompt == "dark" and inputs.events == []
    send(window, *stroke("F9"), text("light"))
    assert send(window, key_event("Escape", key=pygame.K_ESCAPE)).prompt is None
    assert len(send(window, *stroke("KeyA")).events) == 2
    send(window, *stroke("F9"), key_event("ArrowUp", key=pygame.K_UP))
    assert send(window, key_event("Enter", key=pygame.K_RETURN)).prompt == "dark"


def test_the_frame_and_the_pointer_are_drawn_in_place(window: Window) -> None:
    left, top = at_scale_one(window)
    step = FakeWorld(SIZE_PX).reset(seed=0)
    pixels = drawn(window, picture(step, 40, 50))
    inside = pixels[top : top + SIZE_PX[1], left : left + SIZE_PX[0]]
    same = (inside == step.frame_u8).all(-1)
    assert not same[50, 40] and tuple(inside[50, 40]) == (0, 0, 0)
    assert tuple(inside[55, 42]) == (255, 255, 255)
    same[50:62, 40:52] = True
    assert same.all()
    assert (pixels[:top] == pixels[0, 0]).all()


def test_the_pointer_follows_without_a_new_frame(window: Window) -> None:
    left, top = at_scale_one(window)
    step = FakeWorld(SIZE_PX).reset(seed=0)
    drawn(window, picture(step, 40, 50))
    pixels = drawn(window, picture(step, 60, 50))
    assert tuple(pixels[top + 50, left + 60]) == (0, 0, 0)
    assert (pixels[top + 50, left + 40] == step.frame_u8[50, 40]).all()


def test_what_is_drawn_already_is_not_drawn_again(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    drawings: list[Picture] = []
    draw = window._draw
    monkeypatch.setattr(window, "_draw", lambda shown, lines: (drawings.append(shown), draw(shown, lines)))
    world = FakeWorld(SIZE_PX)
    still = [picture(world.step(Action(x_px=40, y_px=50)), 40, 50) for _ in range(3)]
    for shown in still:
        window.show(shown)
    assert drawings == still[:1], "the steps have other arrays and the same pixels"
    moved = picture(still[-1].step, 41, 50)
    beam = picture(replace(still[-1].step, shape=BEAM), 41, 50)
    painted = picture(replace(beam.step, frame_u8=beam.step.frame_u8 ^ 1), 41, 50)
    for shown in (moved, beam, painted, painted):
        window.show(shown)
    assert drawings == [still[0], moved, beam, painted]
    send(window, pygame.event.Event(pygame.WINDOWEXPOSED))
    window.show(painted)
    assert drawings[-1] is painted and len(drawings) == 5


@pytest.mark.parametrize(("driver", "usual", "expected"), [("x11", "", "0"), ("x11", "1", "1"), ("windows", "", "")])
def test_pixels_go_plainly_to_x11_alone(
    monkeypatch: pytest.MonkeyPatch, driver: str, usual: str, expected: str
) -> None:
    name = "SDL_FRAMEBUFFER_ACCELERATION"
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    monkeypatch.setenv(name, usual)
    if not usual:
        monkeypatch.delenv(name)
    monkeypatch.setattr(pygame.display, "get_driver", lambda: driver)
    open_sdl("")
    assert os.environ.get(name, "") == expected


def test_whole_number_scale(window: Window) -> None:
    window._window.size = (2 * SIZE_PX[0], 2 * SIZE_PX[1])
    send(window, pygame.event.Event(pygame.WINDOWSIZECHANGED))
    world = FakeWorld(SIZE_PX)
    world.set_prompt("paint a tile")
    step = world.step(Action(x_px=100, y_px=50))
    pixels = drawn(window, picture(step, 100, 50))
    assert (pixels[:80:2, :80:2] == step.frame_u8[:40, :40]).all()
    assert (pixels[1:80:2, 1:80:2] == step.frame_u8[:40, :40]).all()


@pytest.mark.parametrize("key", ["F1", "F2", "F3", "F10"])
def test_switches_change_the_picture_and_back(window: Window, key: str) -> None:
    window._window.size = (512, 384)
    send(window, pygame.event.Event(pygame.WINDOWSIZECHANGED))
    step = FakeWorld(SIZE_PX).reset(seed=0)
    plain = drawn(window, picture(step))
    assert send(window, *stroke(key)).commands == []
    assert (drawn(window, picture(step)) != plain).any()
    send(window, *stroke(key))
    assert (drawn(window, picture(step)) == plain).all()


def test_on_a_dense_screen_the_picture_fills_the_pixels(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Window, "_surface_px", property(lambda _: (2 * SIZE_PX[0], 2 * SIZE_PX[1])))
    window._window.size = SIZE_PX
    send(window, pygame.event.Event(pygame.WINDOWSIZECHANGED))
    assert window._viewport.scale == 2
    (moved,) = send(window, pygame.event.Event(pygame.MOUSEMOTION, pos=(33, 44), rel=(0, 0), buttons=(0, 0, 0))).events
    assert (moved.x_px, moved.y_px) == (33, 44)


@pytest.mark.parametrize("smooth", [False, True])
@pytest.mark.parametrize("size_px", [(192, 112), (96, 160), (2048, 64)], ids=["broader", "higher", "too large"])
def test_full_screen_and_back(monkeypatch: pytest.MonkeyPatch, size_px: tuple[int, int], smooth: bool) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    shown = picture(FakeWorld(size_px).reset(seed=0), *size_px)
    width, height = size_px
    with closing(Window(size_px, MonotonicClock())) as window:
        window._window.size = (300, 200)
        send(window, *stroke("ShiftLeft", "F11") if smooth else [])
        before = drawn(window, shown)
        inputs = send(window, *stroke("F11"))
        assert inputs.commands == [] and not any(event.kind == EventKind.KEY_DOWN for event in inputs.events)
        pixels = drawn(window, shown)
        screen_px = pygame.display.get_desktop_sizes()[0]
        assert pixels.shape[1::-1] == screen_px
        scale = min(screen_px[0] / width, screen_px[1] / height)
        scale = scale if smooth or scale < 1 else int(scale)
        inside = (pixels == shown.step.frame_u8[0, 0]).all(-1)
        rows, columns = np.flatnonzero(inside.any(1)), np.flatnonzero(inside.any(0))
        assert (len(columns), len(rows)) == pytest.approx((width * scale, height * scale), abs=0.51), "in its shape"
        assert columns[0] == pytest.approx(screen_px[0] - 1 - columns[-1], abs=1), "in the middle"
        assert rows[0] == pytest.approx(screen_px[1] - 1 - rows[-1], abs=1)
        places = [(columns[k], rows[k]) for k in (0, -1)] + [(columns[len(columns) // 2], rows[len(rows) // 2])]
        moves = [pygame.event.Event(pygame.MOUSEMOTION, pos=place, rel=(0, 0), buttons=(0, 0, 0)) for place in places]
        pointed = [(event.x_px, event.y_px) for event in send(window, *moves).events]
        slack = 0 if scale == int(scale) else 1
        for found, right in zip(pointed, [(0, 0), (width - 1, height - 1), (width // 2, height // 2)], strict=True):
            assert found == pytest.approx(right, abs=slack)
        send(window, *stroke("F11"))
        assert (drawn(window, shown) == before).all()


def test_beside_the_recording(window: Window) -> None:
    send(window, *stroke("F4"))
    truth_u8 = np.full((SIZE_PX[1], SIZE_PX[0], 3), 77, np.uint8)
    step = FakeWorld(SIZE_PX).reset(seed=0)
    compared = replace(picture(step, 40, 50), truth_u8=truth_u8)
    height, width, _ = drawn(window, compared).shape
    assert width / height == 2 * SIZE_PX[0] / SIZE_PX[1], "the window takes the shape of both"
    window._window.size = (2 * SIZE_PX[0], SIZE_PX[1])
    send(window, pygame.event.Event(pygame.WINDOWSIZECHANGED))
    pixels = drawn(window, compared)
    assert (pixels[:, : SIZE_PX[0]] == 77).all()
    generated = pixels[:, SIZE_PX[0] :]
    assert tuple(generated[50, 40]) == (0, 0, 0)
    same = (generated == step.frame_u8).all(-1)
    same[50:62, 40:52] = True
    assert same.all()
    send(window, *stroke("F4"))
    height, width, _ = drawn(window, compared).shape
    assert width / height == SIZE_PX[0] / SIZE_PX[1]


def test_beside_nothing_is_one_sentence(window: Window) -> None:
    send(window, *stroke("F4"))
    assert window._lines(picture()) == ["no recording is replayed: play with '--actions SESSION.h5'"]


def test_no_display_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ValueError, match="--headless"):
        Window(SIZE_PX, MonotonicClock())


def test_a_display_that_does_not_answer_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SDL_VIDEODRIVER", raising=False)
    monkeypatch.setenv("DISPLAY", ":4095")
    with pytest.raises(ValueError, match="--headless"):
        Window(SIZE_PX, MonotonicClock())
