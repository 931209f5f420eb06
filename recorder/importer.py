"""`import`: the two files of `export --format mp4` in, the session that they came from out."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, zip_longest
from pathlib import Path

import numpy as np
import tyro
from numpy.typing import NDArray
from tqdm import tqdm

from recorder.excerpt import whole_or_nothing
from recorder.interchange import FrameLine, Transcript, read_transcript
from recorder.pointer import PointerState
from recorder.video import read_video
from recorder.writer import SessionWriter


@dataclass(kw_only=True)
class Import:
    """Make a session of a video and its events, as 'export --format mp4' writes them.

    Events, frame times, pointer, prompts and pauses are exact; pixels are those of the video.
    """

    video: tyro.conf.Positional[Path]
    """The video."""
    events: tyro.conf.Positional[Path]
    """The .jsonl file beside it."""
    out: tyro.conf.Positional[Path]
    """The new session."""

    def run(self) -> None:
        transcript = read_transcript(self.events)
        import_session(self.video, transcript, self.out)
        print(f"{self.out}: {len(transcript.frames)} frames, {len(transcript.events)} events")


def import_session(video: Path, transcript: Transcript, out: Path) -> None:
    """Write the session whose frames are in `video` and all else in `transcript`.

    Raises ValueError, with the remedy, where the two do not fit together or one can't be read or written.
    """
    header, shapes = transcript.header, dict(enumerate(transcript.shapes))
    pairs = _pairs(video, read_video(video, header.size_px), transcript.frames)
    first = next(pairs)  # what is wrong with the video shows before a file is made
    marks = defaultdict(list)
    for mark in transcript.marks:
        marks[mark.frame].append(mark)
    # Chunks are written when they are full: one written twice leaves a hole.
    writer = SessionWriter(out, size_px=header.size_px, fps=header.fps, attributes=header.attributes, flush_ns=math.inf)
    with whole_or_nothing(writer):
        writer.add_events(transcript.events)
        writer.add_raw(transcript.raw)
        frames = tqdm(chain([first], pairs), total=len(transcript.frames), unit="frame", delay=0.5)
        for index, (rgb, line) in enumerate(frames):
            for mark in marks[index]:
                mark.mark(writer)
            pointer = PointerState(x_px=line.x_px, y_px=line.y_px, shape=shapes.get(line.shape))
            writer.add_frame(rgb, line.t_ns, pointer, line.late_ns)
        for mark in marks[len(transcript.frames)]:
            mark.mark(writer)


def _pairs(
    video: Path, frames: Iterable[NDArray[np.uint8]], lines: list[FrameLine]
) -> Iterator[tuple[NDArray[np.uint8], FrameLine]]:
    for frame, line in zip_longest(frames, lines):
        if frame is None or line is None:
            than = "fewer" if frame is None else "more"
            raise ValueError(f"{video} has {than} frames than its events' {len(lines)}; copy or export it again")
        yield frame, line
