"""A sandbox and its user in, a session file of what they do out."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

from recorder.capture import CaptureStats, capture
from recorder.clock import Clock
from recorder.dataset import COMPOSITIONAL, SPLIT
from recorder.doors import x11
from recorder.explorer.sandbox import Sandbox
from recorder.explorer.user import User
from recorder.writer import SessionWriter


def film(
    sandbox: Sandbox,
    user: User,
    path: Path,
    clock: Clock,
    *,
    fps: float,
    attributes: Mapping[str, object],
    stop: Callable[[CaptureStats], bool],
    ticks: Iterator[tuple[int, int]] | None = None,
) -> CaptureStats:
    """Record what the user does until `stop` says so or `ticks` end, as `capture` does; returns its rates.

    Seed, policy and a split that the looks decide are told beside `attributes`. Raises ValueError where the desktop
    died; what was recorded stays in the partial file.
    """
    told: dict[str, object] = {**attributes, "seed": user.seed, "policy": sandbox.policy.name}
    if sandbox.appearance.held_out:
        told |= {SPLIT: COMPOSITIONAL}
    with (
        closing(x11.X11Screen(sandbox.display)) as screen,
        closing(x11.X11Pointer(sandbox.display)) as pointer,
        closing(x11.X11Input(sandbox.display)) as inputs,
        SessionWriter(path, size_px=sandbox.size_px, fps=fps, attributes=told) as writer,
        user,
    ):
        stats = capture(
            writer, screen, pointer, inputs, clock, fps=fps, ticks=ticks, caption=user.caption,
            stop=lambda stats: stop(stats) or user.failure is not None,
        )  # fmt: skip
        if user.failure is not None:
            raise ValueError(f"the sandbox died ({user.failure}); record seed {user.seed} again")
    return stats
