"""`python -m models train {vae,clip,world,all}` and `python -m models average`."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from recorder.clock import Clock, MonotonicClock


@dataclass(kw_only=True)
class Stage:
    """What every stage takes."""

    data: Path
    """Folder of sessions; the training split is read."""
    out: Path
    """Folder for checkpoints, state and log; later stages read what earlier ones wrote there."""
    preset: str = "desk"
    """Sizes: desk, toy for the drawn desktop of `explore --policy toy-1`, or tiny."""
    minutes: float = 60.0
    """Budget over all resumes."""
    resume: bool = False
    """Go on exactly where the folder's state stopped."""
    seed: int = 0
    threads: int = 2
    """Use 1 where another program keeps a core busy: two threads beside it are several times slower."""

    def run(self) -> None:
        from models import train

        stages: dict[type[Stage], Callable[[train.Order, Clock], None]] = {
            Vae: train.train_vae,
            Clip: train.train_clip,
            World: train.train_world,
            All: train.train_all,
        }
        stages[type(self)](train.Order(**vars(self)), MonotonicClock())


@dataclass(kw_only=True)
class OnFromDesk(Stage):
    """A stage whose part a desk may have already."""

    from_desk: Path | None = None
    """Begin with what this desk knows, a folder of `train world` or simulator/assets/desk, instead of from nothing."""


@dataclass(kw_only=True)
class Vae(OnFromDesk):
    """Train the tile VAE."""


@dataclass(kw_only=True)
class Clip(Stage):
    """Train CLIP on screens and what their prompts say of them."""


@dataclass(kw_only=True)
class World(OnFromDesk):
    """Train the world model on the VAE's latents; writes the playable checkpoint."""


@dataclass(kw_only=True)
class All(OnFromDesk):
    """Train VAE, CLIP and world model one after another; the minutes are those of all three."""


@dataclass(kw_only=True)
class Train:
    """Train one stage."""

    stage: (
        Annotated[Vae, tyro.conf.subcommand("vae")]
        | Annotated[Clip, tyro.conf.subcommand("clip")]
        | Annotated[World, tyro.conf.subcommand("world")]
        | Annotated[All, tyro.conf.subcommand("all")]
    )

    def run(self) -> None:
        self.stage.run()


@dataclass(kw_only=True)
class Average:
    """Make of two desks, of which one went on from the other, one with the mean of their world models' weights."""

    desk: tyro.conf.Positional[Path]
    """Its first screens, contents and words are taken."""
    other: tyro.conf.Positional[Path]
    out: Path
    """The folder for the new desk."""
    share: float = 0.5
    """Of the weights, that of the other."""

    def run(self) -> None:
        from models.average import averaged
        from models.desk import load_desk, save_desk

        save_desk(self.out, averaged(load_desk(self.desk), load_desk(self.other), self.share))


def main() -> None:
    """Run a command; what a user can cause ends in one sentence and exit code 2."""
    try:
        commands = {"train": Train, "average": Average}
        tyro.extras.subcommand_cli_from_dict(commands, config=(tyro.conf.OmitSubcommandPrefixes,)).run()
    except (ValueError, OSError) as error:
        print(f"models: {error}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
