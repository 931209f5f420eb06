"""`export`: a session in, files that other programs read out."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import tyro
from tqdm import tqdm

from recorder.beside import written_beside
from recorder.interchange import write_transcript
from recorder.owamcap import write_owamcap
from recorder.segments import open_session, recording_paths
from recorder.session import Session
from recorder.shards import write_shards
from recorder.verify import damage
from recorder.video import write_video


@dataclass(kw_only=True)
class Export:
    """Write a session as a video and its events, as an OWAMcap file or as WebDataset shards.

    mp4: OUT.mp4, H.264 without the pointer, and OUT.jsonl, all else: events, frame times, pointer and its shapes,
    prompts, pauses. 'import' makes a session of the two again, and only pixels have changed; with --lossless not even
    they have. owamcap: OUT.mcap and the video OUT.mp4, for the tools of Open World Agents; 'import-owamcap' reads it,
    but prompts, pauses, the pointer's shape and keys' symbols have no place there. webdataset: OUT-000000.tar and on,
    each sample a clip of KEY.npz and KEY.json, exact.
    """

    source: tyro.conf.Positional[Path]
    """The session."""
    out: tyro.conf.Positional[Path]
    """The new files' name without its ending."""
    format: Literal["mp4", "owamcap", "webdataset"]
    """What to write."""
    lossless: bool = False
    """mp4, owamcap: keep every pixel as it is, in H.264's RGB form, which fewer players show."""
    clip_frames: int = 64
    """webdataset: frames a sample."""
    shard_clips: int = 64
    """webdataset: samples a tar file."""

    def run(self) -> None:
        if min(self.clip_frames, self.shard_clips) < 1:
            raise ValueError("--clip-frames and --shard-clips must be at least 1")
        for path in recording_paths(self.source):
            for fault in damage(path, quick=True):
                raise ValueError(fault)
        with open_session(self.source) as session:
            written = self._shards(session) if self.format == "webdataset" else self._video(session)
            for path in written:
                print(f"{path}: {path.stat().st_size:,} bytes")

    def _video(self, session: Session) -> list[Path]:
        """The video, and what tells of all else."""
        told_suffix = ".jsonl" if self.format == "mp4" else ".mcap"
        base = without_suffix(without_suffix(self.out, ".mp4"), told_suffix)
        paths = [base.with_name(base.name + ".mp4"), base.with_name(base.name + told_suffix)]
        frames = session.frames.one_by_one(0, len(session))
        with written_beside(paths) as (video, told):
            if self.format == "mp4":
                write_transcript(session, told)
            else:
                write_owamcap(session, told, paths[0].name)
            write_video(
                video,
                tqdm(frames, total=len(session), unit="frame", delay=0.5),
                size_px=session.size_px,
                fps=session.fps,
                lossless=self.lossless,
            )
        return paths

    def _shards(self, session: Session) -> list[Path]:
        with tqdm(total=len(session), unit="frame", delay=0.5) as bar:
            return write_shards(
                session,
                without_suffix(self.out, ".tar"),
                clip_frames=self.clip_frames,
                shard_clips=self.shard_clips,
                progress=bar.update,
            )


def without_suffix(path: Path, suffix: str) -> Path:
    """The path without the ending that the user need not have given."""
    return path.with_name(path.name.removesuffix(suffix))
