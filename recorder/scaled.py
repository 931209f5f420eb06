"""Screen, pointer and input of one size in, the same of a training size out."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from recorder.actions import Event
from recorder.doors import Input, Pointer, Screen
from recorder.pointer import PointerShape, PointerState

Size = tuple[int, int]  # width, height in pixels


def parse_size(text: str) -> Size:
    """The size of "WIDTHxHEIGHT"; ValueError for anything else and for an empty one."""
    try:
        width_px, height_px = (int(part) for part in text.split("x"))
    except ValueError as error:
        raise ValueError(f"'{text}' is no size; write it as WIDTHxHEIGHT in pixels") from error
    if min(width_px, height_px) <= 0:
        raise ValueError(f"the size '{text}' is empty; give it a width and a height above 0")
    return width_px, height_px


def scale_px(x_px: int, y_px: int, source: Size, target: Size) -> tuple[int, int]:
    """The pixel of a screen of size `target` that lies where this one lies on a screen of size `source`."""
    return x_px * target[0] // source[0], y_px * target[1] // source[1]


class ScaledScreen(Screen):
    """Another screen, each pixel the mean of those that it covers (Pillow's box filter)."""

    def __init__(self, inner: Screen, size_px: Size) -> None:
        if size_px[0] > inner.size_px[0] or size_px[1] > inner.size_px[1]:
            wide, high = inner.size_px
            raise ValueError(f"what is recorded is {wide}x{high}; name a size that is not larger")
        self._inner, self._size_px = inner, size_px

    @property
    def size_px(self) -> Size:
        return self._size_px

    def grab(self) -> NDArray[np.uint8]:
        return np.array(Image.fromarray(self._inner.grab()).resize(self._size_px, Image.Resampling.BOX))

    def close(self) -> None:
        self._inner.close()


class ScaledPointer(Pointer):
    """Another pointer on a screen that is scaled from `source` to `target`, its images too."""

    def __init__(self, inner: Pointer, source: Size, target: Size) -> None:
        self._inner, self._source, self._target = inner, source, target
        self._shapes: dict[bytes, PointerShape] = {}

    def read(self) -> PointerState:
        state = self._inner.read()
        x_px, y_px = scale_px(state.x_px, state.y_px, self._source, self._target)
        return PointerState(x_px=x_px, y_px=y_px, shape=state.shape and self._scaled(state.shape))

    def close(self) -> None:
        self._inner.close()

    def _scaled(self, shape: PointerShape) -> PointerShape:
        if shape.key() not in self._shapes:
            height, width = shape.rgba.shape[:2]
            wide, high = scale_px(width, height, self._source, self._target)
            size_px = (max(1, wide), max(1, high))
            rgba = np.asarray(Image.fromarray(shape.rgba).resize(size_px, Image.Resampling.BOX))
            hot_x_px, hot_y_px = scale_px(shape.hot_x_px, shape.hot_y_px, self._source, self._target)
            self._shapes[shape.key()] = PointerShape(rgba=rgba, hot_x_px=hot_x_px, hot_y_px=hot_y_px, name=shape.name)
        return self._shapes[shape.key()]


class ScaledInput(Input):
    """Another input on a screen that is scaled from `source` to `target`."""

    def __init__(self, inner: Input, source: Size, target: Size) -> None:
        self._inner, self._source, self._target = inner, source, target

    def drain(self) -> list[Event]:
        return [self._scaled(event) for event in self._inner.drain()]

    def close(self) -> None:
        self._inner.close()

    def _scaled(self, event: Event) -> Event:
        x_px, y_px = scale_px(event.x_px, event.y_px, self._source, self._target)
        return replace(event, x_px=x_px, y_px=y_px)
