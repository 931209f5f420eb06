"""Recorders that are killed at any moment: `python -m tests.recorder.kills --runs 20 --seed 0`."""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random

import numpy as np
from tqdm import trange

from recorder.segments import open_session
from recorder.verify import check

FPS = 30
SHORTEST_S, LONGEST_S = 1.5, 6.0
SEGMENT_S = 1.7  # of every second recording, so that some die while they roll over
ALLOWED_S = 1.2  # a second that was not flushed, and what a busy machine adds


def kill(folder: Path, after_s: float, *, segmented: bool) -> float:
    """Kill a recording after so long, repair it, and look at all of it; how many seconds before the kill it ends."""
    path = folder / "a.h5"
    command = [sys.executable, "-m", "recorder", "record", str(path), "--display", "fake", "--fps", str(FPS)]
    command += ["--segment-minutes", str(SEGMENT_S / 60)] if segmented else []
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert process.stderr.readline().startswith("recording")
        time.sleep(after_s)
        killed_ns = time.monotonic_ns()
        process.kill()
    for left in sorted([*folder.glob("*.h5"), *folder.glob("*.partial")]):
        found = check(left, True, False, 0)[1]
        if found and "holds no whole frame; remove it" in found[0]:
            left.unlink()  # a segment that had just begun, and the one before it is whole
        else:
            assert not found, found
    assert not list(folder.glob("*.journal"))
    with open_session(path) as session:
        assert np.asarray(session.frames[:]).any(axis=(1, 2, 3)).all()
        return (killed_ns - int(session.t_ns[-1])) / 1e9


def kills(*, runs: int, seed: int, folder: Path) -> list[float]:
    """The seconds that each of so many killed recordings lost."""
    random, lost_s = Random(seed), []
    for number in trange(runs, unit="run", delay=2):
        place = folder / str(number)
        place.mkdir()
        lost_s.append(kill(place, random.uniform(SHORTEST_S, LONGEST_S), segmented=number % 2 == 1))
    return lost_s


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        lost_s = kills(runs=arguments.runs, seed=arguments.seed, folder=Path(folder))
    good = sum(seconds <= ALLOWED_S for seconds in lost_s)
    print(f"{good} of {len(lost_s)} readable to the last {ALLOWED_S:g} s, worst {max(lost_s):.2f} s")
    sys.exit(good < len(lost_s))


if __name__ == "__main__":
    main()
