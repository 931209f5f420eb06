"""Two sessions of the same inputs in; how much what they show differs out."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recorder.coverage import state_sequence
from recorder.session import Session

AT_FRAMES = (1, 15, 60, 150, 300)  # after the first: those of the evaluation's drift
SETTLED_S = 0.5  # a state that stands more shortly may come and go between two looks


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Of `frames` frames: the share that is equal, of all their pixels the share that differs, RMSE of 0 to 255.

    `rmse_at` is that of the frame so long after the first; `same_states`, whether the settled states are the same ones
    in the same order.
    """

    frames: int
    equal_frames: float
    differing_pixels: float
    rmse_at: dict[int, float]
    same_states: bool

    def __str__(self) -> str:
        at, rmse = " / ".join(map(str, self.rmse_at)), " / ".join(f"{value:.1f}" for value in self.rmse_at.values())
        states = "the same states" if self.same_states else "other states"
        return (
            f"{self.equal_frames:.1%} of {self.frames} frames are equal, {self.differing_pixels:.2%} of the pixels "
            f"differ, RMSE {rmse} after {at} frames, {states}"
        )


def difference(first: Session, second: Session) -> Difference:
    """Frame by frame, as far as both go. Raises ValueError for sessions of different sizes."""
    if first.size_px != second.size_px:
        raise ValueError(f"{first.path} and {second.path} are of different sizes; compare what is of one size")
    shares, rmse_at = [], {}
    for index, (ours_u8, theirs_u8) in enumerate(_pairs(first, second)):
        shares.append(float((ours_u8 != theirs_u8).any(axis=-1).mean()))
        if index in AT_FRAMES:
            rmse_at[index] = _rmse(ours_u8, theirs_u8)
    return Difference(
        frames=len(shares),
        equal_frames=float(np.mean([share == 0 for share in shares])),
        differing_pixels=float(np.mean(shares)),
        rmse_at=rmse_at,
        same_states=_settled(first) == _settled(second),
    )


def _pairs(first: Session, second: Session) -> Iterator[tuple[NDArray[np.uint8], NDArray[np.uint8]]]:
    frames = min(len(first), len(second))
    return zip(first.frames.one_by_one(0, frames), second.frames.one_by_one(0, frames), strict=True)


def _rmse(ours_u8: NDArray[np.uint8], theirs_u8: NDArray[np.uint8]) -> float:
    return float(np.sqrt(np.mean((ours_u8.astype(np.float64) - theirs_u8) ** 2)))


def _settled(session: Session) -> list[str]:
    return state_sequence(session, at_least_frames=round(SETTLED_S * session.fps))
