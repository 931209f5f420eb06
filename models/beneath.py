"""What lies under the windows of a screen whose past nobody has seen: the barest first screen with its wallpaper."""

import numpy as np
from numpy.typing import NDArray

from models.cells import fingerprints
from models.tiles import to_tiles

SAME = 0.25  # of its tiles have to be the screen's
BARER = 0.5  # it has so many of the screen's different tiles at most


def beneath(screen_u8: NDArray[np.uint8], starts_u8: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    """Of first screens (s, H, W, 3) the one with the fewest different tiles, among those that have SAME of their tiles
    in common with a screen (H, W, 3); None where it has more than BARER of the screen's."""
    shown = fingerprints(to_tiles(screen_u8))
    others = [fingerprints(to_tiles(start_u8)) for start_u8 in starts_u8]
    kinds = [len(np.unique(tiles)) for tiles in others]
    alike = [place for place, tiles in enumerate(others) if (tiles == shown).mean() >= SAME]
    barest = min(alike, key=lambda place: kinds[place], default=None)
    if barest is None or kinds[barest] > BARER * len(np.unique(shown)):
        return None
    return starts_u8[barest]
