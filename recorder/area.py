"""The part of the screen that is recorded, which may move and keeps its size; doors to the screen in, to it out."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from recorder.actions import Event
from recorder.box import Box
from recorder.doors import DisplayGone, Input, Monitors, Pointer, Screen, Windows
from recorder.pointer import PointerState


class Area(ABC):
    """A part of the screen."""

    @abstractmethod
    def box(self) -> Box:
        """Where it is now, always of the same size; raises DisplayGone where it is no more."""


@dataclass(frozen=True)
class FixedArea(Area):
    """A part that stays where it is."""

    place: Box

    def box(self) -> Box:
        return self.place


class WindowArea(Area):
    """The inside of a window, wherever it moves; of the size that it had first.

    Raises ValueError where there is no such window or it is not shown.
    """

    def __init__(self, windows: Windows, number: int) -> None:
        self._windows, self._number = windows, number
        try:
            place = _managed_place(windows, number)
        except LookupError as error:
            raise ValueError(
                f"there is no window {number:#x} on this screen; 'xwininfo' tells the number of one that is clicked"
            ) from error
        if place is None:
            raise ValueError(f"window {number:#x} is minimised or on another workspace; show it first")
        self._last = place

    def box(self) -> Box:
        try:
            place = self._windows.place(self._number)
        except LookupError as error:
            raise DisplayGone(f"window {self._number:#x} was closed") from error
        if place is not None:  # else it is not shown, and all is black
            self._last = replace(self._last, x_px=place.x_px, y_px=place.y_px)
        return self._last


def _managed_place(windows: Windows, number: int) -> Box | None:
    """A window's place; only windows that are managed tell whether they have the keys, where there is a manager."""
    listed = [window.number for window in windows.windows()]
    if listed and number not in listed:
        raise LookupError(number)
    return windows.place(number)


class MonitorArea(Area):
    """A monitor, wherever it is moved to; of the size that it had first. Raises ValueError where there is none."""

    def __init__(self, monitors: Monitors, name: str) -> None:
        self._monitors, self._name = monitors, name
        boxes = monitors.boxes()
        if name not in boxes:
            raise ValueError(f"there is no monitor '{name}'; name one of {', '.join(boxes)}")
        self._first = boxes[name]

    def box(self) -> Box:
        place = self._monitors.boxes().get(self._name)
        if place is None:
            raise DisplayGone(f"monitor '{self._name}' went away")
        return replace(self._first, x_px=place.x_px, y_px=place.y_px)


class AreaScreen(Screen):
    """An area of another screen; what of it lies beyond the screen is black."""

    def __init__(self, inner: Screen, area: Area) -> None:
        self._inner, self._area = inner, area
        box = area.box()
        self._size_px = (box.width_px, box.height_px)

    @property
    def size_px(self) -> tuple[int, int]:
        return self._size_px

    def grab(self) -> NDArray[np.uint8]:
        box = self._area.box()
        return cropped(self._inner.grab(), box)

    def close(self) -> None:
        self._inner.close()


def cropped(rgb: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
    """The part of an image (H, W, 3) that lies in the box, black where the image ends."""
    out = np.zeros((box.height_px, box.width_px, 3), np.uint8)
    inside = rgb[box.slices]
    top, left = max(0, -box.y_px), max(0, -box.x_px)
    out[top : top + inside.shape[0], left : left + inside.shape[1]] = inside
    return out


class AreaPointer(Pointer):
    """Another pointer, seen from an area's corner."""

    def __init__(self, inner: Pointer, area: Area) -> None:
        self._inner, self._area = inner, area

    def read(self) -> PointerState:
        box, state = self._area.box(), self._inner.read()
        return replace(state, x_px=state.x_px - box.x_px, y_px=state.y_px - box.y_px)

    def close(self) -> None:
        self._inner.close()


class AreaInput(Input):
    """Another input, its places seen from where an area's corner is when they are asked for."""

    def __init__(self, inner: Input, area: Area) -> None:
        self._inner, self._area = inner, area

    def drain(self) -> list[Event]:
        box = self._area.box()
        return [replace(event, x_px=event.x_px - box.x_px, y_px=event.y_px - box.y_px) for event in self._inner.drain()]

    def close(self) -> None:
        self._inner.close()
