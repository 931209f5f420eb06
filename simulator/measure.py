"""Plays one world through the plan and keeps, for each frame, event and track, the sums that the metrics need."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from recorder.pointer import PointerShape, draw_pointer
from simulator.changes import tile_iou, tile_squared_error
from simulator.clip_eye import Eye
from simulator.clip_metrics import clip_score
from simulator.dirty_metrics import where_precision
from simulator.footage import Footage
from simulator.memory_metric import came_back
from simulator.pixel_metrics import ssim_changed
from simulator.plan import DRIFT_FRAMES, Memory, Plan
from simulator.pointer_metric import EVERY_FRAMES, pointer_error_px, same_shape
from simulator.rollout import Advance, Moment, Play, Stretch, closed_loop, teacher_forced
from simulator.tesseract import TextReader
from simulator.text_metrics import char_accuracy, lines_found
from simulator.transitions import Judged
from simulator.typing_metric import TYPED_FRAMES, character_appeared

_FRAME = np.dtype(
    [
        ("session", "i4"),
        ("event_class", "U8"),
        ("changed_tiles", "i4"),
        ("squared_changed", "f8"),
        ("squared_all", "f8"),
        ("tiles", "i4"),
        ("ssim_sum", "f8"),
        ("ssim_pixels", "i4"),
        ("where", "f8"),
        ("change_probability", "f8"),
        ("shape_right", "?"),
        ("shape_changed", "?"),
        ("pointer_error_px", "f8"),
    ]
)
_EVENT = np.dtype(
    [
        ("session", "i4"),
        ("first", "i4"),
        ("event_class", "U8"),
        ("iou", "f8"),
        ("true_tiles", "i4"),
        ("shown_tiles", "i4"),
        ("squared_changed", "f8"),
        ("typed", "i1"),
        ("lpips", "f8"),
    ]
)
_TRACK = np.dtype([("session", "i4"), ("squared", "f8", (DRIFT_FRAMES,)), ("tiles", "i4")])
_TEXT = np.dtype([("session", "i4"), ("char_accuracy", "f8"), ("lines_found", "i4"), ("lines", "i4")])
_TRANSITION = np.dtype([("session", "i4"), ("cluster", "i4"), ("nearest", "i4")])
_MEMORY = np.dtype([("session", "i4"), ("frames_hidden", "i4"), ("ssim_sum", "f8"), ("ssim_pixels", "i4")])
_STEP = np.dtype([("session", "i4"), ("ms", "f8")])
NOT_TYPED = -1
_SETTLED_FRAMES = 2  # what a session says of its windows is a frame or two off

Perceive = Callable[[NDArray[np.uint8], NDArray[np.uint8]], float]


@dataclass(frozen=True, kw_only=True, eq=False)
class Subject:
    """What is under test and how it advances where the model is on its own: a baseline may need to be told."""

    play: Play
    advance: Advance


@dataclass(frozen=True, kw_only=True, eq=False)
class Measured:
    """Structured arrays with a field `session` each: one row a frame, event, track, text, transition, memory, step and
    screen.

    `frames` are those that mouse and keyboard can have caused; `pointer_error_px` is NaN where it was not looked for.
    `events["iou"]` is NaN where nothing changed on either side; `events["typed"]` is 1 or 0, NOT_TYPED where no
    character was; `events["lpips"]` is NaN where nothing perceives. `tracks["squared"]` is the squared error of each
    frame, NaN past the end. `transitions` has the true `cluster` of each judged large change and the one `nearest` to
    what was shown; `steps` the wall time of each step on its own, where the world tells it. `screens` has the CLIP
    score of the screen at the end of each event, and the places of the true and the shown screen in CLIP's space.
    """

    frames: NDArray[np.void]
    events: NDArray[np.void]
    tracks: NDArray[np.void]
    texts: NDArray[np.void]
    transitions: NDArray[np.void]
    memories: NDArray[np.void]
    steps: NDArray[np.void]
    screens: NDArray[np.void]

    def of_sessions(self, sessions: Sequence[int]) -> "Measured":
        """The rows of these sessions, as often as they are named."""
        parts = {}
        for field in fields(self):
            rows = getattr(self, field.name)
            parts[field.name] = np.concatenate([rows[rows["session"] == session] for session in sessions])
        return Measured(**parts)


def measure(
    subject: Subject,
    footage: Sequence[Footage],
    plan: Plan,
    *,
    seed: int,
    judged: Judged,
    read: TextReader | None,
    eye: Eye | None,
    perceive: Perceive | None,
    advanced: Callable[[], object],
) -> Measured:
    """Everything the metrics need of one subject; `advanced` is called once a frame, for a progress bar."""

    def moments(stretch: Stretch, advance: Advance) -> Iterator[Moment]:
        for moment in subject.play(footage[stretch.session], stretch, advance, seed=seed + stretch.first):
            if advance is closed_loop and moment.step.parts_ms:
                steps.append((stretch.session, sum(moment.step.parts_ms.values())))
            yield moment
            advanced()

    frames, transitions, steps = [], [], []
    for stretch in plan.told:
        film = footage[stretch.session]
        for moment in moments(stretch, teacher_forced):
            if film.caused[moment.frame]:
                frames.append(_frame_row(moment, film, stretch.session))
                transitions += _transition_rows(moment, stretch.session, judged)
    events, texts, screens = [], [], []
    for stretch in plan.events:
        row, last = _event_row(moments(stretch, subject.advance), footage[stretch.session], stretch)
        events.append((*row, perceive(last.true_u8, last.step.frame_u8) if perceive else np.nan))
        if read and stretch in plan.read:
            texts += _text_rows(last, stretch.session, read)
        if eye:
            screens.append(_screen_row(last, stretch.session, footage[stretch.session].prompt(last.frame), eye))
    tracks = [_track_row(moments(stretch, subject.advance), stretch) for stretch in plan.tracks]
    memories = [
        _memory_row(moments(memory.stretch, subject.advance), footage[memory.stretch.session], memory)
        for memory in plan.memories
    ]
    return Measured(
        frames=np.array(frames, _FRAME),
        events=np.array(events, _EVENT),
        tracks=np.array(tracks, _TRACK),
        texts=np.array(texts, _TEXT),
        transitions=np.array(transitions, _TRANSITION),
        memories=np.array(memories, _MEMORY),
        steps=np.array(steps, _STEP),
        screens=np.array(screens, _screen_type(eye.space if eye else 0)),
    )


def _frame_row(moment: Moment, film: Footage, session: int) -> tuple[object, ...]:
    changed = moment.true_changed()
    squared = tile_squared_error(moment.true_u8, moment.step.frame_u8)
    shape = film.shape(moment.frame)
    return (
        session,
        film.classes[moment.frame],
        int(changed.sum()),
        int(squared[changed].sum()),
        int(squared.sum()),
        squared.size,
        *ssim_changed(moment.true_u8, moment.step.frame_u8, changed),
        where_precision(moment.step.dirty_probability, changed),
        moment.step.change_probability,
        same_shape(moment.step.shape, shape),
        not same_shape(film.shape(moment.frame - 1), shape),
        _pointer_error_px(moment, film, shape),
    )


def _pointer_error_px(moment: Moment, film: Footage, true: PointerShape | None) -> float:
    """Of one frame in EVERY_FRAMES that truly has a pointer: it is drawn as a window would."""
    if true is None or moment.frame % EVERY_FRAMES:
        return np.nan
    action, shown = film.actions[moment.frame], moment.step.shape
    x_px, y_px = action.x_px, action.y_px
    picture_u8 = draw_pointer(moment.step.frame_u8, shown, x_px, y_px) if shown else moment.step.frame_u8
    return pointer_error_px(picture_u8, true, x_px, y_px)


def _transition_rows(moment: Moment, session: int, judged: Judged) -> list[tuple[object, ...]]:
    """One row where the true change is among those that are judged, none where it is not."""
    cluster = judged.label.get((session, moment.frame))
    if cluster is None:
        return []
    return [(session, cluster, judged.clusters.nearest(moment.true_before_u8, moment.step.frame_u8))]


def _event_row(moments: Iterator[Moment], film: Footage, stretch: Stretch) -> tuple[tuple[object, ...], Moment]:
    """The event's row and its last moment."""
    typed = NOT_TYPED
    first = next(moments)
    moment, true, shown = first, first.true_changed(), first.shown_changed()
    for moment in moments:
        true |= moment.true_changed()
        shown |= moment.shown_changed()
        if moment.frame == stretch.first + TYPED_FRAMES - 1 and film.typed(stretch.first):
            appeared = character_appeared(
                true_before_u8=first.true_before_u8,
                true_after_u8=moment.true_u8,
                shown_after_u8=moment.step.frame_u8,
                shown_changed=shown,
            )
            typed = NOT_TYPED if appeared is None else int(appeared)
    squared = tile_squared_error(moment.true_u8, moment.step.frame_u8)[true].sum()
    row = (
        stretch.session,
        stretch.first,
        film.classes[stretch.first],
        tile_iou(shown, true),
        int(true.sum()),
        int(shown.sum()),
        int(squared),
        typed,
    )
    return row, moment


def _track_row(moments: Iterator[Moment], stretch: Stretch) -> tuple[object, ...]:
    squared = np.full(DRIFT_FRAMES, np.nan)
    tiles = 0
    for place, moment in enumerate(moments):
        error = tile_squared_error(moment.true_u8, moment.step.frame_u8)
        squared[place], tiles = error.sum(), error.size
    return stretch.session, squared, tiles


def _memory_row(moments: Iterator[Moment], film: Footage, memory: Memory) -> tuple[object, ...]:
    (before_u8,) = film.frames(max(0, memory.window.hidden - _SETTLED_FRAMES), 1)
    first, *_, last = moments
    back = came_back(before_u8, first.true_before_u8, last.true_u8, memory.window.box_px)
    return memory.stretch.session, memory.window.frames_hidden, *ssim_changed(before_u8, last.step.frame_u8, back)


def _text_rows(last: Moment, session: int, read: TextReader) -> list[tuple[object, ...]]:
    """One row, or none where there is nothing to read on the true frame."""
    true_text, shown_text = read(last.true_u8), read(last.step.frame_u8)
    if not true_text:
        return []
    return [(session, char_accuracy(true_text, shown_text), *lines_found(true_text, shown_text))]


def _screen_type(space: int) -> np.dtype[np.void]:
    return np.dtype([("session", "i4"), ("score", "f8"), ("true", "f4", (space,)), ("shown", "f4", (space,))])


def _screen_row(last: Moment, session: int, prompt: str, eye: Eye) -> tuple[object, ...]:
    """The score is NaN where no prompt says what the screen shows."""
    places = eye.image(np.stack([last.true_u8, last.step.frame_u8]))
    score = float(clip_score(places[1:], eye.text([prompt]))[0]) if prompt else np.nan
    return session, score, places[0], places[1]
