"""`bench`: a sandboxed desktop that explores itself in; what recording it costs, and reading it, as JSON out."""

import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import tyro
from tqdm import tqdm

from recorder.beside import written_beside
from recorder.excerpt import write_excerpt
from recorder.intervals import skipped_frames
from recorder.machine import machine, stolen_s
from recorder.repack import ARCHIVE_CHUNK_FRAMES, ARCHIVE_LEVEL
from recorder.scaled import parse_size
from recorder.session import Session

CLIP_FRAMES = 32
READS = 100
REPACKED_FRAMES = 2 * ARCHIVE_CHUNK_FRAMES
_PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 1e6 if hasattr(os, "sysconf") else 0


@dataclass(kw_only=True)
class Bench:
    """Record a sandboxed XFCE desktop while it is used: late frames, cores, memory, bytes a frame, random access."""

    out: tyro.conf.Positional[Path]
    """The JSON file."""
    seconds: float = 300.0
    """How long to record."""
    fps: float = 30.0
    """Frames a second."""
    size: str = "1280x720"
    """The desktop's WIDTHxHEIGHT."""
    seed: int = 0
    """What the desktop's user does, and what is read."""

    def run(self) -> None:
        if not min(self.seconds, self.fps) > 0:
            raise ValueError("--seconds and --fps must be above 0")
        size_px = parse_size(self.size)
        try:
            from recorder.explorer.explore import Explorer
            from recorder.explorer.sandbox import Sandbox
        except ImportError as error:
            raise ValueError(f"the sandbox needs X11 libraries ({error}); run bench on Linux") from error
        with written_beside([self.out]) as (beside,), tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "bench.h5"
            asked_s = time.monotonic()
            with Sandbox(seed=self.seed, size_px=size_px) as sandbox:
                cost: dict[str, float | None] = {"sandbox_start_s": round(time.monotonic() - asked_s, 1)}
                with Explorer(sandbox, self.seed):
                    cost |= self._record(path, sandbox.display)
            with Session(path) as session:
                numbers = {"machine": machine(), "size": self.size, **cost, **rates(session)}
                numbers |= access(session, Random(self.seed)) | repacked(session, Path(folder) / "repacked.h5")
            beside.write_text(json.dumps(numbers, indent=1) + "\n")
        for name, value in numbers.items():
            print(f"{name:<24}{value}")

    def _record(self, path: Path, display: str) -> dict[str, float | None]:
        """Cores and memory of a recorder in a process of its own, and the cores that the host took from all."""
        command = [sys.executable, "-m", "recorder", "record", str(path), "--display", display]
        command += ["--seconds", str(self.seconds), "--fps", str(self.fps), "--seed", str(self.seed)]
        memory_mb: list[float] = []
        start_s, stolen_before_s = time.monotonic(), stolen_s()
        with (
            tempfile.TemporaryFile("w+") as said,
            subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said) as process,
            tqdm(total=round(self.seconds), unit="s") as bar,
        ):
            while (ended := os.wait4(process.pid, os.WNOHANG))[0] == 0:
                memory_mb.append(_resident_mb(process.pid))
                time.sleep(1)
                bar.update(min(1, bar.total - bar.n))
            process.returncode = os.waitstatus_to_exitcode(ended[1])
            said.seek(0)
            if process.returncode:
                raise ValueError(f"the recorder failed: {said.read().splitlines()[-1:]}; run it by hand to see why")
        used_s, wall_s = ended[2].ru_utime + ended[2].ru_stime, time.monotonic() - start_s
        settled = memory_mb[len(memory_mb) // 4 :]
        return {
            "cores": round(used_s / wall_s, 3),
            "stolen_cores": stolen_cores(stolen_before_s, stolen_s(), wall_s),
            "memory_mb": round(max(memory_mb), 1),
            "memory_growth_mb": round(max(settled) - settled[0], 1),
        }


def stolen_cores(before_s: float | None, after_s: float | None, wall_s: float) -> float | None:
    """How many cores the host gave to others between two values of `stolen_s`; frames come late where that is much."""
    return None if before_s is None or after_s is None else round((after_s - before_s) / wall_s, 3)


def rates(session: Session) -> dict[str, float]:
    """Frames, how late they were, what was skipped, and bytes a frame."""
    period_ns = 1e9 / session.fps
    return {
        "fps": session.fps,
        "frames": len(session),
        "skipped": skipped_frames(session),
        "late_over_half_a_frame": int((session.late_ns > period_ns / 2).sum()),
        "worst_late_ms": round(float(session.late_ns.max()) / 1e6, 2),
        "bytes_a_frame": round(session.stored_bytes / len(session)),
        "events": len(session.event_rows),
    }


def access(session: Session, random: Random) -> dict[str, float]:
    """Milliseconds for a random frame and a random clip, the median of READS."""
    clip = min(CLIP_FRAMES, len(session))
    return {
        "random_frame_ms": _median_ms(lambda: session.frames[random.randrange(len(session))]),
        f"random_{clip}_frames_ms": _median_ms(lambda: _read_clip(session, random, clip)),
    }


def repacked(session: Session, path: Path) -> dict[str, float]:
    """Stored bytes a frame after `repack`, by at most REPACKED_FRAMES from the middle; `path` is written."""
    start = max(0, (len(session) - REPACKED_FRAMES) // 2)
    stop = min(len(session), start + REPACKED_FRAMES)
    write_excerpt(
        session,
        path,
        start=start,
        stop=stop,
        chunk_frames=ARCHIVE_CHUNK_FRAMES,
        level=ARCHIVE_LEVEL,
        flush_ns=math.inf,
    )
    with Session(path) as excerpt:
        return {"bytes_a_frame_repacked": round(sum(excerpt.frames.chunk_bytes()) / len(excerpt))}


def _read_clip(session: Session, random: Random, frames: int) -> Any:
    start = random.randrange(len(session) - frames + 1)
    return session.frames[start : start + frames]


def _median_ms(read: Callable[[], Any]) -> float:
    taken_s = []
    for _ in range(READS):
        start_s = time.perf_counter()
        read()
        taken_s.append(time.perf_counter() - start_s)
    return round(float(np.median(taken_s)) * 1e3, 2)


def _resident_mb(process: int) -> float:
    """What a process holds in memory; 0 where it has just ended."""
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * _PAGE_MB
    except (OSError, IndexError):
        return 0.0
