"""Session files in, one sentence for each of their faults out."""

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import NamedTuple

import numpy as np
import tyro
from tqdm import tqdm

from recorder import schema
from recorder.actions import BUTTONS, KEYS, EventKind
from recorder.balance import unbalanced_events
from recorder.intervals import frame_rate, recorded_s, skipped_frames
from recorder.repair import is_cut_off, repair
from recorder.segments import recording_paths, segment_faults
from recorder.separate import SeparateProcess
from recorder.session import Session

QUICK_CHUNKS = 3
# Of the nominal rate; over less than so many seconds a stutter at the start says nothing.
LEAST_RATE, MOST_RATE, JUDGED_S = 0.9, 1.1, 10
# Broken bytes can make HDF5 crash or loop for ever: a file that takes longer than this is given up.
PATIENCE_S, SLOWEST_BYTES_PER_S = 20, 100_000


@dataclass(kw_only=True)
class Verify:
    """Check session files: one 'ok' line a file, or one sentence a fault and exit code 1.

    With the first file of a recording all its segments are checked.
    """

    files: tyro.conf.Positional[tuple[Path, ...]]
    """The files."""
    repair: bool = False
    """First complete recordings that were cut off, NAME.partial or a copy that lacks its end: keep what is whole."""
    quick: bool = False
    """Decode only a few chunks of frames instead of all."""
    seed: int = 0
    """Which chunks --quick decodes."""

    def run(self) -> None:
        if not self.files:
            raise ValueError("verify needs the name of a session file")
        failed = 0
        with SeparateProcess() as process:
            for path in tqdm(self._all_files(process), unit="file", delay=0.5):
                checked = self._check(process, path)
                failed += bool(checked.faults)
                tqdm.write("\n".join(checked.faults or [checked.approval()]), file=sys.stdout)
        if failed:
            sys.exit(1)

    def _all_files(self, process: SeparateProcess) -> list[Path]:
        """The files that were named, and with the first of a recording its other segments, each once."""
        return list(dict.fromkeys(path for named in self.files for path in self._segments(process, named)))

    def _segments(self, process: SeparateProcess, path: Path) -> list[Path]:
        try:
            return process.call(recording_paths, path, timeout_s=PATIENCE_S)
        except (ChildProcessError, TimeoutError):
            return [path]

    def _check(self, process: SeparateProcess, path: Path) -> "Checked":
        timeout_s = PATIENCE_S + (path.stat().st_size / SLOWEST_BYTES_PER_S if path.is_file() else 0)
        try:
            return process.call(check, path, self.repair, self.quick, self.seed, timeout_s=timeout_s)
        except (ChildProcessError, TimeoutError):
            fault = f"{path} is damaged so badly that HDF5 fails over it; copy it again or record it again"
            return Checked(path, [fault])


class Checked(NamedTuple):
    """A file's name, the final one after a repair, its faults, and what a repair could not keep."""

    path: Path
    faults: list[str]
    lost: str = ""

    def approval(self) -> str:
        """The line for a file without faults."""
        return f"{self.path}: ok" + (f"; it was cut off, and lost are {self.lost}" if self.lost else "")


def check(path: Path, repair_first: bool, quick: bool, seed: int) -> Checked:
    """The faults of a file, of what a repair made of it where one was asked for."""
    try:
        if repair_first and is_cut_off(path):
            path = repair(path)
        with Session(path) as session:
            lost = str(session.attributes.get(schema.LOST, ""))
    except ValueError as error:
        return Checked(path, [str(error)])
    return Checked(path, faults(path, quick=quick, random=Random(seed)), lost)


def faults(path: Path, *, quick: bool = False, random: Random | None = None) -> list[str]:
    """What is wrong with a session file, one sentence a fault; empty for a good one. Never raises over its content.

    `quick` decodes QUICK_CHUNKS chunks drawn by `random` instead of all. A file without `damage` may still be unfit for
    training: black, at another rate than it says, or with presses and releases that do not take turns.
    """
    return damage(path, quick=quick, random=random) or unfitness(path)


def damage(path: Path, *, quick: bool = False, random: Random | None = None) -> list[str]:
    """Those of the `faults` for which the file does not hold what was recorded."""
    try:
        with Session(path) as session:
            starts = session.frames.chunk_starts()
            if quick and len(starts) > QUICK_CHUNKS:
                starts = sorted((random or Random(0)).sample(starts, QUICK_CHUNKS))
            found = [fault for check in DAMAGE for fault in check(session)]
            found += _chunk_faults(session, starts)
            if not found and not session.as_written():
                found.append("it was changed after it was written; copy it again from its source")
            return [*(f"{path}: {fault}" for fault in found), *segment_faults(session)]
    except ValueError as error:
        return [str(error)]


def unfitness(path: Path) -> list[str]:
    """Those of the `faults` that a file without `damage` may have: what it holds is of no use for training."""
    try:
        with Session(path) as session:
            return [f"{path}: {fault}" for check in UNFITNESS for fault in check(session)]
    except ValueError as error:
        return [str(error)]


def _name_faults(session: Session) -> Iterator[str]:
    if not session.complete or session.path.name.endswith(schema.PARTIAL_SUFFIX):
        yield "the recording was cut off; complete it with 'python -m recorder verify --repair'"


def _length_faults(session: Session) -> Iterator[str]:
    frames = session.frames.shape[0]
    if not frames:
        yield "it holds no frame; record it again"
    for name, length in session.column_lengths().items():
        if length != frames:
            yield f"{schema.FRAMES} has {frames} entries and {name} has {length}; record it again"


def _time_faults(session: Session) -> Iterator[str]:
    backward = np.flatnonzero(np.diff(session.t_ns) <= 0)
    if backward.size:
        yield f"frame times do not ascend at frame {backward[0] + 1} and {backward.size} times in all; record it again"


def _event_faults(session: Session) -> Iterator[str]:
    rows = session.event_rows
    early = np.flatnonzero(np.diff(rows["t_ns"]) < -schema.EVENT_DISORDER_NS)
    if early.size:
        most_ms = schema.EVENT_DISORDER_NS // 1_000_000
        yield f"event {early[0] + 1} is more than {most_ms} ms out of order; record it again"
    limits = np.ones(256, np.int64)
    limits[[EventKind.BUTTON_DOWN, EventKind.BUTTON_UP]] = len(BUTTONS)
    limits[[EventKind.KEY_DOWN, EventKind.KEY_UP]] = len(KEYS)
    strange = np.flatnonzero((rows["kind"] > max(EventKind)) | (rows["code"] >= limits[rows["kind"]]))
    if strange.size:
        yield f"event {strange[0]} and {strange.size} in all are not in the action table; record it again"


def _pointer_faults(session: Session) -> Iterator[str]:
    count = len(session.shapes())
    strange = np.flatnonzero((session.pointer_shape < schema.NO_SHAPE) | (session.pointer_shape >= count))
    if strange.size:
        yield f"frame {strange[0]} has a pointer shape that is not among the {count} of the file; record it again"


def _prompt_faults(session: Session) -> Iterator[str]:
    starts = [frame for frame, _ in session.prompts()]
    if starts != sorted(starts):
        yield "prompts do not ascend; record it again"
    if any(not 0 <= frame < len(session) for frame in starts):
        yield f"a prompt begins outside the session's {len(session)} frames; record it again"
    session.prompt_attributes()  # which says itself what is no JSON


def _state_faults(session: Session) -> Iterator[str]:
    times = session.state_rows["t_ns"] if session.attributes["schema"] >= schema.LATER_SINCE else session.t_ns[:0]
    if (np.diff(times) <= 0).any() or not np.isin(times, session.t_ns).all():
        yield "its states are not of frames, one after the other; record it again"


def _pause_faults(session: Session) -> Iterator[str]:
    if any(not 0 <= frame <= len(session) for frame in session.pauses):
        yield f"a pause lies outside the session's {len(session)} frames; record it again"


def _chunk_faults(session: Session, starts: Iterable[int]) -> Iterator[str]:
    broken = [start for start in starts if not session.frames.decodes(start)]
    if broken:
        yield f"frames from {broken[0]} on do not decode ({len(broken)} chunks); copy the file again from its source"


def _black_faults(session: Session) -> Iterator[str]:
    """Segments of a longer recording may be black: what a screen shows that is off for a while."""
    one_of_many = session.attributes.get(schema.SEGMENT, 0) > 0 or session.attributes.get(schema.CONTINUES, False)
    if not one_of_many and not any(rgb.any() for rgb in session.frames.one_by_one(0, len(session))):
        yield (
            "all its frames are black; wake the screen, or hide and mask less of it ('--only' names applications by "
            "their window class), and record it again"
        )


def _rate_faults(session: Session) -> Iterator[str]:
    rate = frame_rate(session)
    if recorded_s(session) >= JUDGED_S and not LEAST_RATE <= rate / session.fps <= MOST_RATE:
        yield (
            f"{rate:.2f} frames a second came of {session.fps:g}, {skipped_frames(session)} were skipped; "
            "record it again with less to do for the machine, a lower --fps or a smaller --scale-to"
        )


def _balance_faults(session: Session) -> Iterator[str]:
    strange = unbalanced_events(session)
    if strange.size:
        event = session.events()[int(strange[0])]
        name = KEYS[event.code].name if event.kind in (EventKind.KEY_DOWN, EventKind.KEY_UP) else BUTTONS[event.code]
        pressed = event.kind in (EventKind.BUTTON_DOWN, EventKind.KEY_DOWN)
        done = f"presses {name}, which is held" if pressed else f"releases {name}, which is not held"
        yield f"event {strange[0]} {done}, and there are {strange.size} such events in all; record it again"


Check = Callable[[Session], Iterator[str]]
DAMAGE: tuple[Check, ...] = (
    _name_faults,
    _length_faults,
    _time_faults,
    _event_faults,
    _pointer_faults,
    _prompt_faults,
    _state_faults,
    _pause_faults,
)
UNFITNESS: tuple[Check, ...] = (_balance_faults, _rate_faults, _black_faults)
