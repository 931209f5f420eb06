"""Counts while a world is played: rate, late frames, time from input to photon."""

from collections import deque
from collections.abc import Sequence

import numpy as np

_RATE_WINDOW_NS = 2_000_000_000
_LATENCIES_KEPT = 2000


class Tally:
    """`frames` were generated, `late` periods passed without one.

    `photon_ms` is (p50, p95) of the time from input to photon over the last events, None before the first.
    """

    def __init__(self) -> None:
        self.frames = 0
        self.late = 0
        self.photon_ms: tuple[float, float] | None = None
        self._arrivals_ns: deque[int] = deque()
        self._photon_ns: deque[int] = deque(maxlen=_LATENCIES_KEPT)

    def add_frame(self, t_ns: int) -> None:
        """A frame came out of the model."""
        self.frames += 1
        self._arrivals_ns.append(t_ns)
        while t_ns - self._arrivals_ns[0] > _RATE_WINDOW_NS:
            self._arrivals_ns.popleft()

    def add_photons(self, events_ns: Sequence[int], shown_ns: int) -> None:
        """The first frame generated from these events is on the screen, whether or not anything changed in it."""
        self._photon_ns.extend(shown_ns - event_ns for event_ns in events_ns)
        p50, p95 = np.percentile(self._photon_ns, (50, 95)) / 1e6
        self.photon_ms = float(p50), float(p95)

    @property
    def fps(self) -> float:
        """Generated frames a second over the last two seconds; 0 while there are not two."""
        if len(self._arrivals_ns) < 2:
            return 0.0
        return (len(self._arrivals_ns) - 1) * 1e9 / (self._arrivals_ns[-1] - self._arrivals_ns[0])
