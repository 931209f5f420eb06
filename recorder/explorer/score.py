"""What was done in a session of `explore`, and when, as its file tells it."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from recorder.actions import Event
from recorder.excerpt import FIRST_FRAME
from recorder.explorer.explore import SOURCE, Exploration
from recorder.explorer.live import ASKED_S
from recorder.explorer.policy import Policy, find_policy
from recorder.explorer.wish import Wish, wish_of
from recorder.schema import SHA256
from recorder.session import Session


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A wish in its own words; it is done `granted_ns` and no longer told from `end_ns` on, None where it still is."""

    text: str
    wish: Wish
    begin_ns: int
    granted_ns: int
    end_ns: int | None


@dataclass(frozen=True, kw_only=True)
class Score:
    """All times, those of the events too, count from the deadline of the first frame.

    `name` and `sha256` say which file this was; `sha256` is empty for a file that has none. The pointer was at
    `start_px` first.
    """

    name: str
    sha256: str
    seed: int
    policy: Policy
    size_px: tuple[int, int]
    fps: float
    start_px: tuple[int, int]
    deadlines_ns: list[int]
    events: list[Event]
    wishes: list[Asked]


def read_score(path: Path) -> Score:
    """Raises ValueError, with the remedy, for what is no whole session of `explore`."""
    with Session(path) as session:
        policy = _policy(session)
        first_ns = int(session.t_ns[0] - session.late_ns[0])
        deadlines_ns = (session.t_ns - session.late_ns - first_ns).tolist()
        until_ns = int(session.t_ns[-1])
        return Score(
            name=path.name,
            sha256=str(session.attributes.get(SHA256, "")),
            seed=int(session.attributes["seed"]),
            policy=policy,
            size_px=session.size_px,
            fps=session.fps,
            start_px=(int(session.pointer_x_px[0]), int(session.pointer_y_px[0])),
            deadlines_ns=deadlines_ns,
            events=[replace(event, t_ns=event.t_ns - first_ns) for event in session.events() if event.t_ns <= until_ns],
            wishes=[_asked(*wish, deadlines_ns) for wish in session.wishes()],
        )


def _policy(session: Session) -> Policy:
    said = session.attributes
    if said.get("source") != SOURCE or not isinstance(said.get("seed"), np.integer) or "policy" not in said:
        raise ValueError(f"{session.path} is no session that 'explore' recorded; name one that is")
    if not session.complete or not len(session):
        raise ValueError(f"{session.path} was cut off; complete it with 'python -m recorder verify --repair'")
    if session.pauses or said.get(FIRST_FRAME, 0):
        raise ValueError(f"{session.path} is a part of a session or was paused in it; name a whole one")
    if session.size_px != Exploration.size_px:
        width, height = Exploration.size_px
        raise ValueError(f"{session.path} is not {width}x{height}, as the sandbox is; name the session as recorded")
    try:
        return find_policy(str(said["policy"]))
    except ValueError as error:
        raise ValueError(f"{session.path}: {error}; use the dreamdesk that recorded it") from error


def _asked(frame: int, end: int, text: str, deadlines_ns: list[int]) -> Asked:
    """Prompts are looked for once a frame, so each was there, or gone, about half a frame before its frame."""
    begin_ns = _before(frame, deadlines_ns)
    return Asked(
        text=text,
        wish=wish_of(text),
        begin_ns=begin_ns,
        granted_ns=begin_ns + round(ASKED_S * 1e9),
        end_ns=_before(end, deadlines_ns) if end < len(deadlines_ns) else None,
    )


def _before(frame: int, deadlines_ns: list[int]) -> int:
    return (deadlines_ns[max(0, frame - 1)] + deadlines_ns[frame]) // 2
