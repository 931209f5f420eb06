"""The X11 door to what mice report themselves: relative motion and smooth scrolling (XInput 2.2 raw events)."""

import struct
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from Xlib.display import Display
from Xlib.ext import xinput

from recorder.doors import DisplayGone, Raw, RawKind, RawMove
from recorder.doors.x11 import display_gone, open_display, server_time_ns

_VERSION = (2, 2)  # raw events reach observers while another program grabs the pointer since 2.1
_HEAD = struct.Struct("=HIIHHI4x")  # device, time, detail, source device, words of mask, flags
_FRACTION = 1 << 32
_VERTICAL = 1
_X, _Y = 0, 1  # the valuators that move the pointer


@dataclass(frozen=True, kw_only=True)
class Axes:
    """What a device's valuators mean: whether X and Y are relative; of each scroll axis its (direction, increment)."""

    relative: bool = False
    scroll: dict[int, tuple[int, float]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class RawEvent:
    """A raw event: the device's values and those before acceleration, by valuator."""

    time_ms: int
    source: int
    values: dict[int, float]
    unaccelerated: dict[int, float]

    @classmethod
    def parse(cls, data: bytes) -> "RawEvent":
        """Of an XI_RawMotion event but for its first ten bytes."""
        _, time_ms, _, source, words, _ = _HEAD.unpack_from(data)
        mask = int.from_bytes(data[_HEAD.size : _HEAD.size + 4 * words], "little")
        numbers = [number for number in range(32 * words) if mask >> number & 1]
        fixed = struct.unpack_from(f"={'iI' * 2 * len(numbers)}", data, _HEAD.size + 4 * words)
        values = [whole + part / _FRACTION for whole, part in zip(fixed[::2], fixed[1::2], strict=True)]
        count = len(numbers)
        return cls(
            time_ms=time_ms,
            source=source,
            values=dict(zip(numbers, values[:count], strict=True)),
            unaccelerated=dict(zip(numbers, values[count:], strict=True)),
        )

    def moves(self, axes: Axes) -> Iterator[RawMove]:
        """What the device moved, in the recorder's terms."""
        t_ns = server_time_ns(self.time_ms)
        across, down = self.unaccelerated.get(_X, 0.0), self.unaccelerated.get(_Y, 0.0)
        if axes.relative and (across or down):
            yield RawMove(t_ns=t_ns, kind=RawKind.MOTION, dx=across, dy=down)
        for number, (direction, increment) in axes.scroll.items():
            steps = self.values.get(number, 0.0) / increment
            if steps and direction == _VERTICAL:
                yield RawMove(t_ns=t_ns, kind=RawKind.SCROLL, dx=0.0, dy=-steps)
            elif steps:
                yield RawMove(t_ns=t_ns, kind=RawKind.SCROLL, dx=steps, dy=0.0)


class X11Raw(Raw):
    """Raw motion of every mouse of a display. Raises ValueError where the server has no XInput 2.2."""

    def __init__(self, display: str | None = None) -> None:
        self._display = open_display(display)
        self._opcode = _opcode(self._display)
        root = self._display.screen().root
        root.xinput_select_events([(xinput.AllMasterDevices, xinput.RawMotionMask)])
        self._axes = self._look_at_devices()

    def drain(self) -> list[RawMove]:
        moves: list[RawMove] = []
        with display_gone():
            while self._display.pending_events():
                event: Any = self._display.next_event()
                if getattr(event, "evtype", None) == xinput.RawMotion and event.extension == self._opcode:
                    moves += self._moves(RawEvent.parse(bytes(event.data)))
        return moves

    def close(self) -> None:
        with suppress(DisplayGone), display_gone():
            self._display.close()

    def _moves(self, event: RawEvent) -> Iterator[RawMove]:
        if event.source not in self._axes:  # plugged in since
            self._axes = self._look_at_devices()
        return event.moves(self._axes.get(event.source, Axes()))

    def _look_at_devices(self) -> dict[int, Axes]:
        devices = self._display.xinput_query_device(xinput.AllDevices).devices
        return {int(device.deviceid): axes_of(device.classes) for device in devices}


def axes_of(classes: Any) -> Axes:
    """Of the classes that a device is described by."""
    modes = {one.number: one.mode for one in classes if one.type == xinput.ValuatorClass}
    scroll = {
        int(one.number): (int(one.scroll_type), float(one.increment))
        for one in classes
        if one.type == xinput.ScrollClass and one.increment
    }
    pointing = {_X, _Y} <= modes.keys() and not {_X, _Y} & scroll.keys()
    return Axes(relative=pointing and modes[_X] == modes[_Y] == xinput.ModeRelative, scroll=scroll)


def _opcode(display: Display) -> int:
    found = display.query_extension(xinput.extname)
    if found is not None:
        asked: dict[str, Any] = {"major_version": _VERSION[0], "minor_version": _VERSION[1]}
        reply = xinput.XIQueryVersion(display=display.display, opcode=found.major_opcode, **asked)
        if (reply.major_version, reply.minor_version) >= _VERSION:
            return int(found.major_opcode)
    raise ValueError(f"this X11 server lacks XInput {_VERSION[0]}.{_VERSION[1]}")
