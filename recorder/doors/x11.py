"""The X11 door: screen by mss, pointer by XFIXES, input by RECORD, injection by XTEST (python-xlib)."""

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import mss
import numpy as np
from mss.exception import ScreenShotError
from numpy.typing import NDArray
from Xlib import X, error
from Xlib.display import Display
from Xlib.ext import record, xfixes, xtest
from Xlib.protocol import rq

from recorder.actions import (
    BUTTONS,
    KEY_BY_EVDEV,
    KEYS,
    X11_BUTTONS,
    X11_SCROLL,
    Event,
    EventKind,
)
from recorder.doors import DisplayGone, Injector, Input, Pointer, Screen, Switches
from recorder.doors.shot import rgb_of
from recorder.doors.x11_symbols import Symbols, layout_of
from recorder.pointer import PointerShape, PointerState
from recorder.states import CAPS_LOCK, NUM_LOCK, Keyboard
from recorder.stuck import StuckKeys

_EVDEV_OFFSET = 8
_LOOK_NS = 1_000_000_000
_BEGIN_TIMEOUT_S = 10  # a server that answers later than that begins in its own time
_BUTTON_MASKS = {1: X.Button1Mask, 2: X.Button2Mask, 3: X.Button3Mask}  # the core protocol tells of no others
_XFIXES_GET_CURSOR_IMAGE_AND_NAME = 25


def open_display(name: str | None) -> Display:
    """Connect; ValueError with the remedy where there is no server."""
    try:
        return Display(name)
    except (error.DisplayError, OSError) as problem:
        raise ValueError(
            f"no X11 display '{name or ''}': start one or set DISPLAY (on Wayland log in to an X11 session)"
        ) from problem


def stop_auto_repeat(name: str) -> None:
    """Let a held key type once: what is typed by itself has no event, so no cause."""
    display = open_display(name)
    display.change_keyboard_control(auto_repeat_mode=X.AutoRepeatModeOff)
    display.sync()
    display.close()


# What the libraries raise when the server is gone; mss fails an assertion where it notices late.
_GONE = (error.ConnectionClosedError, error.XError, ScreenShotError, AssertionError, OSError)


@contextmanager
def display_gone() -> Iterator[None]:
    """Say in one way that the server is gone."""
    try:
        yield
    except _GONE as problem:
        raise DisplayGone("the X11 display went away") from problem


class X11Screen(Screen):
    """The whole screen of an X11 display."""

    def __init__(self, display: str | None = None) -> None:
        open_display(display).close()
        self._name = display
        with display_gone():
            self._mss = mss.MSS(display=display)
            self._monitor = self._mss.monitors[0]

    @property
    def size_px(self) -> tuple[int, int]:
        return self._monitor["width"], self._monitor["height"]

    def grab(self) -> NDArray[np.uint8]:
        """What it shows. One that grows is grabbed as large as it was; raises DisplayGone for one that shrank."""
        with display_gone():
            try:
                return rgb_of(self._mss.grab(self._monitor))
            except _GONE as problem:
                width, height = _size_px(self._name)
                if width < self.size_px[0] or height < self.size_px[1]:
                    raise DisplayGone(f"the screen became {width}x{height}") from problem
                raise

    def close(self) -> None:
        with suppress(*_GONE):
            self._mss.close()


def _size_px(name: str | None) -> tuple[int, int]:
    """Width and height of a display now; OSError where it is gone."""
    try:
        display = Display(name)
    except error.DisplayError as problem:
        raise OSError from problem
    geometry = display.screen().root.get_geometry()
    display.close()
    return geometry.width, geometry.height


class _GetCursorImageAndName(rq.ReplyRequest):
    _request = rq.Struct(rq.Card8("opcode"), rq.Opcode(_XFIXES_GET_CURSOR_IMAGE_AND_NAME), rq.RequestLength())
    _reply = rq.Struct(
        rq.ReplyCode(),
        rq.Pad(1),
        rq.Card16("sequence_number"),
        rq.ReplyLength(),
        rq.Int16("x"),
        rq.Int16("y"),
        rq.Card16("width"),
        rq.Card16("height"),
        rq.Card16("xhot"),
        rq.Card16("yhot"),
        rq.Card32("cursor_serial"),
        rq.Card32("cursor_atom"),
        rq.Card16("name_bytes"),
        rq.Pad(2),
        rq.List("pixels_and_name", rq.Card8Obj),
    )


class X11Pointer(Pointer):
    """Position, image, hotspot and name of the pointer; the image is asked for when the server tells of another one."""

    def __init__(self, display: str | None = None) -> None:
        self._display = open_display(display)
        self._root = self._display.screen().root
        self._opcode = _extension_opcode(self._display, "XFIXES")
        self._display.xfixes_query_version()
        wish = {"window": self._root, "mask": xfixes.XFixesDisplayCursorNotifyMask}
        xfixes.SelectCursorInput(display=self._display.display, opcode=self._opcode, **wish)
        self._shape: PointerShape | None = None
        self._shapes: dict[int, PointerShape] = {}

    def read(self) -> PointerState:
        with display_gone():
            at = self._root.query_pointer()
            if self._changed() or self._shape is None:
                self._shape = self._look()
        shape = self._shape if self._shape.rgba.any() else None
        return PointerState(x_px=int(at.root_x), y_px=int(at.root_y), shape=shape)

    def close(self) -> None:
        with suppress(*_GONE):
            self._display.close()

    def _changed(self) -> bool:
        """Whether the server told of another image; it tells nothing else here."""
        told = self._display.pending_events()
        for _ in range(told):
            self._display.next_event()
        return told > 0

    def _look(self) -> PointerShape:
        reply = _GetCursorImageAndName(display=self._display.display, opcode=self._opcode)
        serial = int(reply.cursor_serial)
        if serial not in self._shapes:
            self._shapes[serial] = _shape_from_reply(reply)
        return self._shapes[serial]


def _extension_opcode(display: Display, name: str) -> int:
    extension = display.query_extension(name)
    if extension is None:
        raise ValueError(f"the X11 server lacks the {name} extension; use one that has it, such as Xorg or Xvfb")
    return int(extension.major_opcode)


def _shape_from_reply(reply: Any) -> PointerShape:
    count = 4 * reply.width * reply.height
    raw = bytes(reply.pixels_and_name)
    bgra = np.frombuffer(raw[:count], np.uint8).reshape(reply.height, reply.width, 4)
    alpha = bgra[..., 3:].astype(np.uint16)
    straight = np.where(alpha > 0, bgra[..., 2::-1].astype(np.uint16) * 255 // np.maximum(alpha, 1), 0)
    rgba = np.concatenate([np.minimum(straight, 255), alpha], axis=-1).astype(np.uint8)
    name = raw[count : count + reply.name_bytes].decode("latin-1")
    return PointerShape(rgba=rgba, hot_x_px=int(reply.xhot), hot_y_px=int(reply.yhot), name=name)


class X11Input(Input):
    """Every device event of the server, by the RECORD extension, with the server's own times.

    What is held at the beginning is told first, as presses. Of a button or key that is not held no release is told, nor
    of one that is held a press.
    """

    def __init__(self, display: str | None = None) -> None:
        self._control = open_display(display)
        _extension_opcode(self._control, "RECORD")
        self._data = open_display(display)
        self._symbols = Symbols(open_display(display))
        self._queue: deque[Event] = deque()
        self._held: set[int] = set()  # keys
        self._pressed: set[int] = set()  # buttons
        self._begun = threading.Event()
        self._stuck, self._looked_ns = StuckKeys(), 0
        self._focus: Any = None
        self._context = self._control.record_create_context(
            0,
            [record.AllClients],
            [
                {
                    "core_requests": (0, 0),
                    "core_replies": (0, 0),
                    "ext_requests": (0, 0, 0, 0),
                    "ext_replies": (0, 0, 0, 0),
                    "delivered_events": (0, 0),
                    "device_events": (X.KeyPress, X.MotionNotify),
                    "errors": (0, 0),
                    "client_started": False,
                    "client_died": False,
                }
            ],
        )
        self._control.sync()
        self._thread = threading.Thread(target=self._run, name="x11-input", daemon=True)
        self._thread.start()
        self._begun.wait(_BEGIN_TIMEOUT_S)

    def drain(self) -> list[Event]:
        told = [self._queue.popleft() for _ in range(len(self._queue))]
        return told + self._release_stuck()

    def close(self) -> None:
        with suppress(*_GONE):  # with the server its context is gone
            self._control.record_disable_context(self._context)
            self._control.flush()
            self._thread.join(timeout=1)
            self._symbols.close()
            self._control.close()

    def _release_stuck(self) -> list[Event]:
        """Releases of keys that nobody holds any more; looked for each second and right after the focus changes."""
        if not self._held:
            return []
        with suppress(*_GONE):  # the screen door says that the server is gone
            focus, now_ns = self._control.get_input_focus().focus, time.monotonic_ns()
            due = now_ns - self._looked_ns >= _LOOK_NS or focus != self._focus or self._stuck.suspected
            if not due:
                return []
            self._focus, self._looked_ns = focus, now_ns
            at = self._control.screen().root.query_pointer()
            stuck = self._stuck.look(set(self._held), _keys_down(self._control.query_keymap()))
            self._held -= stuck
            where = {"t_ns": now_ns, "x_px": int(at.root_x), "y_px": int(at.root_y)}
            return [Event(kind=EventKind.KEY_UP, code=code, **where) for code in sorted(stuck)]
        return []

    def _run(self) -> None:
        with suppress(*_GONE):  # the screen door says that the server is gone
            self._data.record_enable_context(self._context, self._take)
        self._begun.set()

    def _take(self, reply: Any) -> None:
        if reply.category == record.StartOfData:
            self._queue.extend(self._held_already(server_time_ns(reply.server_time)))
            self._begun.set()
        if reply.category != record.FromServer or reply.client_swapped:
            return
        data = reply.data
        while data:
            raw, data = rq.EventField("event").parse_binary_value(data, self._data.display, None, None)
            event = self._translate(raw)
            if event is not None:
                self._queue.append(event)

    def _translate(self, raw: Any) -> Event | None:
        at = {"t_ns": server_time_ns(raw.time), "x_px": int(raw.root_x), "y_px": int(raw.root_y)}
        if raw.type == X.MotionNotify:
            return Event(kind=EventKind.MOTION, **at)
        if raw.type in (X.ButtonPress, X.ButtonRelease):
            return self._button_event(int(raw.detail), raw.type == X.ButtonPress, at)
        return self._key_event(int(raw.detail), raw.type == X.KeyPress, int(raw.state), at)

    def _held_already(self, t_ns: int) -> list[Event]:
        """Presses of what is held when recording begins, while whoever made this input waits for it."""
        state, keymap = self._control.screen().root.query_pointer(), self._control.query_keymap()
        at = {"t_ns": t_ns, "x_px": int(state.root_x), "y_px": int(state.root_y)}
        buttons = [number for number, mask in _BUTTON_MASKS.items() if state.mask & mask]
        keys = [KEYS[code].evdev + _EVDEV_OFFSET for code in sorted(_keys_down(keymap))]
        told = [self._button_event(button, True, at) for button in buttons]
        told += [self._key_event(keycode, True, int(state.mask), at) for keycode in keys]
        return [event for event in told if event is not None]

    def _button_event(self, button: int, down: bool, at: dict[str, int]) -> Event | None:
        if button in X11_SCROLL:
            dx, dy = X11_SCROLL[button]
            return Event(kind=EventKind.SCROLL, dx=dx, dy=dy, **at) if down else None
        if button not in X11_BUTTONS:
            return None
        code = BUTTONS.index(X11_BUTTONS[button])
        if not _turn(self._pressed, code, down):  # as of two mice
            return None
        return Event(kind=EventKind.BUTTON_DOWN if down else EventKind.BUTTON_UP, code=code, **at)

    def _key_event(self, keycode: int, down: bool, state: int, at: dict[str, int]) -> Event | None:
        code = KEY_BY_EVDEV.get(keycode - _EVDEV_OFFSET)
        if code is None or not _turn(self._held, code, down):  # an unknown key, or auto-repeat
            return None
        symbol = self._symbols.of(keycode, state)
        return Event(kind=EventKind.KEY_DOWN if down else EventKind.KEY_UP, code=code, symbol=symbol, **at)


def _turn(held: set[int], code: int, down: bool) -> bool:
    """Add to what is held or take away from it; whether that changes it."""
    changes = down != (code in held)
    (held.add if down else held.discard)(code)
    return changes


def _keys_down(keymap: Any) -> set[int]:
    """The keys of the server's map of 256 bits."""
    codes = np.flatnonzero(np.unpackbits(np.array(keymap, np.uint8), bitorder="little"))
    return {KEY_BY_EVDEV[code] for code in (codes - _EVDEV_OFFSET).tolist() if code in KEY_BY_EVDEV}


def server_time_ns(time_ms: int) -> int:
    """The server's 32-bit milliseconds on the monotonic clock, which it counts from.

    Signed, because a server that rounds up may be a millisecond ahead.
    """
    now_ms = time.monotonic_ns() // 1_000_000
    age_ms = ((now_ms - time_ms + (1 << 31)) & 0xFFFFFFFF) - (1 << 31)
    return (now_ms - age_ms) * 1_000_000


class X11Switches(Switches):
    """Locks and layout; Num Lock is the second modifier, as on every common keyboard map."""

    def __init__(self, display: str | None = None) -> None:
        self._display = open_display(display)
        self._root = self._display.screen().root

    def read(self) -> Keyboard:
        with display_gone():
            mask = int(self._root.query_pointer().mask)
        caps, num = bool(mask & X.LockMask), bool(mask & X.Mod2Mask)
        return Keyboard(locks=CAPS_LOCK * caps + NUM_LOCK * num, layout=layout_of(mask))

    def close(self) -> None:
        with suppress(*_GONE):
            self._display.close()


class X11Injector(Injector):
    """Mouse and keyboard by XTEST."""

    def __init__(self, display: str | None = None) -> None:
        self._display = open_display(display)
        self._x11_button = {BUTTONS.index(name): number for number, name in X11_BUTTONS.items()}
        self._x11_scroll = {step: number for number, step in X11_SCROLL.items()}

    def move(self, x_px: int, y_px: int) -> None:
        self._fake(X.MotionNotify, x=x_px, y=y_px)

    def button(self, code: int, down: bool) -> None:
        self._fake(X.ButtonPress if down else X.ButtonRelease, self._x11_button[code])

    def scroll(self, dx: int, dy: int) -> None:
        right, up = (1 if dx > 0 else -1, 0), (0, 1 if dy > 0 else -1)
        for step, amount in ((right, dx), (up, dy)):
            for _ in range(abs(amount)):
                self._fake(X.ButtonPress, self._x11_scroll[step])
                self._fake(X.ButtonRelease, self._x11_scroll[step])

    def key(self, code: int, down: bool) -> None:
        self._fake(X.KeyPress if down else X.KeyRelease, KEYS[code].evdev + _EVDEV_OFFSET)

    def close(self) -> None:
        with suppress(*_GONE):
            self._display.close()

    def _fake(self, kind: int, detail: int = 0, x: int = 0, y: int = 0) -> None:
        xtest.fake_input(self._display, kind, detail, x=x, y=y)
        self._display.sync()
