"""A script played on a desktop by the clock, and the doors through which a recorder looks at it."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from recorder.actions import Event
from recorder.clock import Clock
from recorder.doors import Input, Pointer, Screen
from recorder.explorer.narrator import Narrator
from recorder.pointer import PointerState
from recorder.prompt import Prompt
from recorder.toy import layout
from recorder.toy.desktop import Desktop
from recorder.toy.picture import draw, pointer_shape
from recorder.toy.script import Script, Stage, Wish


class Play:
    """Whoever looks at it finds everything done that the script has up to the clock's time."""

    def __init__(self, script: Script, desktop: Desktop, narrator: Narrator, clock: Clock) -> None:
        self._script, self._desktop, self._narrator, self._clock = script, desktop, narrator, clock
        self._next, self._seen = 0, list[Event]()
        self._tell: dict[Stage, Callable[[Wish], None]] = {
            Stage.ASKED: lambda wish: narrator.begin(wish.attribute, wish.value),
            Stage.DONE: self._grant,
            Stage.OVER: lambda _: narrator.end(),
        }

    def desktop(self) -> Desktop:
        """As it is now."""
        while self._next < len(self._script) and self._script[self._next].t_ns <= self._clock.now_ns():
            self._do(self._script[self._next])
            self._next += 1
        return self._desktop

    def caption(self) -> Prompt | None:
        """The prompt for the next frame if it changed since the last call."""
        desktop = self.desktop()
        self._narrator.see(desktop.windows, desktop.menus)
        return self._narrator.take()

    def drain(self) -> list[Event]:
        """The events since the last call."""
        self.desktop()
        seen, self._seen = self._seen, []
        return seen

    def _do(self, happening: Event | Wish) -> None:
        if isinstance(happening, Wish):
            self._tell[happening.stage](happening)
        else:
            self._desktop.feed(happening)
            self._seen.append(happening)

    def _grant(self, wish: Wish) -> None:
        self._desktop.change(wish.attribute, wish.value)
        if wish.attribute != "open":  # what is open is seen
            self._narrator.change(wish.attribute, wish.value)


class ToyScreen(Screen):
    """The drawn desktop."""

    def __init__(self, play: Play) -> None:
        self._play = play

    @property
    def size_px(self) -> tuple[int, int]:
        return layout.SIZE_PX

    def grab(self) -> NDArray[np.uint8]:
        return draw(self._play.desktop())

    def close(self) -> None: ...


class ToyPointer(Pointer):
    """An arrow, or a beam over text."""

    def __init__(self, play: Play) -> None:
        self._play = play

    def read(self) -> PointerState:
        desktop = self._play.desktop()
        x_px, y_px = desktop.pointer_px
        return PointerState(x_px=x_px, y_px=y_px, shape=pointer_shape(desktop))

    def close(self) -> None: ...


class ToyInput(Input):
    """What the script's hand does."""

    def __init__(self, play: Play) -> None:
        self._play = play

    def drain(self) -> list[Event]:
        return self._play.drain()

    def close(self) -> None: ...
