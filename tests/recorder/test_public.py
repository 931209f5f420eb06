"""The package's public names, and that importing it needs no display and loads no door."""

import os
import re
import subprocess
import sys
from pathlib import Path

import recorder


def test_all_names_are_there() -> None:
    assert sorted(recorder.__all__) == sorted(set(recorder.__all__))
    assert all(hasattr(recorder, name) for name in recorder.__all__)


def test_each_name_is_told_on_the_page_of_the_standard() -> None:
    page = (Path(__file__).parents[2] / "docs" / "session.md").read_text()
    told = set(re.findall(r"`(\w+)[`(]", page))
    assert set(recorder.__all__) <= told


def test_import_needs_no_display() -> None:
    code = "import sys, recorder.__main__; print([name for name in sys.modules if name in ('mss', 'Xlib', 'torch')])"
    environment = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert done.stdout == "[]\n", done.stderr
