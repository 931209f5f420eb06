"""Where the files lie that ship with the program."""

from pathlib import Path

_ASSETS = Path(__file__).parent / "assets"
CHECKPOINT = _ASSETS / "desk"
SAMPLE = _ASSETS / "sample.h5"
PROMPT = "light theme, blue wallpaper, no window open"  # the look that training has seen most
