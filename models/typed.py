"""What keys write: how often each key came right before each content, and what a key says for the contents.

The model says that some letter of the look's font appears, and learns slowly which: each of thousands is a case of its
own. Counting knows at once: by Bayes' rule p(content | screen, key) goes with p(content | screen) times
p(key | content) / p(key) where screen and key speak of the content independently; the last two are counted.
"""

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from models import events
from models.track import Track
from recorder.actions import KEY_INDEX, KEYS

LAG_FRAMES = 6  # from the press to what it writes
MOST_CELLS = 4  # of a change that one key writes
PRIOR = 1.0  # presses that are added to the counts of each content, shared out as all presses are
SHIFT, REST = 1, 6  # bits of the modifiers: shift writes something else, with control or alt nothing is written
SILENT = ("Escape", "Backspace", "Tab", "Enter", "CapsLock")  # keys before the last of CHARACTERS that write none
CHARACTERS = {  # the keys that write one
    number for number, key in enumerate(KEYS[: 1 + KEY_INDEX["Space"]]) if key.name not in SILENT
}
WRITES = 2 * len(KEYS)  # ways to press a key: plain and with shift


def writing(row: Sequence[int] | NDArray[np.integer], frame: int) -> int | None:
    """How a key was pressed that may write a character at a frame, below WRITES, from an event's row (`models.events`);
    None for other events and those long ago."""
    key = int(row[events.KIND]) - events.FIRST_KEY
    late = frame - row[events.FRAME] > LAG_FRAMES
    if late or key not in CHARACTERS or row[events.MODIFIERS] & REST:
        return None
    return 2 * key + int(row[events.MODIFIERS] & SHIFT)


class Presses:
    """The presses of keys that have written nothing yet: each writes once, the oldest first, or soon not at all.

    Of 3,252 presses after which seven sessions show a small change, 17 were followed by a second one.
    """

    def __init__(self) -> None:
        self._waiting: deque[Sequence[int]] = deque()
        self._newest: Sequence[int] | None = None

    def take(self, row: Sequence[int]) -> None:
        """An event's row."""
        self._newest = row
        if writing(row, row[events.FRAME]) is not None:
            self._waiting.append(row)

    def way(self, frame: int) -> int | None:
        """The way in which the next letter is written; None where no key is to write any."""
        ways = (writing(row, frame) for row in self._waiting)
        return next((way for way in ways if way is not None), None)

    def done(self, frame: int) -> bool:
        """Whether the newest event is a key that has written already."""
        wrote = self._newest is not None and writing(self._newest, frame) is not None
        return wrote and self.way(frame) is None

    def wrote(self, frame: int, cells: int) -> None:
        """A change of so many cells was shown; what is larger than a letter leaves none to be written."""
        while self._waiting and (cells > MOST_CELLS or writing(self._waiting[0], frame) is None):
            self._waiting.popleft()
        if self._waiting:
            self._waiting.popleft()


@dataclass(frozen=True, kw_only=True, eq=False)
class Typed:
    """Counts (m,): that a content, a place in a library, came after a key was pressed in a way (`writing`) so many
    `times`."""

    content: NDArray[np.int64]
    way: NDArray[np.int64]
    times: NDArray[np.int64]

    @classmethod
    def of(cls, counts: Counter[tuple[int, int]], contents: list[int]) -> "Typed":
        """From counts of (fingerprint, way), as far as the contents, fingerprints, are in the library."""
        place = {content: number for number, content in enumerate(contents)}
        rows = sorted((place[content], way, times) for (content, way), times in counts.items() if content in place)
        content, way, times = np.array(rows, np.int64).reshape(-1, 3).T
        return cls(content=content, way=way, times=times)

    def __post_init__(self) -> None:
        if not len(self.content) == len(self.way) == len(self.times):
            raise ValueError("it is not said of each content which key wrote it how often")
        if not ((self.way >= 0) & (self.way < WRITES) & (self.content >= 0) & (self.times > 0)).all():
            raise ValueError("a key or a content is none")

    def says(self, way: int, contents: int) -> NDArray[np.float32]:
        """Nats for each of the first `contents` of the library by which a key makes it likelier: 0 where no key ever
        wrote it."""
        which, counts = self._counts
        share = counts.sum(axis=0) + 1 / WRITES
        share /= share.sum()
        said = np.log((counts[:, way] + PRIOR * share[way]) / (counts.sum(axis=1) + PRIOR)) - np.log(share[way])
        nats = np.zeros(contents, np.float32)
        nats[which[which < contents]] = said[which < contents]
        return nats

    @cached_property
    def _counts(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The contents (k,) that keys wrote, and how often each way (k, WRITES)."""
        which, place = np.unique(self.content, return_inverse=True)
        counts = np.zeros((len(which), WRITES))
        np.add.at(counts, (place, self.way), self.times)
        return which, counts


NOTHING_TYPED = Typed(content=np.zeros(0, np.int64), way=np.zeros(0, np.int64), times=np.zeros(0, np.int64))


def way_at(track: Track, frame: int) -> int | None:
    """The way (`writing`) in which the newest event up to a frame may write at it."""
    end = int(np.searchsorted(track.events[:, events.FRAME], frame, side="right"))
    return writing(track.events[end - 1], frame) if end else None
