"""A complete session file gets a SHA-256 of all that it says, so that `verify` notices a changed bit anywhere."""

import hashlib
from typing import Any

import h5py
import numpy as np

from recorder import schema


def seal(file: h5py.File) -> None:
    """Write the file's digest into it, in place of an earlier one."""
    file.flush()
    file.attrs[schema.SHA256] = digest(file)


def digest(file: h5py.File) -> str:
    """SHA-256, hexadecimal, of attributes, columns, pointer shapes and the stored chunks of frames."""
    sha = hashlib.sha256(_attributes(file))
    for name in schema.columns(file):
        dataset: Any = file[name]
        sha.update(f"{name} {dataset.shape}".encode())
        if name == schema.FRAMES:
            _add_chunks(sha, dataset)
        else:
            sha.update(b"\0".join(dataset[:]) if dataset.dtype == object else dataset[:].tobytes())
    shapes: Any = file[schema.SHAPES]
    for number in sorted(shapes, key=int):
        sha.update(_attributes(shapes[number]) + shapes[number][:].tobytes())
    return sha.hexdigest()


def _attributes(holder: Any) -> bytes:
    values = {name: np.asarray(value).tolist() for name, value in holder.attrs.items() if name != schema.SHA256}
    return repr(sorted(values.items())).encode()


def _add_chunks(sha: Any, frames: Any) -> None:
    for start in range(0, frames.shape[0], frames.chunks[0]):
        _, stored = frames.id.read_direct_chunk((start, 0, 0, 0))
        sha.update(stored)
