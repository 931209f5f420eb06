"""Where the files lie that ship with the program."""

from pathlib import Path

_ASSETS = Path(__file__).parent / "assets"
CHECKPOINT = _ASSETS / "desk"
SAMPLE = _ASSETS / "sample.h5"
