"""`explore`: many sessions of a sandboxed desktop that explores itself, a few at a time."""

import sys
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import tyro
from tqdm import tqdm

from recorder.dataset import session_name, write_manifest
from recorder.explorer import NEWEST_POLICY


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
    """How the sandbox looks and what its user does; goals-1 is that of the first data set."""

    def run(self) -> None:
        if min(self.sessions, self.jobs) < 1 or not self.seconds > 0 or self.seed < 0:
            raise ValueError("--sessions and --jobs must be at least 1, --seconds above 0 and --seed not negative")
        try:
            from recorder.explorer.explore import Exploration, explore
            from recorder.explorer.policy import find_policy
        except ImportError as error:
            raise ValueError(f"the sandbox needs X11 libraries ({error}); explore on Linux") from error
        find_policy(self.policy)
        orders = [
            Exploration(path=self.folder / session_name(seed), seed=seed, seconds=self.seconds, policy=self.policy)
            for seed in range(self.seed, self.seed + self.sessions)
        ]
        orders = [order for order in orders if not order.path.exists()]
        failures: list[str] = []
        with ProcessPoolExecutor(self.jobs, mp_context=get_context("spawn"), max_tasks_per_child=1) as pool:
            running = {pool.submit(explore, order): order for order in orders}
            for done in tqdm(as_completed(running), total=len(running), unit="session", smoothing=0):
                try:
                    stats = done.result()
                except (ValueError, OSError, BrokenProcessPool) as error:
                    failures.append(f"{running[done].path.name}: {error}")
                    tqdm.write(failures[-1], file=sys.stderr)
                else:
                    tqdm.write(f"{running[done].path.name}: {stats}")
        if len(failures) == self.sessions:
            raise ValueError(failures[0])
        manifest = write_manifest(self.folder)
        print(f"{len(manifest['sessions'])} sessions, {manifest['minutes']} minutes in {self.folder}")
        if failures:
            raise ValueError(f"{len(failures)} sessions failed; run the same command again to record what is missing")
