"""The rerun floor: what a second recording of the same inputs shows. No world need be nearer to the first than that."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from simulator.changes import changed_tiles
from simulator.footage import Footage
from simulator.rollout import Advance, Moment, Stretch
from simulator.world import Step


class Reruns:
    """`films`: file name of a held-out session -> the recording in which its inputs were played again.

    Raises ValueError, with the remedy, where one is missing, shorter, or of another size or rate.
    """

    def __init__(self, films: Mapping[str, Footage], footage: Sequence[Footage]) -> None:
        for film in footage:
            again = films.get(film.path.name)
            if again is None:
                raise ValueError(f"{film.path.name} has no rerun; record its inputs again under the same name")
            if (again.size_px, again.fps) != (film.size_px, film.fps) or len(again) < len(film):
                raise ValueError(
                    f"{again.path} is shorter than {film.path} or differs in size or rate; record its inputs again"
                )
        self._films = films

    def play(self, footage: Footage, stretch: Stretch, advance: Advance, *, seed: int) -> Iterator[Moment]:
        """The moments of a stretch, however it is advanced: frame for frame what the rerun shows."""
        del advance, seed
        again = self._films[footage.path.name]
        first, count = stretch.first - 1, stretch.frames + 1
        frames = zip(footage.frames(first, count), again.frames(first, count), strict=True)
        true_before_u8, shown_before_u8 = next(frames)
        for frame, (true_u8, shown_u8) in enumerate(frames, start=stretch.first):
            dirty = changed_tiles(shown_before_u8, shown_u8)
            step = Step(
                frame_u8=shown_u8,
                dirty=dirty,
                dirty_probability=dirty.astype(np.float32),
                change_probability=float(dirty.any()),
                shape=again.shape(frame),
            )
            yield Moment(
                frame=frame,
                true_before_u8=true_before_u8,
                true_u8=true_u8,
                shown_before_u8=shown_before_u8,
                step=step,
            )
            true_before_u8, shown_before_u8 = true_u8, shown_u8
