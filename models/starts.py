"""The screens that a desk can begin at: few that together show the looks and applications of its training."""

from collections.abc import Hashable, Iterator, Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models import events
from models.facts import MENU, facts_of, holding_facts
from models.pairs import attributes_at, stretches
from models.tiles import to_frame
from models.track import Track
from recorder.session import Session

START_SCREENS = 64
COVERED = ("theme", "wallpaper", "wallpaper_kind", "panel", "font_pt", "focused", "open", "nothing")

Shown = frozenset[Hashable]


def start_screens(paths: Sequence[Path], tracks: Sequence[Track]) -> NDArray[np.uint8]:
    """(s, H, W, 3) of the training sessions, at most START_SCREENS of them."""
    found: list[tuple[Track, int]] = []
    shown: list[Shown] = []
    for path, track in zip(paths, tracks, strict=True):
        with Session(path) as session:
            for frame, things in _candidates(session, track):
                found.append((track, frame))
                shown.append(things)
    return np.stack([_screen(*found[place]) for place in cover(shown, START_SCREENS)])


def cover(shown: Sequence[Shown], most: int) -> list[int]:
    """At most `most` of these sets, chosen so that little of what any has is in none.

    Greedy (Johnson 1974): always the first of those that add most, until none adds anything.
    """
    chosen: list[int] = []
    missing = set[Hashable]().union(*shown)
    while missing and len(chosen) < most:
        best = max(range(len(shown)), key=lambda place: len(shown[place] & missing))
        chosen.append(best)
        missing -= shown[best]
    return chosen


def _candidates(session: Session, track: Track) -> Iterator[tuple[int, Shown]]:
    """(frame, what there is to cover): every two facts that hold together, amid each stretch without a menu or a drag.

    Of a session that does not tell what is known of its screens it is the one before the first input, and what is said
    of it; the very first frame may show a desktop that is still being painted.
    """
    told = session.whole_prompts()
    if not any(facts_of(prompt.attributes() or {}, session.size_px).any() for _, prompt in told):
        frame = max(0, int(track.events[0, events.FRAME]) - 1) if len(track.events) else 0
        yield frame, frozenset([told[0][1].text if told else session.path.name])
        return
    for stretch in stretches(told, len(session)):
        settled = stretch.settled(session.fps)
        if settled:
            amid = settled[len(settled) // 2]
            drags = int(track.held[amid]) & events.BUTTON_BITS
            holding = holding_facts(facts_of(attributes_at(told, amid), session.size_px))
            if holding and MENU not in holding and not drags:
                yield amid, frozenset(combinations([fact for fact in holding if fact.attribute in COVERED], 2))


def _screen(track: Track, frame: int) -> NDArray[np.uint8]:
    """(H, W, 3): what a track shows at a frame."""
    row = int(np.searchsorted(track.change_frame, frame, side="right")) - 1
    return to_frame(track.tiles_u8[track.grids[row]], int(track.grid_shape[1]))
