"""`report`: a session in; its rates, gaps, stretches, sizes, inputs and prompts as text and a contact sheet out."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import tyro
from tqdm import tqdm

from recorder.actions import EventKind
from recorder.contact_sheet import contact_sheet
from recorder.intervals import frame_rate, intervals_ns, skipped_frames
from recorder.segments import open_session
from recorder.session import Session
from recorder.stretches import Looks, Stretch, black_stretches, frozen_stretches

GAP_PERIODS = 1.5
JITTER_EDGES = (0.5, 0.8, 0.95, 1.05, 1.2, GAP_PERIODS, 2.5)  # in periods
BAR_CHARACTERS = 40
LISTED = 5  # of gaps and stretches, the longest


@dataclass(kw_only=True)
class Report:
    """Print what a session holds and write a contact sheet with the pointer painted in."""

    file: tyro.conf.Positional[Path]
    """The session."""
    out: Path | None = None
    """The contact sheet; the session's name with .png where none is given."""
    frozen_seconds: float = 3.0
    """A picture that stays the same for longer than this, although keys, buttons or wheel are used, is frozen."""

    def run(self) -> None:
        if not self.frozen_seconds > 0:
            raise ValueError("--frozen-seconds must be above 0")
        out = self.out or self.file.with_suffix(".png")
        if out.suffix.lower() != ".png":
            raise ValueError(f"{out} is not the name of a PNG file; end it in .png")
        with open_session(self.file) as session:
            for line in lines(session, self.frozen_seconds):
                print(line)
            beside = out.with_name(out.name + ".tmp")
            contact_sheet(session).save(beside, format="png")
        beside.replace(out)
        print(f"contact sheet   {out}")


def lines(session: Session, frozen_seconds: float = Report.frozen_seconds) -> Iterator[str]:
    """The report, a fact a line.

    Raises ValueError for a session with fewer than two frames, which has no rate.
    """
    if len(session) < 2:
        raise ValueError(f"{session.path} has {len(session)} frames; a report needs two")
    yield f"session         {session.path}{'' if session.complete else ' (cut off)'}"
    yield from _rate_lines(session)
    yield from _jitter_lines(session)
    yield from _stretch_lines(session, frozen_seconds)
    yield from _size_lines(session)
    yield from _input_lines(session)
    said = None
    for frame, text in session.prompts():
        if text != said:  # a prompt may say the same again of windows that moved
            yield f"prompt          from frame {frame}: {text}"
        said = text


def _rate_lines(session: Session) -> Iterator[str]:
    period_ns = 1e9 / session.fps
    frames, steps_ns = intervals_ns(session)
    seconds = (session.t_ns[-1] - session.t_ns[0]) / 1e9
    yield f"frames          {len(session)} of {session.size_px[0]}x{session.size_px[1]} px in {seconds:.2f} s"
    rate = f"{frame_rate(session):.3f} frames a second" if len(steps_ns) else "none between its pauses"
    yield f"rate            {rate}, nominal {session.fps:g}"
    yield f"pauses          {len(session.pauses)}"
    gaps = steps_ns > GAP_PERIODS * period_ns
    longest = f", longest {steps_ns.max() / 1e6:.1f} ms" if len(steps_ns) else ""
    yield f"gaps            {gaps.sum()} over {GAP_PERIODS:g} periods{longest}"
    for place in sorted(np.flatnonzero(gaps), key=lambda place: -steps_ns[place])[:LISTED]:
        yield f"                {steps_ns[place] / 1e6:.1f} ms before frame {frames[place]}"
    late = int((session.late_ns > period_ns / 2).sum())
    yield f"late            {late} by over half a period, worst {session.late_ns.max() / 1e6:.1f} ms"
    yield f"skipped         {skipped_frames(session)} frames that the recorder was too late for"


def _jitter_lines(session: Session) -> Iterator[str]:
    """How many intervals between frames are how long, counted in nominal periods."""
    periods = intervals_ns(session)[1] * session.fps / 1e9
    counts = np.bincount(np.searchsorted(JITTER_EDGES, periods), minlength=len(JITTER_EDGES) + 1)
    between = [f"{low:g} to {high:g}" for low, high in pairwise(JITTER_EDGES)]
    names = [f"to {JITTER_EDGES[0]:g}", *between, f"over {JITTER_EDGES[-1]:g}"]
    title = "intervals"
    for name, count in zip(names, counts.tolist(), strict=True):
        bar = "#" * round(BAR_CHARACTERS * count / max(1, len(periods)))
        yield f"{title:<16}{name:>12} periods {count:>8} {bar}".rstrip()
        title = ""


def _stretch_lines(session: Session, frozen_seconds: float) -> Iterator[str]:
    with tqdm(total=len(session), unit="frame", delay=0.5) as bar:
        looks = Looks.of(session, bar.update)
    yield f"still           {looks.still.sum()} frames show what the one before shows"
    black = black_stretches(session, looks)
    yield f"black           {looks.black.sum()} frames in {len(black)} stretches"
    yield from _longest(black)
    frozen = frozen_stretches(session, looks, frozen_seconds)
    yield f"frozen          {len(frozen)} stretches over {frozen_seconds:g} s with input"
    yield from _longest(frozen)


def _longest(stretches: list[Stretch]) -> Iterator[str]:
    for stretch in sorted(stretches, key=lambda stretch: -stretch.seconds)[:LISTED]:
        yield (
            f"                frames {stretch.start} to {stretch.stop - 1}, {stretch.seconds:.1f} s, "
            f"{stretch.inputs} inputs"
        )


def _size_lines(session: Session) -> Iterator[str]:
    chunks = np.array(session.frames.chunk_bytes())
    mean, (median, most) = chunks.sum() / len(session), np.quantile(chunks, (0.5, 1)) / session.frames.chunk_frames
    yield f"file            {session.stored_bytes:,} bytes, {chunks.sum():,} of them frames"
    yield f"a frame         {mean:,.0f} bytes; by chunk median {median:,.0f}, most {most:,.0f}"


def _input_lines(session: Session) -> Iterator[str]:
    counts = Counter(EventKind(event.kind).name.lower() for event in session.events())
    yield f"inputs          {', '.join(f'{counts[kind]} {kind}' for kind in sorted(counts)) or 'none'}"
    names = [shape.name or f"shape {number}" for number, shape in enumerate(session.shapes())]
    yield f"pointer shapes  {', '.join(names) or 'none'}"
