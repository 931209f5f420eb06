"""What can be looked at: strips of single events and a rollout as video, replayed as they were measured."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from recorder.pointer import PointerShape, draw_pointer
from simulator.changes import tile_pixels
from simulator.film import Film
from simulator.footage import Footage
from simulator.measure import Subject
from simulator.rollout import Stretch

STRIPS_EACH = 2
VIDEO_S = 24.0
_GAP_PX = 8
_TRUE_RED, _SHOWN_BLUE = np.array([214, 69, 65]), np.array([52, 101, 200])


@dataclass(frozen=True, kw_only=True, eq=False)
class Strip:
    """One event, 20 frames on: pictures (H, W, 3) under their captions; `tiles`: red truly changed, blue generated,
    violet both.
    """

    title: str
    pictures: dict[str, NDArray[np.uint8]]


@dataclass(frozen=True, kw_only=True, eq=False)
class Exhibits:
    """What a page shows beside its report. `steps_ms` is the wall time of each step on its own, as the world says it:
    the one thing that the same seed does not repeat, and so no part of the report.
    """

    strips: list[Strip]
    video_mp4: bytes | None
    steps_ms: list[float]


def choose(events: NDArray[np.void]) -> list[tuple[str, int]]:
    """The best, middle and worst events by IoU, of those that truly change the screen: (word, index into events)."""
    answered = np.flatnonzero(events["true_tiles"] > 0)
    order = answered[np.argsort(-events["iou"][answered], kind="stable")].tolist()
    middle = max(0, (len(order) - STRIPS_EACH) // 2)
    places = {
        "best": order[:STRIPS_EACH],
        "median": order[middle : middle + STRIPS_EACH],
        "worst": order[-STRIPS_EACH:],
    }
    seen: set[int] = set()
    chosen = []
    for word, indices in places.items():
        chosen += [(word, index) for index in indices if index not in seen]
        seen.update(indices)
    return chosen


def strips(
    subject: Subject,
    footage: Sequence[Footage],
    stretches: Sequence[Stretch],
    events: NDArray[np.void],
    *,
    seed: int,
) -> list[Strip]:
    """Replay the chosen events; `stretches` and `events` are the plan's and what was measured of them."""
    return [
        _strip(subject, footage[stretches[index].session], stretches[index], word, events[index], seed=seed)
        for word, index in choose(events)
    ]


def _strip(subject: Subject, film: Footage, stretch: Stretch, word: str, row: np.void, *, seed: int) -> Strip:
    moments = list(subject.play(film, stretch, subject.advance, seed=seed + stretch.first))
    true = np.logical_or.reduce([moment.true_changed() for moment in moments])
    shown = np.logical_or.reduce([moment.shown_changed() for moment in moments])
    last = moments[-1]
    difference = np.abs(last.true_u8.astype(np.int16) - last.step.frame_u8).astype(np.uint8)
    return Strip(
        title=f"{word}: {row['event_class']} in {film.path.name}, frame {stretch.first}, IoU {row['iou']:.2f}",
        pictures={
            "before": moments[0].true_before_u8,
            "true": last.true_u8,
            "generated": last.step.frame_u8,
            "difference": difference,
            "tiles": _tint(last.true_u8, true, shown),
        },
    )


def _tint(frame_u8: NDArray[np.uint8], true: NDArray[np.bool_], shown: NDArray[np.bool_]) -> NDArray[np.uint8]:
    pale = 255 - (255 - frame_u8.astype(np.int32)) // 3
    for tiles, colour in ((true, _TRUE_RED), (shown, _SHOWN_BLUE)):
        pixels = tile_pixels(tiles)
        pale[pixels] = (pale[pixels] + colour) // 2
    return pale.astype(np.uint8)


def video_stretch(footage: Sequence[Footage], tracks: Sequence[Stretch]) -> Stretch:
    """From the beginning of the first track on, VIDEO_S seconds or as long as the session lasts."""
    first = tracks[0]
    film = footage[first.session]
    frames = min(round(VIDEO_S * film.fps), len(film) - first.first)
    return Stretch(session=first.session, first=first.first, frames=frames)


def video_mp4(subject: Subject, film: Footage, stretch: Stretch, *, seed: int, advanced: Callable[[], object]) -> bytes:
    """Truth on the left, the world on its own on the right, each with its own pointer; H.264."""
    width, height = film.size_px
    with TemporaryDirectory() as folder:
        path = Path(folder) / "rollout.mp4"
        with Film(path, size_px=(2 * width + _GAP_PX, height), fps=film.fps) as video:
            for moment in subject.play(film, stretch, subject.advance, seed=seed + stretch.first):
                action = film.actions[moment.frame]
                true_u8 = _pointed(moment.true_u8, film.shape(moment.frame), action.x_px, action.y_px)
                shown_u8 = _pointed(moment.step.frame_u8, moment.step.shape, action.x_px, action.y_px)
                gap = np.full((height, _GAP_PX, 3), 255, np.uint8)
                video.add(np.concatenate([true_u8, gap, shown_u8], axis=1))
                advanced()
        return path.read_bytes()


def _pointed(frame_u8: NDArray[np.uint8], shape: PointerShape | None, x_px: int, y_px: int) -> NDArray[np.uint8]:
    return draw_pointer(frame_u8, shape, x_px, y_px) if shape else frame_u8
