"""What follows for the things on the screen from what was pressed, as the counts have it (`models.fates`)."""

from collections import deque
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models import events
from models.fates import WITHIN_FRAMES, Fate, Fates, by_button, is_press
from models.things import MOST, Drag, Thing, Things, holds

LAG_FRAMES = 2  # from a press to the frame that shows what came of it: the median of 217 windows


class Consequences:
    """Of the presses, for `things`: what goes or comes back a little later, and what a drag takes along."""

    def __init__(self, fates: Fates, things: Things) -> None:
        self._fates, self._things = fates, things
        self._hidden: deque[Thing] = deque(maxlen=MOST)  # the newest last
        self._press: Sequence[int] | None = None
        self._menus_since = 0
        self._grip: Thing | None = None
        self._done = False
        self.forget()

    def forget(self) -> None:
        """Whatever comes of the presses is told."""
        self._going: Thing | None = None
        self._menu: Thing | None = None
        self._hides = self._returns = False
        self._due = 0

    def take(self, row: Sequence[int], frame_u8: NDArray[np.uint8]) -> None:
        """An event's row (`models.events`), while a frame (H, W, 3) is shown.

        While menus are open a press is for these: all that came since the first one opened is theirs, and goes.
        """
        if not is_press(row):
            return
        self.forget()
        self._press, self._grip, self._done = row, None, False
        self._due = row[events.FRAME] + LAG_FRAMES
        menus = self._fates.menus_of(self._things.newest)
        menus = [each for each in menus if each.since >= self._menus_since and each.there(frame_u8)]
        menus_go = self._fates.likely(Fate.MENUS_GO, row)
        if menus_go:
            self._menus_since = row[events.FRAME]
        if menus:
            self._menu = menus[-1] if menus_go else None
            return
        windows = self._fates.windows(self._things.newest)
        under = [each for each in windows if not by_button(row) or holds(each.box, row[events.X], row[events.Y])]
        window = next((each for each in under if each.there(frame_u8)), None)
        if window:
            self._take_on(window, row)
        elif by_button(row):
            self._returns = bool(self._hidden) and self._fates.likely(Fate.HIDDEN_RETURNS, row)

    def _take_on(self, window: Thing, row: Sequence[int]) -> None:
        """A press on a window, or a key while it is the topmost."""
        if self._fates.likely(Fate.WINDOW_GOES, row, window.box):
            self._going = window
            self._hides = self._fates.likely(Fate.WINDOW_HIDES, row, window.box)
        elif by_button(row) and self._fates.likely(Fate.WINDOW_MOVES, row, window.box):
            self._grip = window

    @property
    def pending(self) -> bool:
        """Whether something is about to go or to come back."""
        return bool(self._going or self._menu or self._returns)

    def due(self, frame: int, frame_u8: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
        """The next frame where something goes or comes back in it; once."""
        if frame < self._due:
            return None
        menu, going, hides, returns = self._menu, self._going, self._hides, self._returns
        self.forget()
        self._done = True
        if returns:
            return self._things.put_back(self._hidden.pop(), frame_u8)
        if menu and menu in self._things:
            return self._things.roll_back(menu, frame_u8)
        if not going or going not in self._things or not going.there(frame_u8):
            return None
        if hides:
            self._hidden.append(going.as_in(frame_u8))
        return self._things.lay_bare(going, frame_u8)

    def drag(self, frame_u8: NDArray[np.uint8], press_px: tuple[int, int], pointer_px: tuple[int, int]) -> Drag | None:
        """The drag that a held button has begun; None where it takes nothing along."""
        return self._things.grab(self._grip, frame_u8, press_px, pointer_px) if self._grip else None

    def spares(self, thing: Thing, frame: int) -> bool:
        """Whether the last press never had such a thing go, or has had something go already."""
        row = self._press
        if row is None or frame - row[events.FRAME] > WITHIN_FRAMES:
            return False
        if self._done:
            return True
        if self._fates.menus_of([thing]):
            return self._fates.never(Fate.MENUS_GO, row)
        if not self._fates.windows([thing]):
            return False
        if by_button(row) and not holds(thing.box, row[events.X], row[events.Y]):
            return self._fates.never(Fate.TOPMOST_GOES, row)
        return self._fates.never(Fate.WINDOW_LEAVES, row, thing.box)

    def note(self, gone: Sequence[Thing], frame: int, before_u8: NDArray[np.uint8]) -> None:
        """Things went, which `before_u8` had shown: those that the last press hid may come back."""
        row = self._press
        if row is not None and frame - row[events.FRAME] <= WITHIN_FRAMES:
            windows = self._fates.windows(gone)
            hid = [each for each in windows if self._fates.likely(Fate.WINDOW_HIDES, row, each.box)]
            self._hidden.extend(thing.as_in(before_u8) for thing in hid)
