"""`report`: a session in; its rates, gaps, sizes, inputs and prompts as text and a contact sheet out."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tyro

from recorder.actions import EventKind
from recorder.contact_sheet import contact_sheet
from recorder.segments import open_session
from recorder.session import Session


@dataclass(kw_only=True)
class Report:
    """Print what a session holds and write a contact sheet with the pointer painted in."""

    file: tyro.conf.Positional[Path]
    """The session."""
    out: Path | None = None
    """The contact sheet; the session's name with .png where none is given."""

    def run(self) -> None:
        out = self.out or self.file.with_suffix(".png")
        if out.suffix.lower() != ".png":
            raise ValueError(f"{out} is not the name of a PNG file; end it in .png")
        with open_session(self.file) as session:
            for line in lines(session):
                print(line)
            beside = out.with_name(out.name + ".tmp")
            contact_sheet(session).save(beside, format="png")
        beside.replace(out)
        print(f"contact sheet   {out}")


def lines(session: Session) -> Iterator[str]:
    """The report, a fact a line.

    Raises ValueError for a session with fewer than two frames, which has no rate.
    """
    if len(session) < 2:
        raise ValueError(f"{session.path} has {len(session)} frames; a report needs two")
    yield f"session         {session.path}{'' if session.complete else ' (cut off)'}"
    yield from _rate_lines(session)
    yield from _size_lines(session)
    yield from _input_lines(session)
    said = None
    for frame, text in session.prompts():
        if text != said:  # a prompt may say the same again of windows that moved
            yield f"prompt          from frame {frame}: {text}"
        said = text


def _rate_lines(session: Session) -> Iterator[str]:
    period_ns = 1e9 / session.fps
    intervals_ns = np.diff(session.t_ns)
    seconds = (session.t_ns[-1] - session.t_ns[0]) / 1e9
    yield f"frames          {len(session)} of {session.size_px[0]}x{session.size_px[1]} px in {seconds:.2f} s"
    yield f"rate            {(len(session) - 1) / seconds:.3f} frames a second, nominal {session.fps:g}"
    gaps = int((intervals_ns > 1.5 * period_ns).sum())
    yield f"gaps            {gaps} over one and a half periods, longest {intervals_ns.max() / 1e6:.1f} ms"
    late = int((session.late_ns > period_ns / 2).sum())
    yield f"late            {late} by over half a period, worst {session.late_ns.max() / 1e6:.1f} ms"


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
