"""A session or a part of it in, a new session file out: frames, pointer, the events that belong, prompts."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recorder.actions import Event, EventKind
from recorder.pointer import PointerShape, PointerState
from recorder.prompt import Prompt
from recorder.schema import NO_SHAPE
from recorder.session import Session
from recorder.states import Keyboard, State
from recorder.writer import FLUSH_NS, OWN_ATTRIBUTES, SessionWriter, partial_path

FIRST_FRAME = "excerpt_from_frame"  # attribute of a part: where in the whole it begins
_RELEASES = {EventKind.BUTTON_UP: EventKind.BUTTON_DOWN, EventKind.KEY_UP: EventKind.KEY_DOWN}


def write_excerpt(
    session: Session,
    path: Path,
    *,
    start: int,
    stop: int,
    chunk_frames: int,
    level: int,
    flush_ns: float = FLUSH_NS,
    progress: Callable[[int], object] = lambda _: None,
) -> None:
    """Write frames start to stop - 1 of a session to `path`; `progress` hears how many more were written.

    Frame times stay on the recording's clock. Raises ValueError for a range that the session does not have.
    """
    if not 0 <= start < stop <= len(session):
        raise ValueError(f"{session.path} has frames 0 to {len(session) - 1}; {start} to {stop - 1} are not all there")
    attributes = {name: value for name, value in session.attributes.items() if name not in OWN_ATTRIBUTES}
    if stop - start < len(session):
        attributes[FIRST_FRAME] = start
    events = excerpt_events(session, start, stop)
    prompts = dict(excerpt_prompts(session.whole_prompts(), start, stop))
    shapes = dict(enumerate(session.shapes()))
    pauses = {frame - start for frame in session.pauses}
    writer = SessionWriter(
        path,
        size_px=session.size_px,
        fps=session.fps,
        attributes=attributes,
        chunk_frames=chunk_frames,
        level=level,
        flush_ns=flush_ns,
    )
    with whole_or_nothing(writer):
        writer.add_events(events)
        writer.add_raw(raw_rows(session, start, stop).tolist())
        for index, rgb in enumerate(session.frames.one_by_one(start, stop), start):
            if index - start in pauses:
                writer.add_pause()
            if index - start in prompts:
                writer.add_prompt(*prompts[index - start])
            writer.switch_keyboard(keyboard_at(session, index))
            pointer, late_ns = _pointer(session, shapes, index), int(session.late_ns[index])
            writer.add_frame(rgb, int(session.t_ns[index]), pointer, late_ns)
            progress(1)


@contextmanager
def whole_or_nothing(writer: SessionWriter) -> Iterator[None]:
    """Around writing a copy: half of it is of no use, its source is still there, so an exception leaves nothing."""
    try:
        with writer:
            yield
    except BaseException:
        partial_path(writer.path).unlink(missing_ok=True)
        raise


def excerpt_prompts(prompts: Iterable[tuple[int, Prompt]], start: int, stop: int) -> list[tuple[int, Prompt]]:
    """Prompts counted from `start`; the one in force there becomes the first. At most one a frame: the last."""
    return list({max(0, frame - start): prompt for frame, prompt in prompts if frame < stop}.items())


def excerpt_events(session: Session, start: int, stop: int) -> list[Event]:
    """The events of frames start to stop - 1, and before them the presses of what is held when they begin.

    A session's end has no next frame: there the events after the last frame belong to it.
    """
    events = session.events()
    begin_ns = int(session.t_ns[start - 1]) if start else None
    end_ns = int(session.t_ns[stop - 1]) if stop < len(session) else None
    earlier = [event for event in events if begin_ns is not None and event.t_ns <= begin_ns]
    inside = [event for event in events[len(earlier) :] if end_ns is None or event.t_ns <= end_ns]
    return [*held(earlier), *inside]


def held(events: Iterable[Event]) -> list[Event]:
    """The presses that no release follows, in order."""
    down: dict[tuple[EventKind, int], Event] = {}
    for event in events:
        if event.kind in _RELEASES:
            down.pop((_RELEASES[event.kind], event.code), None)
        elif event.kind in _RELEASES.values():
            down.setdefault((event.kind, event.code), event)
    return list(down.values())


def releases(presses: Iterable[Event], t_ns: int) -> list[Event]:
    """What ends these presses at t_ns, each where it began."""
    kinds = {press: release for release, press in _RELEASES.items()}
    return [replace(press, t_ns=t_ns, kind=kinds[press.kind], symbol=0) for press in presses]


def keyboard_at(session: Session, frame: int) -> Keyboard:
    """Which locks and layout held at a frame."""
    before = int(np.searchsorted(session.state_rows["t_ns"], session.t_ns[frame], side="right"))
    return State.of(session.state_rows[before - 1]).keyboard if before else Keyboard()


def raw_rows(session: Session, start: int, stop: int) -> NDArray[np.void]:
    """What mice reported in frames start to stop - 1; after the last frame of all it belongs to it, as events do."""
    t_ns = session.raw_rows["t_ns"]
    after = t_ns > session.t_ns[start - 1] if start else np.full(len(t_ns), True)
    until = t_ns <= session.t_ns[stop - 1] if stop < len(session) else np.full(len(t_ns), True)
    return session.raw_rows[after & until]


def state_rows(session: Session, start: int, stop: int) -> NDArray[np.void]:
    """The states of frames start to stop - 1, and first the one in force when they begin."""
    t_ns = session.state_rows["t_ns"]
    first, last = np.searchsorted(t_ns, session.t_ns[[start, stop - 1]], side="right").tolist()
    return session.state_rows[max(0, first - 1) : last]


def _pointer(session: Session, shapes: dict[int, PointerShape], index: int) -> PointerState:
    number = int(session.pointer_shape[index])
    shape = None if number == NO_SHAPE else shapes.get(number)
    return PointerState(x_px=int(session.pointer_x_px[index]), y_px=int(session.pointer_y_px[index]), shape=shape)
