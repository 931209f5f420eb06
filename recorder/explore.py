"""`explore`: many sessions of a sandboxed desktop that explores itself, a few at a time."""

import sys
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

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

    def run(self) -> None:
        orders = self.orders()
        wanted, orders = len(orders), [order for order in orders if not order.path.exists()]
        failures: list[str] = []
        with ProcessPoolExecutor(self.jobs, mp_context=get_context("spawn"), max_tasks_per_child=1) as pool:
            running = {pool.submit(_record, order): order for order in orders}
            for done in tqdm(as_completed(running), total=len(running), unit="session", smoothing=0):
                try:
                    stats = done.result()
                except (ValueError, OSError, BrokenProcessPool) as error:
                    failures.append(f"{running[done].path.name}: {error}")
                    tqdm.write(failures[-1], file=sys.stderr)
                else:
                    tqdm.write(f"{running[done].path.name}: {stats}")
        if failures and len(failures) == wanted:
            raise ValueError(failures[0])
        manifest = write_manifest(self.folder)
        covered = manifest["coverage"]
        often, rarest = covered["states_visited_20_times"], min(covered["characters"].values())
        print(f"{len(manifest['sessions'])} sessions, {manifest['minutes']} minutes in {self.folder}")
        print(f"{covered['states']} states, {often} visited 20 times; each character typed {rarest} times or more")
        if failures:
            raise ValueError(f"{len(failures)} sessions failed; run the same command again to record what is missing")

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
