"""All doors keep one contract. Those to Windows and macOS meet fakes of their libraries: not run on this platform."""

import importlib
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, ClassVar

import numpy as np
import pytest

from recorder.actions import BUTTONS, KEY_INDEX, KEYS, Event, EventKind
from recorder.clock import FakeClock, MonotonicClock
from recorder.display import open_doors, open_windows
from recorder.doors.fake import FakeInput, FakePointer, FakeScreen
from recorder.doors.keycodes import key_of_mac, key_of_scan_code
from recorder.record import Record
from tests.recorder.door_contract import check_input, check_pointer, check_screen
from tests.recorder.test_x11 import server

__all__ = ["server"]
CORNER_PX = (-100, 20)  # of a desktop whose second monitor is left of the first
SHOT_SIZE_PX = (40, 30)
SCAN_A, SCAN_CONTROL, EXTENDED = 0x1E, 0x1D, 1
WM_KEYDOWN, WM_KEYUP = 0x0100, 0x0101
MAC_A, MAC_CONTROL_RIGHT = 0, 62


class Listener:
    """Of pynput: keeps its callbacks."""

    made: ClassVar[list["Listener"]] = []

    def __init__(self, **callbacks: Callable[..., Any]) -> None:
        self.callbacks = SimpleNamespace(**callbacks)
        self.running = False
        Listener.made.append(self)

    def start(self) -> None:
        self.running = True

    def stop(self) -> None:
        self.running = False


@dataclass
class Controller:
    """Of pynput."""

    position: tuple[float, float] = (0.0, 0.0)


class FakeMss:
    """Of mss: a grey desktop with twice as many pixels as its monitor says, as on Retina screens."""

    def __init__(self) -> None:
        width, height = SHOT_SIZE_PX
        self.monitors = [{"left": CORNER_PX[0], "top": CORNER_PX[1], "width": width, "height": height}]

    def grab(self, monitor: dict[str, int]) -> Any:
        width, height = 2 * monitor["width"], 2 * monitor["height"]
        bgra = np.full((height, width, 4), (30, 20, 10, 255), np.uint8)
        return SimpleNamespace(width=width, height=height, bgra=bgra.tobytes())

    def close(self) -> None: ...


@pytest.fixture
def desktop(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The module of the doors, over fakes."""
    mss = pytest.importorskip("mss", reason="mss is missing")
    controller = Controller()
    pynput: Any = ModuleType("pynput")
    pynput.keyboard = SimpleNamespace(Listener=Listener)
    pynput.mouse = SimpleNamespace(Listener=Listener, Controller=lambda: controller)
    monkeypatch.setitem(sys.modules, "pynput", pynput)
    monkeypatch.setattr(mss, "MSS", FakeMss)
    monkeypatch.delitem(sys.modules, "recorder.doors.desktop", raising=False)
    Listener.made = []
    module = importlib.import_module("recorder.doors.desktop")
    module.controller = controller
    yield module
    sys.modules.pop("recorder.doors.desktop", None)


def use_mouse(mouse: SimpleNamespace) -> None:
    x_px, y_px = 30 + CORNER_PX[0], 40 + CORNER_PX[1]
    mouse.on_move(x_px + 0.5, y_px, False)
    for pressed in (True, False):
        mouse.on_click(x_px, y_px, SimpleNamespace(name="right"), pressed, False)
    mouse.on_scroll(x_px, y_px, 0, -1, False)
    mouse.on_scroll(x_px, y_px, 1, 0, False)


def use_windows_keys(keys: SimpleNamespace) -> None:
    presses = [(WM_KEYDOWN, SCAN_A, 0)] * 3 + [(WM_KEYUP, SCAN_A, 0)]
    altgr = [(WM_KEYDOWN, 0x21D, 0), (WM_KEYUP, 0x21D, 0)]  # a Control key that nobody pressed
    control = [(WM_KEYDOWN, SCAN_CONTROL, EXTENDED), (WM_KEYUP, SCAN_CONTROL, EXTENDED)]
    for message, scan_code, flags in [*presses, *altgr, *control]:
        assert keys.win32_event_filter(message, SimpleNamespace(scanCode=scan_code, flags=flags)) is True


def use_mac_keys(keys: SimpleNamespace) -> None:
    letter = SimpleNamespace(vk=MAC_A, char="a")
    control = SimpleNamespace(value=SimpleNamespace(vk=MAC_CONTROL_RIGHT))
    for key, down in [(letter, True)] * 3 + [(None, True), (letter, False), (control, True), (control, False)]:
        (keys.on_press if down else keys.on_release)(key, False)


@pytest.mark.parametrize(("platform", "use_keys"), [("win32", use_windows_keys), ("darwin", use_mac_keys)])
def test_input_of_windows_and_macos(desktop: ModuleType, platform: str, use_keys: Callable[..., None]) -> None:
    inputs = desktop.DesktopInput(CORNER_PX, platform)
    mouse, keys = Listener.made
    assert mouse.running and keys.running

    def act() -> None:
        use_mouse(mouse.callbacks)
        use_keys(keys.callbacks)

    check_input(inputs, act)
    assert not mouse.running and not keys.running


def test_screen_and_pointer_of_windows_and_macos(desktop: ModuleType) -> None:
    screen = desktop.DesktopScreen()
    assert screen.size_px == SHOT_SIZE_PX and screen.corner_px == CORNER_PX
    assert (screen.grab() == (10, 20, 30)).all()
    check_screen(screen)

    def move(x_px: int, y_px: int) -> None:
        desktop.controller.position = (x_px + CORNER_PX[0] + 0.0, y_px + CORNER_PX[1] + 0.0)

    check_pointer(desktop.DesktopPointer(CORNER_PX), move)


@pytest.mark.usefixtures("desktop")
def test_windows_and_macos_record_by_these_doors(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    screen, pointer, inputs = open_doors(None)
    assert [type(door).__name__ for door in (screen, pointer, inputs)] == [
        "DesktopScreen", "DesktopPointer", "DesktopInput",
    ]  # fmt: skip
    with pytest.raises(ValueError, match="the windows of this platform are not seen"):
        open_windows(None).windows()
    for options in ({"hide": ("mail",)}, {"window": "7"}):
        with pytest.raises(ValueError, match="the windows of this platform are not seen"):
            Record(out=tmp_path / "a.h5", seconds=0.2, **options).run()
    with pytest.raises(ValueError, match="the monitors of this platform are not told apart"):
        Record(out=tmp_path / "a.h5", seconds=0.2, monitor="one").run()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
def test_every_key_has_its_place_on_each_platform(key: Any) -> None:
    codes = [(scan_code, extended) for scan_code in range(0x80) for extended in (False, True)]
    scanned = [code for code in codes if key_of_scan_code(*code) == key.evdev]
    assert len(scanned) >= 1 and len([code for code in scanned if code[1]]) <= 1
    assert len([number for number in range(128) if key_of_mac(number) == key.evdev]) == 1


def test_doors_of_a_made_up_screen() -> None:
    clock = FakeClock()
    check_screen(FakeScreen(clock))
    assert FakePointer(clock).read().shape is not None
    right, key_a, control = BUTTONS.index("right"), KEY_INDEX["KeyA"], KEY_INDEX["ControlRight"]
    told = [
        (EventKind.MOTION, {}), (EventKind.BUTTON_DOWN, {"code": right}), (EventKind.BUTTON_UP, {"code": right}),
        (EventKind.SCROLL, {"dy": -1}), (EventKind.SCROLL, {"dx": 1}), (EventKind.KEY_DOWN, {"code": key_a}),
        (EventKind.KEY_UP, {"code": key_a}), (EventKind.KEY_DOWN, {"code": control}),
        (EventKind.KEY_UP, {"code": control}),
    ]  # fmt: skip
    now_ns = time.monotonic_ns()
    events = [
        Event(t_ns=now_ns + index, kind=kind, x_px=30, y_px=40, **more) for index, (kind, more) in enumerate(told)
    ]
    check_input(FakeInput(MonotonicClock(), events), lambda: None)


@pytest.mark.skipif(shutil.which("Xvfb") is None, reason="Xvfb is missing: apt-get install xvfb")
def test_doors_of_x11(server) -> None:
    x11 = pytest.importorskip("recorder.doors.x11", reason="python-xlib or mss is missing")
    display, process = server
    assert isinstance(process, subprocess.Popen)
    injector, inputs = x11.X11Injector(display), x11.X11Input(display)
    check_screen(x11.X11Screen(display))
    check_pointer(x11.X11Pointer(display), injector.move)
    while not inputs.drain():  # the first motion tells that recording has begun
        injector.move(5, 6)
        time.sleep(0.05)
    time.sleep(0.3)
    inputs.drain()

    def act() -> None:
        injector.move(30, 40)
        for down in (True, False):
            injector.button(BUTTONS.index("right"), down)
        injector.scroll(0, -1)
        injector.scroll(1, 0)
        for name in ("KeyA", "ControlRight"):
            injector.key(KEY_INDEX[name], True)
            time.sleep(1.0 if name == "KeyA" else 0)  # the server repeats a held key after 0.66 s
            injector.key(KEY_INDEX[name], False)

    check_input(inputs, act)
    injector.close()
