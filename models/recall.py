"""What each cell of a change may show again: its last different contents, and what lies beside it when things move.

Half of what changes shows something that the same pixels showed before, to the bit: a menu closes, a highlight moves
on, a window comes back. So the head may say "this one again" in place of denoising. Each content counts once, newest
first (as a cache that drops the least recently used). What is dragged shows what lay as far from it as the pointer has
come, in this frame or, where the program is late, in the one before.
"""

from dataclasses import dataclass, fields

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from numpy.typing import NDArray
from torch import Tensor

from models.cells import Box, cut, fingerprints
from models.events import BUTTON_BITS
from models.tiles import TILE_VALUES

EARLIER = 9  # the content that is shown now, and eight before it
MOVED = 2  # by the pointer's way in this frame, and in the frame before
SLOTS = EARLIER + MOVED
NEW = SLOTS  # the choice of no earlier content; larger ones are places in the palette, from NEW + 1 on
LOOK_BACK = 24  # screens that are searched for different contents


@dataclass(frozen=True, kw_only=True, eq=False)
class Slots:
    """The contents that n cells may show again: whitened `latent`, `age` in frames since each was last shown (0 for
    the one that is shown now, which comes first, and for those that move), `there` False where nothing was."""

    latent: Float[Tensor, "n k c"]
    age: Float[Tensor, "n k"]
    there: Bool[Tensor, "n k"]

    def at(self, cells: Int[Tensor, "m"]) -> "Slots":
        """These cells alone."""
        return Slots(**{field.name: getattr(self, field.name)[cells] for field in fields(self)})

    @classmethod
    def cat(cls, parts: list["Slots"]) -> "Slots":
        """The cells of several, one after another."""
        return cls(**{field.name: torch.cat([getattr(part, field.name) for part in parts]) for field in fields(cls)})


@dataclass(frozen=True, kw_only=True, eq=False)
class Known:
    """The same in pixels: distinct `tiles_u8` (u, TILE_VALUES), `slot` (n, SLOTS) which of them or -1, and `age`."""

    tiles_u8: NDArray[np.uint8]
    slot: NDArray[np.int64]
    age: NDArray[np.int64]

    def slots(self, latents: Float[Tensor, "u c"]) -> Slots:
        """With the latents of the tiles."""
        slot = torch.from_numpy(self.slot).to(latents.device)
        age = torch.from_numpy(self.age).to(latents.device).float()
        return Slots(latent=latents[slot.clamp_min(0)], age=age, there=slot >= 0)


NOTHING_KNOWN = Known(
    tiles_u8=np.zeros((0, TILE_VALUES), np.uint8),
    slot=np.zeros((0, SLOTS), np.int64),
    age=np.zeros((0, SLOTS), np.int64),
)


def known_contents(
    screens: list[NDArray[np.uint8]],
    arrived: list[int],
    moved: list[NDArray[np.uint8] | None],
    frame: int,
) -> Known:
    """What n cells may show at a frame.

    `screens` are their contents (n, TILE_VALUES) on the last screens, oldest first, from the frames `arrived` on;
    `moved` the MOVED contents that may move there, None where nothing moves.
    """
    cells = len(screens[-1])
    beside = [tiles for tiles in moved if tiles is not None]
    tiles_u8 = np.concatenate([*screens, *beside])
    _, first, content = np.unique(fingerprints(tiles_u8), return_index=True, return_inverse=True)
    content = content.reshape(-1, cells)
    earlier, age = different(content[: len(screens)].T, np.tile(arrived, (cells, 1)), frame)
    slot = np.full((cells, SLOTS), -1)
    slot[:, : earlier.shape[1]] = earlier
    there = [place for place, tiles in enumerate(moved) if tiles is not None]
    slot[:, [EARLIER + place for place in there]] = content[len(screens) :].T
    ages = np.zeros((cells, SLOTS), np.int64)
    ages[:, : age.shape[1]] = age
    used, compact = np.unique(np.where(slot >= 0, slot, slot[0, 0]), return_inverse=True)
    return Known(tiles_u8=tiles_u8[first[used]], slot=np.where(slot >= 0, compact.reshape(slot.shape), -1), age=ages)


def moved_contents(
    frame_u8: NDArray[np.uint8], box: Box, cells: NDArray[np.int64], pointer_px: NDArray[np.integer], held: int
) -> list[NDArray[np.uint8] | None]:
    """What moves with the pointer, at `pointer_px` (MOVED + 1, 2) in the last frames and now, if a button is held."""
    ways = [tuple(way) for way in np.diff(pointer_px, axis=0)[::-1].tolist()]
    drags = bool(held & BUTTON_BITS)
    return [cut(frame_u8, box, way)[cells] if drags and way != (0, 0) else None for way in ways]


def different(
    contents: NDArray[np.int64], arrived: NDArray[np.int64], frame: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The last different contents (n, EARLIER or fewer) and their ages, from all contents (n, k), oldest first.

    `arrived` (n, k) is the frame of each; -1 marks no content in both `contents` and the answer.
    """
    newest, arrived = contents[:, ::-1], arrived[:, ::-1]
    again = np.tril(newest[:, :, None] == newest[:, None, :], -1).any(axis=2)
    kept = ~again & (newest >= 0)
    order = np.argsort(~kept, axis=1, kind="stable")[:, :EARLIER]
    left = np.concatenate([np.full((len(arrived), 1), frame), arrived[:, :-1]], axis=1)
    ids = np.where(np.take_along_axis(kept, order, 1), np.take_along_axis(newest, order, 1), -1)
    return ids, np.where(ids >= 0, frame - np.take_along_axis(left, order, 1), 0)
