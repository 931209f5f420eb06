"""The recording loop: doors in, session file out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from recorder.actions import Event, EventKind
from recorder.clock import Clock, deadlines
from recorder.doors import Input, Pointer, Raw, Screen, Switches
from recorder.prompt import Prompt
from recorder.queued import QueuedWriter
from recorder.recording import RecordingWriter
from recorder.states import PERIOD_NS
from recorder.writer import SessionWriter

Writer = SessionWriter | RecordingWriter | QueuedWriter
_KEYS = (EventKind.KEY_DOWN, EventKind.KEY_UP)


@dataclass(kw_only=True)
class CaptureStats:
    """What happened while recording; a frame is late when it was taken more than half a period after its time."""

    frames: int = 0
    late: int = 0
    skipped: int = 0
    worst_late_ns: int = 0


def capture(
    writer: Writer,
    screen: Screen,
    pointer: Pointer,
    inputs: Input,
    clock: Clock,
    *,
    fps: float,
    stop: Callable[[CaptureStats], bool],
    caption: Callable[[], Prompt | None] = lambda: None,
    paused: Callable[[], bool] = lambda: False,
    forget: Callable[[], bool] = lambda: False,
    raw: Raw | None = None,
    switches: Switches | None = None,
    ticks: Iterator[tuple[int, int]] | None = None,
) -> CaptureStats:
    """Record frames at `fps` until `stop` says so.

    `caption` gives a new prompt for the next frame, or None while the screen's description stays as it was. While
    `paused` is true no frame is taken, and what `inputs` still says of before is kept. `forget` removes from `writer`
    what was asked to be forgotten, if anything was, and says whether it did: then the frame just taken goes too.
    What `raw` tells is recorded beside the events, and what the keyboard has switched on with what is held; `switches`
    are looked at after keys were used, and once a period of `states`. `ticks` yields (deadline_ns, skipped) where
    frames are due at other times than those of `deadlines`; they may end before `stop` says so.
    """
    stats, was_paused, looked_ns = CaptureStats(), False, -PERIOD_NS
    for deadline_ns, skipped in ticks or deadlines(clock, fps):
        if stop(stats):
            return stats
        if paused():
            _pass_on(inputs, writer, forget)
            _raw_rows(raw)  # and nobody is told
            looked_ns = -PERIOD_NS
            was_paused = True
            continue
        if was_paused:
            writer.add_pause()
            was_paused = False
        prompt = caption()
        if prompt is not None:
            writer.add_prompt(*prompt)
        state = pointer.read()
        rgb = screen.grab()
        t_ns = clock.now_ns()
        moves = _raw_rows(raw)
        events, forgot = _pass_on(inputs, writer, forget)
        if forgot:
            continue
        if moves:
            writer.add_raw(moves)
        if switches is not None and (t_ns - looked_ns >= PERIOD_NS or any(event.kind in _KEYS for event in events)):
            looked_ns = t_ns
            writer.switch_keyboard(switches.read())
        late_ns = max(0, t_ns - deadline_ns)
        writer.add_frame(rgb, t_ns, state, late_ns)
        stats.frames += 1
        stats.skipped += skipped
        stats.late += late_ns > 5e8 / fps
        stats.worst_late_ns = max(stats.worst_late_ns, late_ns)
    return stats


def _pass_on(inputs: Input, writer: Writer, forget: Callable[[], bool]) -> tuple[list[Event], bool]:
    """Hand events on; those that come after something was forgotten come after it in the file. They, and if it was."""
    events = inputs.drain()
    forgot = forget()
    if events:
        writer.add_events(events)
    return events, forgot


def _raw_rows(raw: Raw | None) -> list[tuple[object, ...]]:
    moves = [] if raw is None else raw.drain()
    return [(move.t_ns, int(move.kind), move.dx, move.dy) for move in moves]
