"""The real window, moved by hand for minutes: `python -m tests.by_hand OUT --minutes 10 --seed 0`.

`play.py` runs as a process of its own under Xvfb, at twice its size, with its overlay in the bar above the picture. A
script opens, types into, drags and closes windows, walks menus and writes prompts, in an order that its seed draws. It
knows nothing of the model: where a window opened it learns from what changed on the screen. It waits by frames of the
model, so that a slow machine makes for fewer tasks and not for worse ones.

OUT gets a screenshot after each task, play.png with some of them, and play.json with a row a task: the second, the
share of the screen that changed, its box, and whether what should be true is true (`verdicts.py` says how each is
judged and what it can't tell). The shares by kind of task are printed at the end: a scorecard to compare checkpoints
by, no test that passes or fails. With the same seed the tasks are the same; what the model shows is not, for it depends
on when an input arrives. `--stepped` does the same tasks without the window: the checkpoint is stepped in this process,
faster than time, and all is the same each time.
"""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

import numpy as np
from PIL import Image

from recorder.box import Box
from simulator import shipped
from simulator.report import write_json
from tests.by_hand.person import Person
from tests.by_hand.schedule import Task, rounds
from tests.by_hand.scorecard import Row, summary, table
from tests.by_hand.sheet import chosen, sheet
from tests.by_hand.stepped import SteppedDesk
from tests.by_hand.stepped import stepped as stepped_desk
from tests.by_hand.window import SCALE, PlayedWindow, played

MINUTES = 10.0


def play(window: PlayedWindow | SteppedDesk, out: Path, *, minutes: float, seed: int) -> Iterator[Row]:
    """Do tasks until the time is over; give the row of each, whose screenshot is then in the folder."""
    begun_s = _now_s(window)
    person = Person(window, Random(f"{seed} hand"))
    for number, (turn, task) in enumerate(_tasks(person, seed)):
        if _now_s(window) - begun_s > 60 * minutes:
            return
        frames = window.frames
        done = person.do(task)
        second = _now_s(window) - begun_s
        row = Row(number=number, round=turn, second=second, frames=window.frames - frames, task=task, done=done)
        Image.fromarray(window.screen_u8()).save(out / row.picture)
        yield row


def _now_s(window: PlayedWindow | SteppedDesk) -> float:
    """The time, or what it would be if no frame were late."""
    return window.clock.now_ns() / 1e9 if isinstance(window, SteppedDesk) else time.monotonic()


def _tasks(person: Person, seed: int) -> Iterator[tuple[int, Task]]:
    """With the number of their round: those that the seed draws, and what of each round is left to close."""
    for turn, tasks in enumerate(rounds(Random(seed))):
        yield from ((turn, task) for task in tasks)
        yield from ((turn, task) for task in person.what_is_left())
        person.forget()


def write_sheet(out: Path, rows: Sequence[Row], picture: Box) -> None:
    """play.png: of each stretch of time the screen after the task that changed most, as it is in the screenshots."""
    shares = [row.done.change.share if row.done.change else 0.0 for row in rows]
    some = [rows[number] for number in chosen([row.second for row in rows], shares)]
    shown = [np.asarray(Image.open(out / row.picture))[picture.slices][::SCALE, ::SCALE] for row in some]
    sheet(shown, [row.caption for row in some]).save(out / "play.png", optimize=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, help="an empty folder, or one that is made")
    parser.add_argument("--minutes", type=float, default=MINUTES)
    parser.add_argument("--checkpoint", type=Path, default=shipped.CHECKPOINT)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--stepped", action="store_true", help="without the window, each frame when it is asked for")
    arguments = parser.parse_args()
    try:
        run(**vars(arguments))
    except (ValueError, OSError) as error:
        print(f"by_hand: {error}", file=sys.stderr)
        sys.exit(2)


def run(out: Path, *, minutes: float, checkpoint: Path, seed: int, stepped: bool) -> None:
    """Play, and write what was seen, also where the window ends before its time.

    Raises ValueError, with the remedy, for a folder that is not empty, a checkpoint that can't be played, a window that
    ends or stands still, and where Xvfb is missing.
    """
    out.mkdir(parents=True, exist_ok=True)
    if any(out.iterdir()):
        raise ValueError(f"{out} is not empty; name a new folder, so that no screenshots of two runs lie side by side")
    rows: list[Row] = []
    said = ""
    with (stepped_desk if stepped else played)(checkpoint, seed) as window:
        try:
            for row in play(window, out, minutes=minutes, seed=seed):
                rows.append(row)
                print(f"{row.caption}, {row.done.verdict.why}", flush=True)
            said = window.leave()
        finally:
            counts = summary(rows)
            seconds, frames = (rows[-1].second, sum(row.frames for row in rows)) if rows else (0.0, 0)
            asked = {"seed": seed, "minutes": minutes, "checkpoint": str(checkpoint)}
            told = {"seconds": round(seconds, 1), "frames": frames, "play_said": said, "summary": counts}
            write_json(out / "play.json", {**asked, **told, "rows": [row.to_json() for row in rows]})
            if rows:
                write_sheet(out, rows, window.picture_box)
    print(f"{table(counts)}\n{len(rows)} tasks in {seconds:.0f} s; {said}")


if __name__ == "__main__":
    main()
