"""What a frame is ordered with."""

from dataclasses import dataclass

from recorder.actions import Event


@dataclass(frozen=True, kw_only=True)
class Order:
    """A frame as the loop ordered it: when and how late, where the pointer was, from which events.

    `prompt` is the one it was the first to be made under, None where that had not changed; `fresh` says that it does
    not follow from the frame before.
    """

    t_ns: int
    x_px: int
    y_px: int
    late_ns: int = 0
    events: tuple[Event, ...] = ()
    prompt: str | None = None
    fresh: bool = False
