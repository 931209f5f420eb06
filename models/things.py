"""What lies open on the screen, as layers: the box of each thing and what lies under it (Wang and Adelson 1994).

What opens covers something, and what closes or is dragged away lays it bare again, to the pixel. The model says that
something goes; what goes, it says only about. So a change whose box is nearly that of a thing takes the thing's, and a
thing that is dragged moves whole, with the pointer, over what it covers.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.cells import Box
from models.tiles import TILE_PX

MOST = 24
LEAST_CELLS = 12  # of a thing
SAME = 0.7  # intersection over union from which two boxes are the same thing's
STILL_THERE = 0.5  # of a thing's pixels that are as when it opened
BARE = 0.8  # of a thing's pixels: so many as under it before, and it has gone
GRIP_PX = 4  # at a thing's edge: who drags there changes its size
STARTS_PX = 3  # on which a drag begins


@dataclass(frozen=True, kw_only=True, eq=False)
class Thing:
    """A box, which may have been dragged beyond the screen, what it showed (h, w, 3) when it opened, what lies
    `under_u8` it, all of the screen (H, W, 3) `before_u8` it opened, and `since` which frame it lies there."""

    box: Box
    shown_u8: NDArray[np.uint8]
    under_u8: NDArray[np.uint8]
    before_u8: NDArray[np.uint8]
    since: int = 0

    def __deepcopy__(self, memo: dict) -> "Thing":
        """It is shared: nobody writes to it."""
        return self

    def as_in(self, frame_u8: NDArray[np.uint8]) -> "Thing":
        """The same as a frame shows it."""
        return replace(self, shown_u8=_read(frame_u8, self.box))

    def there(self, frame_u8: NDArray[np.uint8]) -> bool:
        """Whether a frame still shows it, but for what may be written or lie on it."""
        return _alike(_read(frame_u8, self.box), self.shown_u8) >= STILL_THERE

    def visible(self, frame_u8: NDArray[np.uint8]) -> Box:
        """The part of its box that is on the screen, of which there is some."""
        height, width = frame_u8.shape[:2]
        return np.clip(self.box, 0, np.array([width - 1, height - 1]))

    def gone(self, frame_u8: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """A frame without it."""
        bare_u8 = frame_u8.copy()
        _write(bare_u8, self.box, self.under_u8)
        return bare_u8


@dataclass(frozen=True, kw_only=True, eq=False)
class Drag:
    """A thing on its way: it was `grabbed` at a pixel, where it looked so (`shown_u8`)."""

    thing: Thing
    start: Box
    grabbed_px: tuple[int, int]
    shown_u8: NDArray[np.uint8]

    def to(self, frame_u8: NDArray[np.uint8], pointer_px: tuple[int, int]) -> tuple["Drag", NDArray[np.uint8]]:
        """The drag and the frame when the pointer is elsewhere."""
        frame_u8 = self.thing.gone(frame_u8)
        box = self.start + np.array(pointer_px) - np.array(self.grabbed_px)
        thing = replace(self.thing, box=box, under_u8=_read(frame_u8, box))
        _write(frame_u8, box, self.shown_u8)
        return Drag(thing=thing, start=self.start, grabbed_px=self.grabbed_px, shown_u8=self.shown_u8), frame_u8


class Things:
    """The last things that opened and have not gone."""

    def __init__(self) -> None:
        self._open: list[Thing] = []

    def __contains__(self, thing: Thing | None) -> bool:
        return thing in self._open

    def note(self, box: Box, before_u8: NDArray[np.uint8], after_u8: NDArray[np.uint8], frame: int = 0) -> list[Thing]:
        """Learn from a change of a box at a frame what has opened, and what has gone, which is returned."""
        gone = [thing for thing in self._open if _same(thing.box, box) and _bare(thing, after_u8)]
        stale = [thing for thing in self._open if _same(thing.box, box) and not thing.there(before_u8)]
        self._open = [thing for thing in self._open if thing not in gone and thing not in stale]
        if not gone and np.prod(-(-(box[1] - box[0] + 1) // TILE_PX)) >= LEAST_CELLS:
            shown_u8, under_u8 = (_read(frame_u8, box) for frame_u8 in (after_u8, before_u8))
            thing = Thing(box=box, shown_u8=shown_u8, under_u8=under_u8, before_u8=before_u8, since=frame)
            self._open = [*self._open[1 - MOST :], thing]
        return gone

    @property
    def newest(self) -> list[Thing]:
        """All, the newest first."""
        return self._open[::-1]

    def lay_bare(self, thing: Thing, frame_u8: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The frame without a thing; it and what came on it have gone."""
        since = self._open.index(thing)
        later = [other for other in self._open[since + 1 :] if not _inside_of(other.box, thing.box)]
        self._open = [*self._open[:since], *later]
        return thing.gone(frame_u8)

    def like(self, box: Box) -> Thing | None:
        """The thing that a box is nearly that of."""
        shares = [overlap(thing.box, box) for thing in self._open]
        return self._open[int(np.argmax(shares))] if max(shares, default=0.0) >= SAME else None

    def drag(
        self, box: Box, frame_u8: NDArray[np.uint8], press_px: tuple[int, int], pointer_px: tuple[int, int]
    ) -> Drag | None:
        """A drag of the thing that a change with a held button is about; None where it is about none."""
        held = [thing for thing in self._open if _grips(thing.box, press_px) and _same(thing.box, box)]
        if not held:
            return None
        return self.grab(max(held, key=lambda thing: overlap(thing.box, box)), frame_u8, press_px, pointer_px)

    def grab(
        self, thing: Thing, frame_u8: NDArray[np.uint8], press_px: tuple[int, int], pointer_px: tuple[int, int]
    ) -> Drag | None:
        """A drag of a thing; None while the pointer has hardly left the place of the press, or where it is gone."""
        near = max(abs(np.array(pointer_px) - np.array(press_px))) < STARTS_PX
        if near or thing not in self:
            return None
        return Drag(thing=thing, start=thing.box, grabbed_px=press_px, shown_u8=_read(frame_u8, thing.box))

    def roll_back(self, thing: Thing, frame_u8: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The frame as it was before a thing opened, wherever it or a later one lies; they have gone."""
        since = self._open.index(thing)
        boxes = [other.box for other in self._open[since:]]
        around = np.array([np.min(boxes, axis=0)[0], np.max(boxes, axis=0)[1]])
        frame_u8 = frame_u8.copy()
        _write(frame_u8, around, _read(thing.before_u8, around))
        self._open = self._open[:since]
        return frame_u8

    def put_back(self, thing: Thing, frame_u8: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The frame with a thing as it was shown; it lies open again."""
        before_u8, under_u8, frame_u8 = frame_u8, _read(frame_u8, thing.box), frame_u8.copy()
        _write(frame_u8, thing.box, thing.shown_u8)
        self._open = [*self._open[1 - MOST :], replace(thing, under_u8=under_u8, before_u8=before_u8)]
        return frame_u8

    def moved(self, before: Thing, after: Thing) -> None:
        """A thing is elsewhere, and on top."""
        self._open = [*(thing for thing in self._open if thing is not before), after]


def overlap(box: Box, other: Box) -> float:
    """Intersection over union of two boxes."""
    shared = np.maximum(np.minimum(box[1], other[1]) - np.maximum(box[0], other[0]) + 1, 0).prod()
    both = (box[1] - box[0] + 1).prod() + (other[1] - other[0] + 1).prod() - shared
    return float(shared / both)


def holds(box: Box, x_px: int, y_px: int) -> bool:
    """Whether a pixel lies in a box."""
    return bool((box[0] <= (x_px, y_px)).all() and (box[1] >= (x_px, y_px)).all())


def _same(box: Box, other: Box) -> bool:
    return overlap(box, other) >= SAME


def _grips(box: Box, px: tuple[int, int]) -> bool:
    """Whether who presses at a pixel drags the thing, and not its edge."""
    return bool((np.array(px) >= box[0] + GRIP_PX).all() and (np.array(px) <= box[1] - GRIP_PX).all())


def _bare(thing: Thing, frame_u8: NDArray[np.uint8]) -> bool:
    """Whether a frame shows what lay under a thing."""
    return _alike(_read(frame_u8, thing.box), thing.under_u8) >= BARE


def _alike(one_u8: NDArray[np.uint8], other_u8: NDArray[np.uint8]) -> float:
    """The share of pixels that are the same."""
    return float((one_u8 == other_u8).all(axis=2).mean())


def _inside_of(box: Box, other: Box) -> bool:
    return bool((box[0] >= other[0]).all() and (box[1] <= other[1]).all())


def _read(frame_u8: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
    """The pixels (h, w, 3) of a box, black beyond the screen."""
    width, height = box[1] - box[0] + 1
    pixels = np.zeros((height, width, 3), np.uint8)
    screen, own = _inside(frame_u8, box)
    pixels[own] = frame_u8[screen]
    return pixels


def _write(frame_u8: NDArray[np.uint8], box: Box, pixels: NDArray[np.uint8]) -> None:
    """Write the pixels of a box, as far as it lies on the screen."""
    screen, own = _inside(frame_u8, box)
    frame_u8[screen] = pixels[own]


def _inside(frame_u8: NDArray[np.uint8], box: Box) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    """The rows and columns of a box that lie on the screen: there, and in the box."""
    (left, top), (right, bottom) = box.tolist()
    height, width = frame_u8.shape[:2]
    rows = slice(min(max(top, 0), height), max(min(bottom + 1, height), 0))
    columns = slice(min(max(left, 0), width), max(min(right + 1, width), 0))
    own_rows = slice(rows.start - top, rows.stop - top)
    return (rows, columns), (own_rows, slice(columns.start - left, columns.stop - left))
