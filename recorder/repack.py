"""`repack`: a session in, the same or an excerpt of it out, packed for archives and transport."""

import math
from dataclasses import dataclass
from pathlib import Path

import tyro
from tqdm import tqdm

from recorder.excerpt import write_excerpt
from recorder.segments import open_session
from recorder.session import Session

ARCHIVE_CHUNK_FRAMES = 64
ARCHIVE_LEVEL = 19


@dataclass(kw_only=True)
class Repack:
    """Pack a session, or an excerpt of it, smaller: long chunks and the highest useful zstd level."""

    source: tyro.conf.Positional[Path]
    """The session."""
    out: tyro.conf.Positional[Path]
    """The new file."""
    start: int = 0
    """The excerpt's first frame."""
    frames: int | None = None
    """How many frames; all to the end where none is given."""
    chunk: int = ARCHIVE_CHUNK_FRAMES
    """Frames a chunk."""
    level: int = ARCHIVE_LEVEL
    """zstd level, 1 to 22."""

    def run(self) -> None:
        if self.chunk < 1 or not 1 <= self.level <= 22:
            raise ValueError("--chunk must be at least 1 and --level 1 to 22")
        with open_session(self.source) as session:
            stop = len(session) if self.frames is None else self.start + self.frames
            write_with_bar(session, self.out, start=self.start, stop=stop, chunk_frames=self.chunk, level=self.level)
            before = session.stored_bytes
        after = self.out.stat().st_size
        print(f"{self.out}: {stop - self.start} frames in {after:,} bytes (the source has {before:,})")


def write_with_bar(session: Session, out: Path, *, start: int, stop: int, chunk_frames: int, level: int) -> None:
    """`write_excerpt` with a progress bar and each chunk written once."""
    with tqdm(total=stop - start, unit="frame", delay=0.5) as bar:
        write_excerpt(
            session,
            out,
            start=start,
            stop=stop,
            chunk_frames=chunk_frames,
            level=level,
            flush_ns=math.inf,  # a chunk written twice costs twice the time and leaves a hole
            progress=bar.update,
        )
