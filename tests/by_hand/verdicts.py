"""What was seen before and after a task in; whether it did what it should out.

All of this is mechanical: pixels are compared, nothing is read and nothing is recognised. What each verdict can't
tell is said with it.
"""

from collections.abc import Sequence
from typing import NamedTuple

from recorder.box import Box
from tests.by_hand.sight import Change, Look, equal_share, theme, wallpaper, without

WINDOW_PX = (100, 80)
MENU_PX = (40, 40)
STILL = 0.01  # a click that does nothing may move a caret: of its window's area
LEFT_OVER = 0.002  # of the screen, after a menu is gone
SAME = 0.9  # of a window's pixels; letters, a caret and the lighting of a button may be others


class Verdict(NamedTuple):
    """`held` is None where nothing can be said; `why` has the numbers, or the reason."""

    held: bool | None
    why: str


def opened(change: Change) -> Verdict:
    """A piece as large as a window changed. Not which application came, and not that all of it is one window."""
    return _as_large_as(change, WINDOW_PX)


def menu_opened(change: Change) -> Verdict:
    """A piece as large as a menu changed. Not that it is one, and a window that opens instead holds too."""
    return _as_large_as(change, MENU_PX)


def typed(change: Change, window: Box) -> Verdict:
    """Something changed, and inside the window alone. Not which letters came, nor how many."""
    inside, beside = change.pixels(window), change.pixels_beside(window)
    return Verdict(inside > 0 and not beside, f"{inside} px changed in the window, {beside} beside it")


def unmoved(change: Change, window: Box) -> Verdict:
    """After a click where nothing should happen nothing did, but for a caret. Not what hides under the pointer."""
    changed = change.pixels(window) + change.pixels_beside(window)
    share = changed / (window.width_px * window.height_px)
    return Verdict(share <= STILL, f"{changed} px changed, {share:.1%} of the window's area")


def dragged(change: Change, window: Box, way_px: tuple[int, int]) -> Verdict:
    """The window is the same where it was dragged to, and most of what it left is no longer what it was.

    A copy that stays behind fails; what lay under the window need not have come back right.
    """
    kept = equal_share(change.before, change.after, window, way_px)
    height, width = change.mask.shape
    arrived = Box(
        x_px=window.x_px + way_px[0],
        y_px=window.y_px + way_px[1],
        width_px=window.width_px,
        height_px=window.height_px,
    )
    left = without(window, arrived, (width, height))
    gone = float(change.mask[left].mean()) if left.any() else 1.0
    return Verdict(kept >= SAME and gone >= 0.5, f"{kept:.0%} arrived, {gone:.0%} of the place left is changed")


def closed(after: Look, window: Box, under: Look) -> Verdict:
    """Where the window was, the screen is what it was before the window opened.

    A window that closes to a wrong background fails too: it can't be told from one that stays.
    """
    return _shows(after, under, window, "what was there before")


def minimised(after: Look, window: Box, under: Look) -> Verdict:
    """As `closed`. Not whether the task list knows of it."""
    return closed(after, window, under)


def brought_back(after: Look, window: Box, kept: Look) -> Verdict:
    """Where the window was before it was minimised it is again, the same."""
    return _shows(after, kept, window, "the window as it was")


def walked(changes: Sequence[Change]) -> Verdict:
    """With each row that the pointer went on to something changed. Not that it was this row that lit up.

    None for no changes, as in a menu of one row.
    """
    lit = sum(change.box is not None for change in changes)
    why = f"{lit} of {len(changes)} moves to another row changed something"
    return Verdict(lit == len(changes) if changes else None, why)


def left(after: Look, before_menu: Look, desk: Box) -> Verdict:
    """Beside the panel the screen is as it was before the menu, but for LEFT_OVER of it."""
    other = Change(before=before_menu, after=after, desk=desk)
    share = other.pixels(desk) / other.mask.size
    return Verdict(share <= LEFT_OVER, f"{share:.2%} of the screen differ from before the menu")


def idle(frames: int, changes: int) -> Verdict:
    """All frames were the same to the bit, pointer and panel too: none differed from the one before it."""
    return Verdict(changes == 0, f"{changes} of {frames} frames changed something")


def became(look: Look, desk: Box, wanted: dict[str, str], before: Look | None = None) -> Verdict:
    """The wallpaper's nearest colour, or whether the panel is dark, is what was asked for.

    `wanted` has "wallpaper", "theme" or both. None where it was so before. Not whether anything else is right.
    """
    if before is not None and _look_of(before, desk, wanted) == wanted:
        return Verdict(None, f"it was so before: {_words(wanted)}")
    found = _look_of(look, desk, wanted)
    return Verdict(found == wanted, f"{_words(found)}; asked for {_words(wanted)}")


def _look_of(look: Look, desk: Box, wanted: dict[str, str]) -> dict[str, str]:
    found = {"theme": theme(look.picture_u8, desk), "wallpaper": wallpaper(look.picture_u8, desk)}
    return {name: found[name] for name in wanted}


def _words(attributes: dict[str, str]) -> str:
    return ", ".join(f"{value} {name}" for name, value in attributes.items())


def _as_large_as(change: Change, size_px: tuple[int, int]) -> Verdict:
    box = change.largest
    if box is None:
        return Verdict(False, "nothing changed")
    large = box.width_px >= size_px[0] and box.height_px >= size_px[1]
    return Verdict(large, f"{box.width_px}x{box.height_px} px changed, {size_px[0]}x{size_px[1]} are asked for")


def _shows(after: Look, wanted: Look, box: Box, words: str) -> Verdict:
    share = equal_share(after, wanted, box)
    return Verdict(share >= SAME, f"{share:.0%} of its place is {words}")
