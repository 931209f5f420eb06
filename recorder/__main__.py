"""`python -m recorder`: record, explore, verify, report, view, repack, migrate, cut, export, import, bench."""

import sys
from typing import Annotated

import tyro

from recorder.bench import Bench
from recorder.csgo import ImportCsgo
from recorder.cut import Cut
from recorder.explore import Explore
from recorder.export import Export
from recorder.importer import Import
from recorder.migrate import Migrate
from recorder.owamcap import ImportOwamcap
from recorder.record import Record
from recorder.repack import Repack
from recorder.report import Report
from recorder.verify import Verify
from recorder.view import View

Command = (
    Annotated[Record, tyro.conf.subcommand("record")]
    | Annotated[Explore, tyro.conf.subcommand("explore")]
    | Annotated[Verify, tyro.conf.subcommand("verify")]
    | Annotated[Report, tyro.conf.subcommand("report")]
    | Annotated[View, tyro.conf.subcommand("view")]
    | Annotated[Repack, tyro.conf.subcommand("repack")]
    | Annotated[Migrate, tyro.conf.subcommand("migrate")]
    | Annotated[Cut, tyro.conf.subcommand("cut")]
    | Annotated[Export, tyro.conf.subcommand("export")]
    | Annotated[Import, tyro.conf.subcommand("import")]
    | Annotated[ImportCsgo, tyro.conf.subcommand("import-csgo")]
    | Annotated[ImportOwamcap, tyro.conf.subcommand("import-owamcap")]
    | Annotated[Bench, tyro.conf.subcommand("bench")]
)


def main() -> None:
    """Run a command; what a user can cause ends in one sentence and exit code 2."""
    try:
        tyro.cli(Command, prog="python -m recorder", description=__doc__).run()
    except (ValueError, OSError) as error:
        print(f"recorder: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("recorder: interrupted; recordings that were cut off are in their .partial files", file=sys.stderr)
        sys.exit(130)


if __name__ == "__main__":
    main()
