"""Mutated files through `verify`, the reader and `verify --repair`: `python -m tests.recorder.fuzz --files 2000`."""

import argparse
import sys
import tempfile
from pathlib import Path
from random import Random

import numpy as np
from tqdm import trange

from recorder.actions import Event, EventKind
from recorder.doors import RawKind
from recorder.pointer import PointerState
from recorder.separate import SeparateProcess
from recorder.session import Session
from recorder.states import Keyboard
from recorder.verify import check, faults
from recorder.writer import SessionWriter, partial_path
from tests.recorder.sessions import ARROW, PERIOD_NS, SIZE_PX, frame

STRUCTURE_BYTES = 4096  # at the file's begin, where most of HDF5's own structure lies
PATIENCE_S = 30.0


def fuzz(*, files: int, seed: int, folder: Path) -> list[str]:
    """What went wrong over that many mutated files: a crash, a hang, another exception, a changed file called good."""
    good = write_full_session(folder / "good.h5")
    original, content, random = good.read_bytes(), read(good)[1], Random(seed)
    path, wrong = folder / "mutated.h5", []
    with SeparateProcess() as process:
        for number in trange(files, unit="file", delay=2):
            path.write_bytes(mutated(original, random, number))
            try:
                found, said = process.call(read, path, timeout_s=PATIENCE_S)
            except (ChildProcessError, TimeoutError) as error:
                wrong.append(f"file {number} of seed {seed}: {error}")
                continue
            if said.startswith("!") or (not found and said != content):
                wrong.append(f"file {number} of seed {seed}: {len(found)} faults, {said[:200]}")
            cut = partial_path(folder / "cut.h5")
            path.rename(cut)
            try:
                said = process.call(mend, cut, good, timeout_s=PATIENCE_S)
            except (ChildProcessError, TimeoutError) as error:
                said = str(error)
            wrong += [f"file {number} of seed {seed}, repaired: {said}"] * bool(said)
            for left in folder.glob("cut.h5*"):
                left.unlink()
    return wrong


def mend(path: Path, whole: Path) -> str:
    """What is wrong with what a repair makes of a file, where it makes anything; `whole` is what it was made of."""
    path, found, _ = check(path, True, False, 0)
    if found:
        return ""
    with Session(path) as session, Session(whole) as original:
        stop = len(session)
        same = (session.frames[:] == original.frames[:stop]).all() and session.actions() == original.actions(0, stop)
        return "" if same else f"{stop} frames are not those that they were"


def write_full_session(path: Path) -> Path:
    """40 frames with all that a session can hold."""
    with SessionWriter(path, size_px=SIZE_PX, fps=10) as writer:
        for index in range(40):
            t_ns, kind = (index + 1) * PERIOD_NS, (EventKind.KEY_DOWN, EventKind.KEY_UP)[index % 2]
            if index % 10 == 5:
                writer.add_pause()
                writer.add_prompt(f"from {index}", f'{{"frame":{index}}}')
            writer.add_events([Event(t_ns=t_ns - 5, kind=kind, code=index // 2, x_px=index)])
            writer.add_raw([(t_ns - 5, RawKind.MOTION, 1.0, -0.5)])
            writer.switch_keyboard(Keyboard(locks=index // 20, layout=1))
            writer.add_frame(frame(index + 1), t_ns, PointerState(x_px=index, y_px=2, shape=ARROW), index)
    return path


def mutated(original: bytes, random: Random, number: int) -> bytes:
    """Every third is cut off, every third has its structure hit, every third any byte."""
    broken = bytearray(original)
    if number % 3 == 0:
        del broken[random.randrange(len(original)) :]
        return bytes(broken)
    for _ in range(random.choice((1, 8))):
        place = random.randrange(STRUCTURE_BYTES if number % 3 == 1 else len(original))
        broken[place] = random.randrange(256)
    return bytes(broken)


def read(path: Path) -> tuple[list[str], str]:
    """The file's faults and all that it says, as text: the sentence where it refuses, '!' and what else was raised."""
    try:
        found = faults(path)
        with Session(path) as session:
            pointer = (session.pointer_x_px, session.pointer_y_px, session.pointer_shape)
            told = (session.event_rows, session.state_rows, session.raw_rows)
            said = [session.frames[:], session.t_ns, session.late_ns, *pointer, *told]
            words = [session.prompts(), session.prompt_attributes(), session.pauses, session.actions()]
            words += [session.states(), [shape.key() for shape in session.shapes()]]
            return found, repr([np.asarray(part).tobytes() for part in said]) + repr(words) + repr(session.attributes)
    except ValueError as error:
        return found, str(error) if str(path) in str(error) else f"! {error}"
    except Exception as error:
        return [], f"! {type(error).__name__}: {error}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        wrong = fuzz(files=arguments.files, seed=arguments.seed, folder=Path(folder))
    print("\n".join([*wrong, f"{arguments.files} mutated files, {len(wrong)} wrong"]))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
