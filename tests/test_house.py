"""The layers, the package list and the README say the same as the tree."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def test_imports_run_one_way() -> None:
    tool = Path(sys.executable).with_name("lint-imports")
    checked = subprocess.run([tool], cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


def test_every_package_is_listed() -> None:
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    found = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for top in ("recorder", "models", "simulator")
        for path in (ROOT / top).rglob("__init__.py")
    }
    assert set(listed) == found


@pytest.mark.parametrize("package", ["recorder", "models", "simulator"])
def test_importing_a_package_needs_no_display_and_loads_no_heavy_library(package: str) -> None:
    heavy = "{'torch', 'pygame', 'Xlib', 'mss', 'matplotlib'}"
    code = f"import sys, {package}; print(sorted({heavy} & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"


def test_the_readme_names_files_that_exist() -> None:
    text = (ROOT / "README.md").read_text()
    for name in re.findall(r"\]\(((?!http)[^)]+)\)|`(docs/[\w./]+)`", text):
        assert (ROOT / (name[0] or name[1])).exists(), name
    assert "@@" not in text
