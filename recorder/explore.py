"""`explore`: many sessions of a sandboxed desktop that explores itself, a few at a time."""

import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import tyro
from tqdm import tqdm

from recorder.capture import CaptureStats
from recorder.dataset import Row, read_manifest, session_name, write_manifest
from recorder.explorer import NEWEST_POLICY
from recorder.toy import POLICY as TOY
from recorder.toy.explore import ToyExploration
from recorder.toy.explore import explore as explore_toy

if TYPE_CHECKING:  # it needs X11 libraries, and a command's help does not
    from recorder.explorer.explore import Exploration

Order = TypeVar("Order")


@dataclass(kw_only=True)
class Explore:
    """Record a sandboxed desktop (Xvfb and XFCE) that explores itself."""

    folder: tyro.conf.Positional[Path]
    """Where the sessions go, one file a seed."""
    sessions: int = 4
    """How many sessions."""
    seconds: float = 300.0
    """Length of each."""
    jobs: int = 2
    """How many at the same time."""
    seed: int = 0
    """Seed of the first session; the others count up."""
    policy: str = NEWEST_POLICY
    """How the sandbox looks and what its user does; goals-1 is that of the first data set, toy-1 that of a tiny drawn
    desktop that needs no sandbox and takes no time."""
    manifest: Path | None = None
    """Record what this manifest.json lists: its seeds, lengths and policies instead of those above."""
    replay: tuple[Path, ...] = ()
    """Record these sessions of explore again instead, by their own inputs and under their names: the rerun floor."""

    def run(self) -> None:
        if self.replay:
            self.run_replays()
            return
        failures = self.record(_record, {order.path: order for order in self.orders()})
        manifest = write_manifest(self.folder)
        covered = manifest["coverage"]
        often, rarest = covered["states_visited_20_times"], min(covered["characters"].values())
        print(f"{len(manifest['sessions'])} sessions, {manifest['minutes']} minutes in {self.folder}")
        print(f"{covered['states']} states, {often} visited 20 times; each character typed {rarest} times or more")
        _complain(failures)

    def run_replays(self) -> None:
        """Record again, and say how much that differs."""
        try:
            from recorder.explorer.rerun import Rerun, rerun
        except ImportError as error:
            raise ValueError(f"the sandbox needs X11 libraries ({error}); replay on Linux") from error
        if self.manifest is not None or self.jobs < 1:
            raise ValueError("--jobs must be at least 1, and --replay and --manifest exclude each other")
        orders = [Rerun(original=original, path=self.folder / original.name) for original in self.replay]
        if len({order.path for order in orders}) < len(orders):
            raise ValueError("two of the files to replay have one name; replay them into different folders")
        for order in orders:
            order.check()
        _complain(self.record(rerun, {order.path: order for order in orders}))

    def record(self, work: Callable[[Order], object], orders: Mapping[Path, Order]) -> list[str]:
        """Do the work for the files that are not there yet, `jobs` at a time; returns a sentence for each that failed.

        Raises ValueError where all did.
        """
        failures: list[str] = []
        with ProcessPoolExecutor(self.jobs, mp_context=get_context("spawn"), max_tasks_per_child=1) as pool:
            running = {pool.submit(work, order): path for path, order in orders.items() if not path.exists()}
            for done in tqdm(as_completed(running), total=len(running), unit="session", smoothing=0):
                try:
                    tqdm.write(f"{running[done].name}: {done.result()}")
                except (ValueError, OSError, BrokenProcessPool) as error:
                    failures.append(f"{running[done].name}: {error}")
                    tqdm.write(failures[-1], file=sys.stderr)
        if failures and len(failures) == len(orders):
            raise ValueError(failures[0])
        return failures

    def orders(self) -> list["Exploration | ToyExploration"]:
        """What is to be recorded; raises ValueError for options or a manifest that make no sense."""
        if min(self.sessions, self.jobs) < 1 or not self.seconds > 0 or self.seed < 0:
            raise ValueError("--sessions and --jobs must be at least 1, --seconds above 0 and --seed not negative")
        if self.manifest is None:
            seeds = range(self.seed, self.seed + self.sessions)
            rows = [Row(seed=seed, seconds=self.seconds, policy=self.policy) for seed in seeds]
        else:
            rows = read_manifest(self.manifest)
        return [_order(self.folder / session_name(row.seed), row) for row in rows]


def _complain(failures: list[str]) -> None:
    if failures:
        raise ValueError(f"{len(failures)} sessions failed; run the same command again to record what is missing")


def _order(path: Path, row: Row) -> "Exploration | ToyExploration":
    if row.policy == TOY:
        return ToyExploration(path=path, seed=row.seed, seconds=row.seconds)
    try:
        from recorder.explorer.explore import Exploration
        from recorder.explorer.policy import find_policy
    except ImportError as error:
        remedy = f"explore on Linux, or a drawn desktop by --policy {TOY}"
        raise ValueError(f"the sandbox needs X11 libraries ({error}); {remedy}") from error
    return Exploration(path=path, seed=row.seed, seconds=row.seconds, policy=find_policy(row.policy).name)


def _record(order: "Exploration | ToyExploration") -> CaptureStats:
    if isinstance(order, ToyExploration):
        return explore_toy(order)
    from recorder.explorer.explore import explore

    return explore(order)
