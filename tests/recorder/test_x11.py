"""The X11 door against a server of its own: what is injected comes back as it was, when it was."""

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from recorder.actions import BUTTONS, KEY_INDEX, Event
from recorder.capture import CaptureStats, capture
from recorder.clock import MonotonicClock
from recorder.doors import DisplayGone
from recorder.session import Session
from recorder.verify import faults
from recorder.writer import SessionWriter

x11 = pytest.importorskip("recorder.doors.x11", reason="python-xlib or mss is missing")
pytestmark = pytest.mark.skipif(shutil.which("Xvfb") is None, reason="Xvfb is missing: apt-get install xvfb")

SIZE_PX = (320, 200)
TOLERANCE_NS = 1_000_000  # the server counts in whole milliseconds
TRIES = 4  # a busy machine may let the server itself wait between taking an input and giving it a time


@pytest.fixture
def server() -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    command = [
        "Xvfb",
        "-displayfd",
        "1",
        "-screen",
        "0",
        f"{SIZE_PX[0]}x{SIZE_PX[1]}x24",
        "-nolisten",
        "tcp",
        "-noreset",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        yield f":{process.stdout.readline().decode().strip()}", process
        process.terminate()


def light_up(display: str) -> None:
    """Give the bare screen a colour: `verify` takes a black one for a recording that failed."""
    connection = x11.open_display(display)
    root = connection.screen().root
    root.change_attributes(background_pixel=0x204060)
    root.clear_area()
    connection.sync()
    connection.close()


def collect(inputs: "x11.X11Input", count: int) -> list[Event]:
    events: list[Event] = []
    give_up = time.monotonic() + 5
    while len(events) < count and time.monotonic() < give_up:
        events += inputs.drain()
        time.sleep(0.01)
    return events


def type_and_click(display: str) -> tuple[list[Event], int]:
    """What comes back of injected input, and by how many nanoseconds an event lies outside the time of its call."""
    inputs, injector = x11.X11Input(display), x11.X11Injector(display)
    injector.move(5, 6)
    collect(inputs, 1)  # the first motion tells that recording has begun
    before_ns = time.monotonic_ns()
    injector.move(30, 40)
    injector.button(BUTTONS.index("right"), True)
    injector.button(BUTTONS.index("right"), False)
    injector.scroll(0, -2)
    injector.scroll(1, 0)
    injector.key(KEY_INDEX["KeyA"], True)
    pressed_ns = time.monotonic_ns()
    time.sleep(1.0)  # the server repeats a held key after 0.66 s
    letting_go_ns = time.monotonic_ns()
    injector.key(KEY_INDEX["KeyA"], False)
    released_ns = time.monotonic_ns()
    events = collect(inputs, 8)
    inputs.close()
    injector.close()
    calls = [(before_ns, pressed_ns)] * 7 + [(letting_go_ns, released_ns)]
    pairs = zip(events, calls, strict=True)
    return events, max(max(start - event.t_ns, event.t_ns - end) for event, (start, end) in pairs)


def test_injected_input_comes_back_at_its_time(server) -> None:
    events, outside_ns = type_and_click(server[0])
    assert [(event.kind.name, event.code, event.dx, event.dy) for event in events] == [
        ("MOTION", 0, 0, 0),
        ("BUTTON_DOWN", 2, 0, 0),
        ("BUTTON_UP", 2, 0, 0),
        ("SCROLL", 0, 0, -1),
        ("SCROLL", 0, 0, -1),
        ("SCROLL", 0, 1, 0),
        ("KEY_DOWN", KEY_INDEX["KeyA"], 0, 0),
        ("KEY_UP", KEY_INDEX["KeyA"], 0, 0),
    ]
    assert {(event.x_px, event.y_px) for event in events} == {(30, 40)}
    assert events[-2].symbol == ord("a")
    for _ in range(TRIES - 1):
        if outside_ns > TOLERANCE_NS:
            outside_ns = type_and_click(server[0])[1]
    assert outside_ns <= TOLERANCE_NS


def test_what_is_held_when_a_recording_begins_is_pressed_at_its_start(server, tmp_path: Path) -> None:
    display, _ = server
    light_up(display)
    injector, path, right = x11.X11Injector(display), tmp_path / "a.h5", BUTTONS.index("right")
    keys = sorted(KEY_INDEX[name] for name in ("ShiftLeft", "KeyA"))
    begun_ns = time.monotonic_ns()

    def use(down: bool) -> None:
        injector.button(right, down)
        for code in keys:
            injector.key(code, down)

    def stop(stats: CaptureStats) -> bool:
        if stats.frames == 2:
            use(False)
        return stats.frames >= 8

    use(True)
    doors = (x11.X11Screen(display), x11.X11Pointer(display), x11.X11Input(display))
    with SessionWriter(path, size_px=SIZE_PX, fps=10) as writer:
        capture(writer, *doors, MonotonicClock(), fps=10, stop=stop)
    for door in (*doors, injector):
        door.close()
    assert faults(path) == []
    with Session(path) as session:
        events, first = session.events(), session.states()[0]
        assert all(begun_ns - TOLERANCE_NS <= event.t_ns <= session.t_ns[0] + TOLERANCE_NS for event in events[:3])
    assert [(event.kind.name, event.code) for event in events[:3]] == [
        ("BUTTON_DOWN", right),
        *(("KEY_DOWN", code) for code in keys),
    ]
    assert sorted((event.kind.name, event.code) for event in events[3:]) == [
        ("BUTTON_UP", right),
        *(("KEY_UP", code) for code in keys),
    ]
    assert events[1 + keys.index(KEY_INDEX["KeyA"])].symbol == ord("A")
    assert (first.buttons, first.keys) == ({right}, set(keys))


def test_a_release_of_what_is_not_held_is_not_told(server) -> None:
    inputs, injector = x11.X11Input(server[0]), x11.X11Injector(server[0])
    for down in (True, False):
        if not down:
            inputs._held.clear()  # as of a key that was let go while recording began
            inputs._pressed.clear()
        injector.key(KEY_INDEX["KeyA"], down)
        injector.button(BUTTONS.index("left"), down)
        told = collect(inputs, 2 if down else 0)
        assert [event.kind.name for event in told] == (["KEY_DOWN", "BUTTON_DOWN"] if down else [])
    injector.move(5, 6)
    assert [event.kind.name for event in collect(inputs, 1)] == ["MOTION"]
    inputs.close()
    injector.close()


def test_screen_and_pointer(server) -> None:
    from Xlib import display as xdisplay

    display, _ = server
    connection = xdisplay.Display(display)
    root = connection.screen().root
    root.create_window(0, 0, 20, 10, 0, connection.screen().root_depth, background_pixel=0x1080F0).map()
    connection.sync()
    injector, pointer, screen = x11.X11Injector(display), x11.X11Pointer(display), x11.X11Screen(display)
    injector.move(12, 7)
    frame = screen.grab()
    state = pointer.read()
    assert screen.size_px == SIZE_PX
    assert frame.shape == (200, 320, 3)
    assert frame[7, 12].tolist() == [0x10, 0x80, 0xF0]  # the pointer is not painted over it
    assert (frame[:10, :20] == frame[0, 0]).all()
    assert frame[15, 30].tolist() == [0, 0, 0]
    assert (state.x_px, state.y_px) == (12, 7)
    for door in (injector, pointer, screen, connection):
        door.close()


def test_doors_say_that_the_display_went_away(server) -> None:
    display, process = server
    pointer, screen, inputs = x11.X11Pointer(display), x11.X11Screen(display), x11.X11Input(display)
    process.terminate()
    process.wait()
    for read in (pointer.read, screen.grab):
        with pytest.raises(DisplayGone):
            read()
    assert inputs.drain() == []
    for door in (pointer, screen, inputs):
        door.close()


def shrink(display: str) -> None:
    if shutil.which("xrandr") is None:
        pytest.skip("xrandr is missing: apt-get install x11-xserver-utils")
    for change in (["--output", "screen", "--off"], ["--fb", f"{SIZE_PX[0] // 2}x{SIZE_PX[1]}"]):
        subprocess.run(["xrandr", "--display", display, *change], check=False, stderr=subprocess.DEVNULL)


@pytest.mark.parametrize(
    ("end", "said"),
    [
        (lambda _, process: process.terminate(), "the X11 display went away"),
        (lambda display, _: shrink(display), "the screen became 160x200"),
    ],
    ids=["gone", "smaller"],
)
def test_a_recording_survives_its_server_and_its_size(server, tmp_path: Path, end: Any, said: str) -> None:
    display, process = server
    light_up(display)
    path = tmp_path / "a.h5"
    command = [sys.executable, "-m", "recorder", "record", str(path), "--display", display]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as recording:
        assert recording.stderr is not None
        assert any(line.startswith("recording") for line in recording.stderr)
        with pytest.raises(subprocess.TimeoutExpired):
            recording.wait(timeout=1.5)
        end(display, process)
        errors = recording.communicate(timeout=20)[1]
    assert recording.returncode == 2
    assert f"recorder: {said}; what was recorded until then is complete in {path}" in errors
    assert "Traceback" not in errors
    assert faults(path) == []
    with Session(path) as session:
        assert len(session) > 3  # how many depends on the machine's load
        assert session.size_px == SIZE_PX


def test_a_screen_that_grows_is_recorded_as_large_as_it_was(server, tmp_path: Path) -> None:
    display, _ = server
    shrink(display)  # Xvfb grows no larger than it was at its start
    light_up(display)
    path = tmp_path / "a.h5"
    command = [sys.executable, "-m", "recorder", "record", str(path), "--display", display, "--seconds", "4"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as recording:
        assert recording.stderr is not None
        assert any(line.startswith("recording") for line in recording.stderr)
        with pytest.raises(subprocess.TimeoutExpired):
            recording.wait(timeout=1.5)
        grown = ["xrandr", "--display", display, "--fb", f"{SIZE_PX[0]}x{SIZE_PX[1]}"]
        subprocess.run(grown, check=True)
        grown_ns = time.monotonic_ns()
        light_up(display)
        errors = recording.communicate(timeout=60)[1]
    assert recording.returncode == 0, errors
    assert x11.X11Screen(display).size_px == SIZE_PX
    assert faults(path) == []
    with Session(path) as session:
        assert session.size_px == (SIZE_PX[0] // 2, SIZE_PX[1])
        assert session.t_ns[-1] > grown_ns and session.frames[-1].all()


def test_stop_hotkey_ends_a_recording(server, tmp_path: Path) -> None:
    display, _ = server
    light_up(display)
    command = [sys.executable, "-m", "recorder", "record", str(tmp_path / "a.h5"), "--display", display]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as recording:
        assert recording.stderr is not None
        assert any(line.startswith("recording") for line in recording.stderr)
        injector = x11.X11Injector(display)
        for name in ("ControlLeft", "ShiftLeft", "F12"):
            injector.key(KEY_INDEX[name], True)
        errors = recording.communicate(timeout=20)[1]
    assert recording.returncode == 0, errors
    assert faults(tmp_path / "a.h5") == []


def test_forget_hotkey_forgets_and_the_recording_goes_on(server, tmp_path: Path) -> None:
    display, _ = server
    light_up(display)
    path = tmp_path / "a.h5"
    command = [sys.executable, "-m", "recorder", "record", str(path), "--display", display, "--forget-minutes", "1"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as recording:
        assert recording.stderr is not None
        assert any(line.startswith("recording") for line in recording.stderr)
        injector = x11.X11Injector(display)
        press(injector, "KeyS")
        time.sleep(0.5)
        pressed_ns = time.monotonic_ns()
        press(injector, "ControlLeft", "ShiftLeft", "F10")
        press(injector, "KeyT")
        time.sleep(0.5)
        press(injector, "ControlLeft", "ShiftLeft", "F12")
        errors = recording.communicate(timeout=20)[1]
    assert recording.returncode == 0, errors
    assert "forgot the last 1 min" in errors
    assert faults(path) == []
    with Session(path) as session:
        assert len(session) > 1 and session.t_ns[0] > pressed_ns
        assert session.pauses == [0]
        pressed = {event.code for event in session.events()}
    assert KEY_INDEX["KeyT"] in pressed and KEY_INDEX["KeyS"] not in pressed


def press(injector: "x11.X11Injector", *names: str) -> None:
    """Press these keys together and let them go."""
    for down in (True, False):
        for name in names:
            injector.key(KEY_INDEX[name], down)
            time.sleep(0.02)


def test_the_pointers_image_follows_the_servers(server) -> None:
    display, _ = server
    connection = x11.open_display(display)
    root, font = connection.screen().root, connection.open_font("cursor")
    pointer = x11.X11Pointer(display)
    seen = []
    for glyph in (68, 152, 68):  # an arrow, the bar over text, the arrow again
        root.change_attributes(cursor=font.create_glyph_cursor(font, glyph, glyph + 1, (9, 9, 9), (60000, 0, 0)))
        connection.sync()
        seen.append(pointer.read().shape)
    assert seen[0].key() == seen[2].key() != seen[1].key()
    assert pointer.read().shape is seen[2]
    pointer.close()
    connection.close()


@pytest.mark.skipif(shutil.which("setxkbmap") is None, reason="setxkbmap is missing: apt-get install x11-xkb-utils")
def test_symbols_follow_layout_locks_and_modifiers(server) -> None:
    display, _ = server
    inputs, injector = x11.X11Input(display), x11.X11Injector(display)
    injector.move(5, 6)
    collect(inputs, 1)

    def typed(*names: str) -> str:
        """The symbol of the last of these keys, the others held."""
        for down in (True, False):
            for name in names:
                injector.key(KEY_INDEX[name], down)
        told = [event for event in collect(inputs, 2 * len(names)) if event.kind.name == "KEY_DOWN"]
        return chr(told[-1].symbol)

    assert (typed("KeyZ"), typed("ShiftLeft", "KeyZ"), typed("Digit2")) == ("z", "Z", "2")
    layouts = ["setxkbmap", "-display", display, "-layout", "us,de", "-option", "grp:menu_toggle"]
    subprocess.run(layouts, check=True)
    time.sleep(0.5)
    assert typed("KeyZ") == "z"
    typed("ContextMenu")
    assert (typed("KeyZ"), typed("ShiftLeft", "KeyZ"), typed("KeyY")) == ("y", "Y", "z")
    assert (typed("AltRight", "KeyQ"), typed("Semicolon"), typed("ShiftLeft", "Digit2")) == ("@", "ö", '"')
    typed("CapsLock")
    assert (typed("KeyZ"), typed("Digit2"), typed("ShiftLeft", "KeyZ")) == ("Y", "2", "y")
    inputs.close()
    injector.close()
