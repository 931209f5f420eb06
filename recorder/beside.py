"""Paths of new files in, names beside them out: all take their places together when everything is written, or none."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from recorder.writer import partial_path


@contextmanager
def written_beside(paths: Sequence[Path]) -> Iterator[list[Path]]:
    """Names to write to, renamed to `paths` on a clean exit and removed on an exception.

    Raises ValueError where one of `paths` exists already, and for an OSError inside: there it can't be written.
    """
    for path in paths:
        if path.exists():
            raise ValueError(f"{path} exists already; name another file or move it away")
    besides: list[Path] = []
    try:
        for path in paths:
            path.parent.mkdir(parents=True, exist_ok=True)
            partial_path(path).touch()
            besides.append(partial_path(path))
        yield besides
        for beside, path in zip(besides, paths, strict=True):
            beside.replace(path)
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise ValueError(f"can't write {paths[0]} ({reason}); free space or name another place") from error
    finally:
        for beside in besides:
            beside.unlink(missing_ok=True)
