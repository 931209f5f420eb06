"""What a user names of the screen in (a region, a window, a monitor), the area that is recorded out."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

from recorder.area import Area, FixedArea, MonitorArea, WindowArea
from recorder.box import Box
from recorder.display import open_monitors
from recorder.doors import Windows


@dataclass(frozen=True, kw_only=True)
class Part:
    """One of the three, or none for the whole screen."""

    region: Box | None = None
    window: int | None = None
    monitor: str | None = None

    @classmethod
    def parse(cls, *, region: str | None, window: str | None, monitor: str | None) -> "Part":
        """Of the command's options; ValueError where more than one is given or one is malformed."""
        if [region, window, monitor].count(None) < 2:
            raise ValueError("--region, --window and --monitor exclude each other; give one of them")
        return cls(
            region=None if region is None else Box.parse(region),
            window=None if window is None else _window_number(window),
            monitor=monitor,
        )

    @contextmanager
    def area(self, display: str | None, size_px: tuple[int, int], windows: Windows) -> Iterator[Area | None]:
        """The area on a display of (width, height), None for all of it.

        Raises ValueError where the part is not there.
        """
        if self.monitor is not None:
            with closing(open_monitors(display)) as monitors:
                yield MonitorArea(monitors, self.monitor)
        elif self.window is not None:
            yield WindowArea(windows, self.window)
        else:
            yield self._fixed(size_px)

    def _fixed(self, size_px: tuple[int, int]) -> Area | None:
        if self.region is not None and not self.region.inside(size_px):
            width, height = size_px
            raise ValueError(f"the region does not lie on the screen of {width}x{height}; name one that does")
        return FixedArea(self.region) if self.region else None


def _window_number(text: str) -> int:
    try:
        return int(text, 0)
    except ValueError as error:
        raise ValueError(f"'{text}' is no window's number; 'xwininfo' tells it, such as 0x1a00003") from error
