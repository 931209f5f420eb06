"""`python -m recorder`: record, explore, verify, report."""

import sys
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated

import tyro
from tqdm import tqdm

from recorder.dataset import session_name, session_paths, write_manifest


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

    def run(self) -> None:
        from recorder.explorer.explore import Exploration, explore

        orders = [
            Exploration(path=self.folder / session_name(seed), seed=seed, seconds=self.seconds)
            for seed in range(self.seed, self.seed + self.sessions)
        ]
        orders = [order for order in orders if not order.path.exists()]
        failures = 0
        with ProcessPoolExecutor(self.jobs, mp_context=get_context("spawn"), max_tasks_per_child=1) as pool:
            running = {pool.submit(explore, order): order for order in orders}
            for done in tqdm(as_completed(running), total=len(running), unit="session", smoothing=0):
                try:
                    stats = done.result()
                except ValueError as error:
                    failures += 1
                    tqdm.write(str(error), file=sys.stderr)
                else:
                    tqdm.write(f"{running[done].path.name}: {stats}")
        manifest = write_manifest(self.folder)
        print(f"{len(manifest['sessions'])} sessions, {manifest['minutes']} minutes in {self.folder}")
        if failures:
            raise ValueError(f"{failures} sessions failed; run the same command again to record what is missing")


Command = Annotated[Explore, tyro.conf.subcommand("explore")] | Annotated[None, tyro.conf.subcommand("none")]


def main() -> None:
    """Run a command; what a user can cause ends in one sentence and exit code 2."""
    try:
        tyro.cli(Command).run()
    except (ValueError, OSError) as error:
        print(f"recorder: {error}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
