"""Doors: one file for each desktop library, imported lazily, behind these small contracts."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from recorder.actions import Event
from recorder.box import Box
from recorder.pointer import PointerState
from recorder.states import Keyboard


class DisplayGone(ValueError):
    """The display behind a door, or what was recorded of it, went away."""


class Screen(ABC):
    """Grabs frames without the pointer."""

    @property
    @abstractmethod
    def size_px(self) -> tuple[int, int]:
        """(width, height) of what `grab` returns."""

    @abstractmethod
    def grab(self) -> NDArray[np.uint8]:
        """The screen now, (H, W, 3) RGB; raises DisplayGone."""

    @abstractmethod
    def close(self) -> None: ...


class Pointer(ABC):
    """Tells where the pointer is and what it looks like."""

    @abstractmethod
    def read(self) -> PointerState:
        """The pointer now; raises DisplayGone."""

    @abstractmethod
    def close(self) -> None: ...


class Input(ABC):
    """Observes mouse and keyboard from the moment it is made."""

    @abstractmethod
    def drain(self) -> list[Event]:
        """The events since the last call, in time order; times are on the monotonic clock."""

    @abstractmethod
    def close(self) -> None: ...


class RawKind(IntEnum):
    """What a device moved; the number is what the session file stores."""

    MOTION = 0
    SCROLL = 1


@dataclass(frozen=True, kw_only=True)
class RawMove:
    """What a mouse reports itself, before acceleration and beyond the screen's edge.

    Of MOTION `dx`, `dy` are counts of the device, to the right and down; of SCROLL wheel steps and fractions of them,
    to the right and up.
    """

    t_ns: int
    kind: RawKind
    dx: float
    dy: float


class Raw(ABC):
    """Observes what mice report from the moment it is made."""

    @abstractmethod
    def drain(self) -> list[RawMove]:
        """What came since the last call, in time order; raises DisplayGone."""

    @abstractmethod
    def close(self) -> None: ...


class Switches(ABC):
    """Tells what the keyboard has switched on."""

    @abstractmethod
    def read(self) -> Keyboard:
        """Locks and layout now; raises DisplayGone."""

    @abstractmethod
    def close(self) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Window:
    """A top-level window with its frame; `app` is its class in lower case, `process` its process id."""

    number: int
    app: str
    box: Box
    dialog: bool
    hidden: bool
    maximised: bool
    active: bool
    process: int | None = None
    title: str = ""


def active(windows: Sequence[Window]) -> Window | None:
    """The window that takes the keys."""
    return next((window for window in windows if window.active), None)


class Windows(ABC):
    """Tells which windows are on the screen."""

    @abstractmethod
    def windows(self) -> list[Window]:
        """Normal windows and dialogs, bottom of the stack first; raises DisplayGone."""

    @abstractmethod
    def place(self, number: int) -> Box | None:
        """Where the inside of a window is, without its frame; None while it is not shown.

        Raises LookupError where there is no such window, and DisplayGone.
        """

    @abstractmethod
    def popups(self) -> list[Box]:
        """Menus, tooltips and the like, which lie above all windows; raises DisplayGone."""

    @abstractmethod
    def close(self) -> None: ...


class Monitors(ABC):
    """Tells which part of the screen each monitor shows."""

    @abstractmethod
    def boxes(self) -> dict[str, Box]:
        """The monitors that are on, by their names; raises DisplayGone."""

    @abstractmethod
    def close(self) -> None: ...


class Passwords(ABC):
    """Tells where passwords are typed."""

    @abstractmethod
    def asked(self) -> bool:
        """Whether what is typed now goes into a password; raises DisplayGone."""

    @abstractmethod
    def boxes(self) -> list[Box]:
        """The parts of the screen that passwords are typed into; raises DisplayGone."""

    @abstractmethod
    def close(self) -> None: ...


class Injector(ABC):
    """Moves the mouse and presses keys as a user would."""

    @abstractmethod
    def move(self, x_px: int, y_px: int) -> None: ...

    @abstractmethod
    def button(self, code: int, down: bool) -> None:
        """`code` is an index into `actions.BUTTONS`."""

    @abstractmethod
    def scroll(self, dx: int, dy: int) -> None:
        """Wheel steps, right and up positive."""

    @abstractmethod
    def key(self, code: int, down: bool) -> None:
        """`code` is an index into `actions.KEYS`."""
