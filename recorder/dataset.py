"""A data set: a folder of sessions named by their seed, its split and its manifest."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import h5py

from recorder.coverage import combinations, coverage
from recorder.heap import check_heap
from recorder.session import Session

MANIFEST = "manifest.json"
COMPOSITIONAL = "compositional"
TEST = "test"
SPLITS = ("train", "validation", TEST, COMPOSITIONAL)
FIRST_FPS = 15
SPLIT = "split"  # attribute of a session that is in another split than its seed says


def session_name(seed: int) -> str:
    """The file name of the session with that seed."""
    return f"seed-{seed:05d}.h5"


def split_of(seed: int) -> str:
    """Held-out by seed, never by frame: seeds that end in 8 are validation, in 9 test."""
    return {8: "validation", 9: "test"}.get(seed % 10, "train")


def split_of_file(path: Path) -> str:
    """The split that a session claims, else that of its seed; what is damaged says that itself when it is read."""
    with suppress(OSError), h5py.File(path) as file:
        check_heap(path, file)
        return str(file.attrs.get(SPLIT, split_of(seed_of(path))))
    return split_of(seed_of(path))


def session_paths(folder: Path, split: str | None = None) -> list[Path]:
    """The complete sessions of a split (of all splits), by seed; each segment of a recording is one.

    Raises ValueError where there is none.
    """
    if split is not None and split not in SPLITS:
        raise ValueError(f"split '{split}' is not one of {', '.join(SPLITS)}")
    found = sorted(folder.glob("seed-*.h5"), key=lambda path: (seed_of(path), path.stem))
    paths = [path for path in found if split in (None, split_of_file(path))]
    if not paths:
        raise ValueError(
            f"{folder} holds no {split or ''} session; record some with 'python -m recorder explore {folder}'"
        )
    return paths


def seed_of(path: Path) -> int:
    """The seed in a session's file name, which all segments of a recording share."""
    return int(path.stem.removeprefix("seed-").partition(".")[0])


def file_hash(path: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Row(NamedTuple):
    """What makes a session again: its seed, length and policy."""

    seed: int
    seconds: float
    policy: str


def read_manifest(path: Path) -> list[Row]:
    """The sessions that a manifest lists.

    Raises ValueError, with the remedy, for a file that is missing or no manifest.
    """
    try:
        listed = json.loads(path.read_text())["sessions"]
        return [_row(session) for session in listed]
    except (OSError, LookupError, TypeError, ValueError) as error:
        raise ValueError(f"{path} is no manifest of a data set; name the manifest.json that 'explore' wrote") from error


def _row(session: dict[str, Any]) -> Row:
    """The first manifests counted frames, at FIRST_FPS, and no seconds."""
    seconds = session["seconds"] if "seconds" in session else round(session["frames"] / FIRST_FPS, 2)
    return Row(seed=int(session["seed"]), seconds=float(seconds), policy=str(session["policy"]))


def write_manifest(folder: Path) -> dict[str, Any]:
    """Describe the sessions of a folder in its manifest: seed, split, hash, frames, late frames, coverage.

    `combinations` are the themes with their wallpapers that each split shows: no other has the compositional ones.
    """
    rows, shown = [], {split: set[str]() for split in SPLITS}
    for path in session_paths(folder):
        with Session(path) as session:
            late = int((session.late_ns > 5e8 / session.fps).sum())
            rows.append(
                {
                    "file": path.name,
                    "seed": seed_of(path),
                    "split": split_of_file(path),
                    "sha256": file_hash(path),
                    "frames": len(session),
                    "seconds": round(len(session) / session.fps, 2),
                    "late": late,
                    "bytes": path.stat().st_size,
                    "policy": str(session.attributes.get("policy", "")),
                }
            )
            shown[split_of_file(path)] |= combinations(session)
    minutes = sum(row["seconds"] for row in rows) / 60
    manifest = {"sessions": rows, "frames": sum(row["frames"] for row in rows), "minutes": round(minutes, 1)}
    manifest["coverage"] = coverage(_each(session_paths(folder)))
    manifest["combinations"] = {split: sorted(pairs) for split, pairs in shown.items() if pairs}
    beside = folder / (MANIFEST + ".tmp")
    beside.write_text(json.dumps(manifest, indent=1) + "\n")
    beside.replace(folder / MANIFEST)
    return manifest


def _each(paths: Iterable[Path]) -> Iterator[Session]:
    """One session after the other, each open for its turn."""
    for path in paths:
        with Session(path) as session:
            yield session
