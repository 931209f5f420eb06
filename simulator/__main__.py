"""`python -m simulator`: evaluate, bench, clip, numbers, curves."""

import json
import sys
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import tyro

from recorder.dataset import TEST
from simulator.shipped import CHECKPOINT, SAMPLE


@dataclass(kw_only=True)
class Evaluate:
    """Judge a checkpoint on held-out sessions, beside its baselines: report.json and index.html."""

    checkpoint: tyro.conf.Positional[Path] = CHECKPOINT
    """The model, a folder."""
    data: tyro.conf.Positional[Path] = SAMPLE
    """A folder of sessions, of which one split is used, or one session file; or DIAMOND's .hdf5 files."""
    out: Path
    """The folder for the report."""
    split: str = TEST
    """Which sessions of a folder: test, compositional (looks that training never shows together) or validation."""
    training: Path | None = None
    """The folder that the model was trained on: its training split makes the kinds of large change and one more
    baseline, which shows the nearest of its moments again."""
    reruns: Path | None = None
    """A folder with second recordings of the same inputs, each under its session's name: the rerun floor."""
    world: str = "simulator.dream:Dream.load"
    """What makes a World of the model, as module:function."""
    compare: tuple[Path, Path] | None = None
    """Two folders with reports on the same sessions: puts them side by side and measures nothing."""
    quick: bool = False
    """Look at little: two minutes instead of thirty on two cores, at four of the sessions and of the training's."""
    minutes: float | None = None
    """How much of the sessions, together, is told frame by frame."""
    events: int | None = None
    """How many presses of buttons and keys are played closed loop."""
    tracks: int | None = None
    """How many long stretches are played closed loop."""
    device: str | None = None
    """Where the model runs; the GPU where there is one."""
    seed: int = 0
    """What is sampled, and what the model draws."""

    def run(self) -> None:
        if self.compare:
            self._compare(*self.compare)
        else:
            self._evaluate()

    def _compare(self, a: Path, b: Path) -> None:
        from simulator.comparison import compare, load_report
        from simulator.comparison_page import render
        from simulator.report import write_text

        reports = load_report(a), load_report(b)
        write_text(self.out / "index.html", render(*reports, compare(*reports)))
        print(f"{self.out / 'index.html'}")

    def _evaluate(self) -> None:
        from simulator import perception, tesseract
        from simulator.clip_eye import ClipEye
        from simulator.evaluate import Aids, describe_checkpoint, describe_data, evaluate, open_footage
        from simulator.foreign import load_world
        from simulator.page import render
        from simulator.plan import QUICK, QUICK_SESSIONS, Effort
        from simulator.report import write_json, write_text

        asked = {"minutes": self.minutes, "events": self.events, "tracks": self.tracks}
        effort = replace(
            QUICK if self.quick else Effort(), **{key: value for key, value in asked.items() if value is not None}
        )
        reasons = {"read": tesseract.missing_reason(), "perceive": perception.missing_reason()}
        missing = {aid: reason for aid, reason in reasons.items() if reason}
        if "read" in missing:
            print(f"simulator: {missing['read']}; text is not measured", file=sys.stderr)
        most = QUICK_SESSIONS if self.quick else None
        with ExitStack() as stack:
            footage = stack.enter_context(open_footage(self.data, self.split, most))
            world = load_world(self.world, self.checkpoint, device=self.device)
            aids = Aids(
                roundtrip=getattr(world, "vae_roundtrip", None),
                read=None if "read" in missing else tesseract.read_text,
                eye=ClipEye(clip) if (clip := getattr(world, "clip", None)) else None,
                perceive=None if "perceive" in missing else perception.load_lpips(),
                training=stack.enter_context(open_footage(self.training, "train", most)) if self.training else (),
                reruns=stack.enter_context(open_footage(self.reruns, None)) if self.reruns else (),
                missing=missing,
            )
            judgement = evaluate(world, footage, effort, seed=self.seed, aids=aids)
            report = {
                "checkpoint": {**describe_checkpoint(self.checkpoint), "world": self.world},
                "data": describe_data(self.data, footage, self.split),
                **judgement.report,
            }
            world.close()
        write_text(self.out / "index.html", render(report, judgement.exhibits))
        write_json(self.out / "report.json", report)
        print(json.dumps(report["metrics"], indent=1))
        print(f"{self.out / 'index.html'}")


@dataclass(kw_only=True)
class Bench:
    """Time a checkpoint on a recorded action track."""

    checkpoint: tyro.conf.Positional[Path] = CHECKPOINT
    """The model, a folder."""
    data: tyro.conf.Positional[Path] = SAMPLE
    """A session file, or a folder of sessions, of which the first test session is used."""
    out: Path
    """The JSON file for the result."""
    frames: int = 300
    """How many frames are timed."""
    idle: int = 1000
    """How many steps without input have to show the same bits."""
    sizes: bool = False
    """Time larger screens too, up to 2048x1536: desktops of the same layers with random weights."""
    compile: bool = False
    """Time the model compiled too; compiling takes a minute or more."""
    players: bool = False
    """Time several players in one batch too, up to 8."""
    device: str | None = None
    """Where the model runs; the GPU where there is one."""
    seed: int = 0
    """What the model draws."""

    def run(self) -> None:
        from models.desk import load_desk
        from recorder.clock import MonotonicClock
        from simulator.bench import BenchEffort, add, bench, table
        from simulator.dream import Dream
        from simulator.evaluate import check_fits, open_footage
        from simulator.machine import describe_machine, peak_memory_mb
        from simulator.report import write_json
        from simulator.roofline import lines, matrix_gflop_s, roofline
        from simulator.screen_sizes import ROUNDS, by_size
        from simulator.variants import PARTY_FRAMES, by_compiling, by_players

        with open_footage(self.data) as footage:
            world = Dream.load(self.checkpoint, device=self.device)
            check_fits(world, footage[:1])
            effort, clock = BenchEffort(frames=self.frames, idle=self.idle), MonotonicClock()
            timed = bench(
                world,
                footage[0],
                effort,
                clock=clock,
                seed=self.seed,
                peak_memory_mb=lambda: peak_memory_mb(world.device),
                with_steps=lambda steps: Dream.load(self.checkpoint, device=self.device, steps=steps),
            )
            same = {"clock": clock, "seed": self.seed}
            rate = matrix_gflop_s(world.device, world.engine.dtype, clock)
            result = {
                **describe_machine(world.device),
                "dtype": str(world.engine.dtype).removeprefix("torch."),
                **timed,
                "roofline": roofline(world, footage[0], timed, matrix_gflop_s=rate, **same),
            }
            if self.sizes:
                add(result, "by_size", by_size(load_desk(self.checkpoint), world.device, rounds=ROUNDS, **same))
            if self.compile:
                add(result, "by_compiling", by_compiling(world, footage[0], timed["frames"], **same))
            if self.players:
                add(result, "by_players", by_players(world, footage[0], PARTY_FRAMES, **same))
            world.close()
        write_json(self.out, result)
        print("\n".join([table(result), *lines(result["roofline"])]))


@dataclass(kw_only=True)
class Clip:
    """Judge a CLIP on held-out sessions: recall, zero-shot attributes, embedding arithmetic, paraphrases."""

    clip: tyro.conf.Positional[Path]
    """The folder that 'models train clip' wrote."""
    data: tyro.conf.Positional[Path]
    """A folder of sessions, of which the test split and the compositional one are used."""
    out: Path
    """The JSON file for the result."""
    seed: int = 0
    """What of the paraphrases is drawn."""

    def run(self) -> None:
        from models.clip import load_clip
        from simulator.clip_report import report
        from simulator.evaluate import describe_checkpoint
        from simulator.report import write_json

        found = {
            "checkpoint": describe_checkpoint(self.clip),
            **report(load_clip(self.clip), self.data, seed=self.seed),
        }
        write_json(self.out, found)
        print(json.dumps(found, indent=1))


@dataclass(kw_only=True)
class Numbers:
    """Put the numbers of a report and a benchmark between a README's marks and into the checkpoint's config.json."""

    readme: tyro.conf.Positional[Path] = Path("README.md")
    """The text with the marks."""
    folder: tyro.conf.Positional[Path] = Path("docs/evaluation")
    """The folder with report.json and bench.json."""
    checkpoint: tyro.conf.Positional[Path] = CHECKPOINT
    """The model that they are of."""

    def run(self) -> None:
        from simulator.numbers import fill, tell

        tell(self.checkpoint, self.folder)
        fill(self.readme, self.folder)


@dataclass(kw_only=True)
class Curves:
    """Draw how the losses of a training fell, or of several that went on from each other."""

    logs: tyro.conf.Positional[tuple[Path, ...]]
    """The log.jsonl of each training, in their order."""
    out: Path
    """The PNG file."""

    def run(self) -> None:
        from simulator.curves import read_curves
        from simulator.plots import curves_png

        curves = read_curves(self.logs)
        if not curves:
            raise ValueError("these logs are too short for a curve; train longer")
        self.out.write_bytes(curves_png(curves))


Command = (
    Annotated[Evaluate, tyro.conf.subcommand("evaluate")]
    | Annotated[Bench, tyro.conf.subcommand("bench")]
    | Annotated[Clip, tyro.conf.subcommand("clip")]
    | Annotated[Numbers, tyro.conf.subcommand("numbers")]
    | Annotated[Curves, tyro.conf.subcommand("curves")]
)


def main() -> None:
    """Run a command; what a user can cause ends in one sentence and exit code 2."""
    try:
        tyro.cli(Command).run()
    except (ValueError, OSError) as error:
        print(f"simulator: {error}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
