"""`record`: this screen in, a session file out, until somebody stops it."""

import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from typing import Any
from uuid import uuid4

import tyro
from tqdm import tqdm

from recorder.area import Area, AreaInput, AreaPointer, AreaScreen
from recorder.box import Box
from recorder.capture import CaptureStats, capture
from recorder.clock import MonotonicClock
from recorder.display import open_doors, open_passwords, open_raw, open_switches, open_windows
from recorder.doors import DisplayGone, Input, Pointer, Raw, Screen, Switches, Windows
from recorder.hotkey import FORGET_HOTKEY_TEXT, PAUSE_HOTKEY_TEXT, STOP_HOTKEY_TEXT, HotkeyInput
from recorder.part import Part
from recorder.privacy import Keys, Privacy, PrivateInput, PrivateScreen
from recorder.queued import QueuedWriter
from recorder.recording import RecordingWriter
from recorder.scaled import ScaledInput, ScaledPointer, ScaledScreen, Size, parse_size

Doors = tuple[Screen, Pointer, Input]
QUEUED_S = 0.5  # of frames wait at most to be packed and written; then recording waits for them


@dataclass(kw_only=True)
class Record:
    """Record this screen with its mouse and keyboard until ctrl+shift+F12, Ctrl-C or --seconds.

    ctrl+shift+F11 pauses and goes on, ctrl+shift+F10 forgets the last minutes. Everything that is typed is recorded
    but passwords, as far as they are recognised, and what the options below leave out.
    """

    out: tyro.conf.Positional[Path]
    """The session file; a data set finds it under the name seed-NNNNN.h5."""
    seconds: float | None = None
    """Stop after this time."""
    fps: float = 15.0
    """Frames a second."""
    display: str | None = None
    """X11 display, $DISPLAY where none is named; 'fake' is a made-up screen for machines without one."""
    note: str = ""
    """Text that the file keeps as its attribute 'note'."""
    seed: int = 0
    """Number that the file keeps as its attribute 'seed'; nothing is drawn from it."""
    forget_minutes: float = 1.0
    """How much the forget hotkey removes from the recording and from the disk, in minutes of recorded time."""
    segment_minutes: float | None = None
    """Go on in a new file after this time: NAME.h5, NAME.001.h5, NAME.002.h5 and so on, which read as one."""
    region: str | None = None
    """Record this part of the screen alone: X,Y,WIDTH,HEIGHT in pixels."""
    window: str | None = None
    """Record the inside of this window alone, wherever it moves; its number, as 'xwininfo' tells it.

    Windows that lie over it are black, and keys are recorded while it is active.
    """
    monitor: str | None = None
    """Record this monitor alone; its name, as 'xrandr --listmonitors' tells it."""
    scale_to: str | None = None
    """Record at this WIDTHxHEIGHT, each pixel the mean of those that it covers; the original size where none is given.
    """
    mask: tuple[str, ...] = ()
    """Rectangles X,Y,WIDTH,HEIGHT that are recorded black."""
    hide: tuple[str, ...] = ()
    """Applications whose windows are recorded black, and while one is active no key is recorded."""
    only: tuple[str, ...] = ()
    """Applications that alone are recorded; all else is black, and keys typed elsewhere are not recorded."""
    keys: Keys = "all"
    """Record keys with their symbols, as physical codes alone, or not at all."""
    keep_passwords: bool = False
    """Record password fields and terminals that ask for a password like everything else."""

    def run(self) -> None:
        if not self.fps > 0 or (self.seconds is not None and not self.seconds > 0):
            raise ValueError("--fps and --seconds must be above 0")
        if not self.forget_minutes > 0 or (self.segment_minutes is not None and not self.segment_minutes > 0):
            raise ValueError("--forget-minutes and --segment-minutes must be above 0")
        part = Part.parse(region=self.region, window=self.window, monitor=self.monitor)
        privacy = Privacy(
            window=part.window,
            masks=tuple(map(Box.parse, self.mask)),
            hide=self.hide,
            only=self.only,
            keys=self.keys,
        )
        size_px = None if self.scale_to is None else parse_size(self.scale_to)
        attributes = {"source": "screen", "note": self.note, "seed": self.seed}
        with (
            private_doors(self.display, privacy, keep_passwords=self.keep_passwords) as (doors, windows, watched),
            part.area(self.display, doors[0].size_px, windows) as area,
            closing(open_raw(self.display)) as raw,
            closing(open_switches(self.display)) as switches,
            interrupts() as interrupted,
        ):
            screen, pointer, inputs = scaled_doors(area_doors(doors, area), size_px)
            with (
                RecordingWriter(
                    self.out,
                    size_px=screen.size_px,
                    fps=self.fps,
                    recording_id=uuid4().hex,
                    attributes=attributes,
                    segment_minutes=inf if self.segment_minutes is None else self.segment_minutes,
                ) as writer,
                QueuedWriter(writer, room=max(2, round(self.fps * QUEUED_S))) as queued,
            ):
                beside = (raw, switches if self.keys != "none" else None)
                stats, gone = self._capture(queued, (screen, pointer, inputs), beside, watched, interrupted)
        if gone is not None:
            raise ValueError(f"{gone}; what was recorded until then is complete in {self.out}")
        print(f"{self.out}: {stats.frames} frames, {stats.late} late, {stats.skipped} skipped")

    def _capture(
        self,
        writer: QueuedWriter,
        doors: Doors,
        beside: tuple[Raw, Switches | None],
        watched: HotkeyInput,
        interrupted: "Interrupts",
    ) -> tuple[CaptureStats, DisplayGone | None]:
        """Record until the end; returns its rates, and why it ended where nobody asked for it."""
        total = None if self.seconds is None else round(self.seconds * self.fps)
        print(
            f"recording {self.out}; {PAUSE_HOTKEY_TEXT} pauses, {FORGET_HOTKEY_TEXT} forgets the last "
            f"{self.forget_minutes:g} min, {STOP_HOTKEY_TEXT} or Ctrl-C ends it",
            file=sys.stderr,
        )
        seen = CaptureStats()
        with tqdm(total=total, unit="frame", mininterval=1.0) as bar:

            def stop(stats: CaptureStats) -> bool:
                nonlocal seen
                seen = stats
                passed = stats.frames + stats.skipped
                bar.update(passed - bar.n)
                bar.set_description("paused" if watched.paused else "recording", refresh=False)
                return watched.pressed or interrupted.count > 0 or (total is not None and passed >= total)

            def forget() -> bool:
                asked_ns = watched.asked_to_forget()
                if asked_ns is None:
                    return False
                forgotten = writer.forget(self.forget_minutes, asked_ns)
                tqdm.write(f"forgot the last {self.forget_minutes:g} min: {forgotten} frames", file=sys.stderr)
                return True

            try:
                stats = capture(
                    writer,
                    *doors,
                    MonotonicClock(),
                    fps=self.fps,
                    stop=stop,
                    paused=lambda: watched.paused,
                    forget=forget,
                    raw=beside[0],
                    switches=beside[1],
                )
            except DisplayGone as gone:
                if not seen.frames:
                    raise
                return seen, gone
        return stats, None


@dataclass
class Interrupts:
    """How often somebody asked the program to stop."""

    count: int = field(default=0)


@contextmanager
def interrupts() -> Iterator[Interrupts]:
    """Count what ends a program instead of dying of it between two columns of a file; the second one kills."""
    asked = Interrupts()
    before = {number: signal.getsignal(number) for number in _ending()}

    def ask(number: int, _frame: Any) -> None:
        asked.count += 1
        signal.signal(number, before[signal.Signals(number)])

    for number in before:
        signal.signal(number, ask)
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _ending() -> list[signal.Signals]:
    """SIGINT, SIGTERM, and that a terminal closed, which Windows does not tell and nohup keeps from a program."""
    hung_up = [number for number in signal.Signals if number.name == "SIGHUP"]
    heard = [number for number in hung_up if signal.getsignal(number) != signal.SIG_IGN]
    return [signal.SIGINT, signal.SIGTERM, *heard]


@contextmanager
def private_doors(
    display: str | None, privacy: Privacy, *, keep_passwords: bool
) -> Iterator[tuple[Doors, Windows, HotkeyInput]]:
    """The doors that leave out what is private, the windows, and the input that knows the hotkeys."""
    screen, pointer, inputs = open_doors(display)
    watched = HotkeyInput(inputs)
    with (
        closing(screen),
        closing(pointer),
        closing(watched),
        closing(open_windows(display)) as all_windows,
        ExitStack() as stack,
    ):
        windows = all_windows if privacy.watches_windows else None
        if windows is not None:
            windows.windows()  # where none can be seen this says so, before anything is written
        passwords = [] if keep_passwords else open_passwords(display, all_windows)
        for door in passwords:
            stack.enter_context(closing(door))
        private = PrivateScreen(screen, privacy, windows, passwords)
        yield (private, pointer, PrivateInput(watched, privacy, windows, passwords)), all_windows, watched


def area_doors(doors: Doors, area: Area | None) -> Doors:
    """The doors as they are, or those of an area of the screen."""
    if area is None:
        return doors
    screen, pointer, inputs = doors
    return AreaScreen(screen, area), AreaPointer(pointer, area), AreaInput(inputs, area)


def scaled_doors(doors: Doors, size_px: Size | None) -> Doors:
    """The doors as they are, or those of a screen that is scaled to a size."""
    if size_px is None:
        return doors
    screen, pointer, inputs = doors
    source = screen.size_px
    return ScaledScreen(screen, size_px), ScaledPointer(pointer, source, size_px), ScaledInput(inputs, source, size_px)
