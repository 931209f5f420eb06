"""What must not reach the disk is taken out between the doors and the file: pixels, keys, whole applications."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from recorder.actions import Event, EventKind
from recorder.box import Box
from recorder.clock import Clock, MonotonicClock
from recorder.doors import DisplayGone, Input, Passwords, Screen, Window, Windows, active

Keys = Literal["all", "codes", "none"]
_KEYS = (EventKind.KEY_DOWN, EventKind.KEY_UP)
_CLOCK = MonotonicClock()
BLIND_NS = 1_000_000_000  # in so long a time without a look for passwords one could have been typed


@dataclass(frozen=True, kw_only=True)
class Privacy:
    """What to leave out.

    `masks` are black; windows of the applications `hide` are black, or, where `only` names some, those of all others
    and the desktop; where `window` names one by its number, all else. `keys` says whether key events are kept with
    their symbols, as physical codes alone, or not at all; none are kept while the active window is hidden.
    """

    window: int | None = None
    masks: tuple[Box, ...] = ()
    hide: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    keys: Keys = "all"

    @property
    def watches_windows(self) -> bool:
        return bool(self.hide or self.only or self.window is not None)

    def allows(self, window: Window | None) -> bool:
        """Whether a window, or the bare desktop, may be recorded."""
        app = window.app if window else ""
        if self.window is not None and (window is None or window.number != self.window):
            return False
        return app not in _lower(self.hide) and (not self.only or app in _lower(self.only))

    def allows_keys(self, windows: Sequence[Window]) -> bool:
        """Whether what is typed now may be recorded; where no manager lists windows, the one recorded has the keys."""
        return self.allows(active(windows)) or (self.window is not None and not windows)

    def visible(
        self, windows: Sequence[Window], popups: Sequence[Box], size_px: tuple[int, int], place: Box | None = None
    ) -> NDArray[np.bool_]:
        """The pixels (H, W) of a screen of (width, height) that may be recorded; `place` is where `window` is.

        A menu belongs to the active window, which is the only one that opens any.
        """
        shown = np.full(size_px[::-1], not self.only and self.window is None)
        if place is not None and not self.only:
            shown[place.slices] = True
        for window in windows:
            if not window.hidden:
                shown[window.box.slices] = self.allows(window)
        for popup in popups:
            shown[popup.slices] = self.allows(active(windows))
        for mask in self.masks:
            shown[mask.slices] = False
        return shown


def _lower(names: Sequence[str]) -> list[str]:
    return [name.lower() for name in names]


class PrivateScreen(Screen):
    """Another screen in which what is private is black.

    Windows and passwords are looked at before and after each grab, and a pixel stays only where both looks allow it.
    """

    def __init__(
        self, inner: Screen, privacy: Privacy, windows: Windows | None = None, passwords: Sequence[Passwords] = ()
    ) -> None:
        self._inner, self._privacy, self._windows, self._passwords = inner, privacy, windows, passwords

    @property
    def size_px(self) -> tuple[int, int]:
        return self._inner.size_px

    def grab(self) -> NDArray[np.uint8]:
        before = self._visible()
        rgb = self._inner.grab()
        shown = before & self._visible() if self._windows or self._passwords else before
        if not shown.all():
            rgb[~shown] = 0
        return rgb

    def close(self) -> None:
        self._inner.close()

    def _visible(self) -> NDArray[np.bool_]:
        looks = (self._windows.windows(), self._windows.popups()) if self._windows else ((), ())
        shown = self._privacy.visible(*looks, self._inner.size_px, self._place())
        for passwords in self._passwords:
            for box in passwords.boxes():
                shown[box.slices] = False
        return shown

    def _place(self) -> Box | None:
        number = self._privacy.window
        if self._windows is None or number is None:
            return None
        try:
            return self._windows.place(number)
        except LookupError as error:
            raise DisplayGone(f"window {number:#x} was closed") from error


class PrivateInput(Input):
    """Another input without the keys that are private.

    A key that was pressed while it might be recorded is also released in the record. Where nobody looked for
    passwords for BLIND_NS, no key is kept.
    """

    def __init__(
        self,
        inner: Input,
        privacy: Privacy,
        windows: Windows | None = None,
        passwords: Sequence[Passwords] = (),
        clock: Clock = _CLOCK,
    ) -> None:
        self._inner, self._privacy, self._windows, self._passwords = inner, privacy, windows, passwords
        self._clock, self._looked_ns = clock, clock.now_ns()
        self._pressed: set[int] = set()
        self._was_private = False

    def drain(self) -> list[Event]:
        hidden = self._windows is not None and not self._privacy.allows_keys(self._windows.windows())
        private = hidden or any(passwords.asked() for passwords in self._passwords)
        now_ns = self._clock.now_ns()
        blind = bool(self._passwords) and now_ns - self._looked_ns > BLIND_NS
        hush = private or self._was_private or blind  # keys of the time before the look too
        self._was_private, self._looked_ns = private, now_ns
        return [told for event in self._inner.drain() for told in self._keep(event, hush)]

    def close(self) -> None:
        self._inner.close()

    def _keep(self, event: Event, hush: bool) -> Iterator[Event]:
        if event.kind == EventKind.KEY_DOWN:
            if hush or self._privacy.keys == "none":
                self._pressed.discard(event.code)  # pressed again: the release that forgetting swallowed is past
                return
            self._pressed.add(event.code)
        elif event.kind == EventKind.KEY_UP:
            if event.code not in self._pressed:
                return
            self._pressed.discard(event.code)
        symbol = 0 if self._privacy.keys == "codes" and event.kind in _KEYS else event.symbol
        yield replace(event, symbol=symbol)
