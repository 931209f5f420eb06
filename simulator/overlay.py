"""What is laid over the generated screen: lines of numbers and coloured tiles."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.command import Command
from simulator.keymap import BINDINGS
from simulator.world import TILE_PX, Step

TINT = (255, 64, 160)
_HEAT = (255, 96, 0)


@dataclass(frozen=True, kw_only=True)
class Status:
    """The numbers of the overlay; `photon_ms` is (p50, p95) of the time from input to photon, None before any."""

    fps: float
    nominal_fps: float
    frames: int
    late: int
    photon_ms: tuple[float, float] | None
    seed: int
    prompt: str
    about: str
    speed: float = 1.0
    paused: bool = False
    recording: str = ""
    notice: str = ""


def status_lines(status: Status, step: Step) -> list[str]:
    """The overlay, line by line."""
    return [
        f"model {status.fps:.1f} of {status.nominal_fps:g} fps, {status.late} late of {status.frames}",
        f"input to photon {photon_text(status.photon_ms)}",
        f"dirty tiles {int(step.dirty.sum())} of {step.dirty.size}, change p {step.change_probability:.2f}",
        "step " + (", ".join(f"{name} {ms:.0f}" for name, ms in step.parts_ms.items()) or "-") + " ms",
        f"seed {status.seed}, {status.about}",
        f"prompt: {status.prompt or '-'}",
    ]


def photon_text(photon_ms: tuple[float, float] | None) -> str:
    """(p50, p95) as a person reads it."""
    return "not measured yet" if photon_ms is None else "p50 {:.0f} ms, p95 {:.0f} ms".format(*photon_ms)


def badge_lines(status: Status) -> list[str]:
    """What is said without being asked."""
    badges = {
        f"recording {status.recording}": status.recording,
        f"speed {status.speed:g}": status.speed != 1,
        "paused": status.paused,
        status.notice: status.notice,
    }
    return [line for line, wanted in badges.items() if wanted]


def help_lines() -> list[str]:
    """Every command with its key."""
    return [f"{BINDINGS[command].label()}  {command.value}" for command in Command]


def tint_dirty(frame_u8: NDArray[np.uint8], dirty: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """The frame with the dirty tiles half covered."""
    return _cover(frame_u8, dirty * np.float32(0.5), TINT)


def heat_map(frame_u8: NDArray[np.uint8], probability: NDArray[np.float32]) -> NDArray[np.uint8]:
    """The frame with each tile covered as much as it is expected to change."""
    return _cover(frame_u8, probability * np.float32(0.8), _HEAT)


def _cover(frame_u8: NDArray[np.uint8], amount: NDArray[np.float32], colour: tuple[int, int, int]) -> NDArray[np.uint8]:
    """Blend `colour` over the tiles; amount (H/16, W/16) in [0, 1]."""
    alpha = amount.repeat(TILE_PX, 0).repeat(TILE_PX, 1)[..., None]
    return (frame_u8 * (1 - alpha) + np.array(colour, np.float32) * alpha).astype(np.uint8)
