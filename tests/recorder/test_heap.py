"""Texts that HDF5 would read for ever are refused at once, and no valid file is taken for one of these."""

import time
from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recorder.dataset import split_of_file
from recorder.heap import check_heap
from recorder.pointer import PointerState
from recorder.separate import SeparateProcess
from recorder.session import Session
from recorder.verify import faults
from recorder.writer import SessionWriter
from tests.recorder.sessions import ARROW, PERIOD_NS, SIZE_PX, write_session

COLLECTION = b"GCOL\x01\0\0\0"
FREE, OBJECT = 0, 1  # the index of what is free, and of the first text
AT_ONCE_S, PATIENCE_S = 1.0, 60.0  # of which a process that begins and imports takes the most
REFUSAL = "is damaged: can't read its texts; copy it again from its source or record it again"


@pytest.fixture(scope="module")
def process() -> Iterator[SeparateProcess]:
    with SeparateProcess() as process:
        yield process


def headers(stored: bytes, address: int) -> dict[int, int]:
    """Where the header of each object of a collection is, by the object's index."""
    end, at, found = address + int.from_bytes(stored[address + 8 : address + 16], "little"), address + 16, {}
    while at + 16 <= end:
        index, size = int.from_bytes(stored[at : at + 2], "little"), int.from_bytes(stored[at + 8 : at + 16], "little")
        found[index] = at
        at += 16 + (size + 7) // 8 * 8 if index else size
    return found


def break_heap(path: Path, index: int, size: int) -> Path:
    """Let an object of the file's first collection have another size."""
    stored = bytearray(path.read_bytes())
    at = headers(stored, stored.index(COLLECTION))[index]
    stored[at + 8 : at + 16] = size.to_bytes(8, "little")
    path.write_bytes(stored)
    return path


def refusal(path: Path) -> tuple[str, float]:
    """What `Session` says, and after how many seconds; to be called in a process of its own, for it may not end."""
    begin = time.perf_counter()
    try:
        Session(path).close()
    except ValueError as error:
        return str(error), time.perf_counter() - begin
    return "", time.perf_counter() - begin


@pytest.mark.parametrize(
    ("index", "size"),
    [
        (FREE, 0),
        (FREE, 24),  # the next header is then among zeros
        (FREE, 2**20),
        (OBJECT, 2**64 - 16),  # which is 0 with its header, in 64 bits
        (OBJECT, 2**64 - 24),
        (OBJECT, 2**20),
    ],
)
def test_sizes_that_do_not_add_up_are_refused_at_once(
    tmp_path: Path, process: SeparateProcess, index: int, size: int
) -> None:
    path = break_heap(write_session(tmp_path / "seed-00008.h5"), index, size)
    sentence, seconds = process.call(refusal, path, timeout_s=PATIENCE_S)
    assert (sentence, seconds < AT_ONCE_S) == (f"{path} {REFUSAL}", True)
    assert process.call(faults, path, timeout_s=PATIENCE_S) == [sentence]
    assert process.call(split_of_file, path, timeout_s=PATIENCE_S) == "validation"


def test_texts_are_checked_where_the_frames_are_gone(tmp_path: Path, process: SeparateProcess) -> None:
    path = write_session(tmp_path / "a.h5")
    with h5py.File(path, "r+") as file:
        del file["frames/rgb"]
    assert process.call(refusal, path, timeout_s=PATIENCE_S)[0] == f"{path} lacks 'frames/rgb'; record it again"
    break_heap(path, FREE, 0)
    assert process.call(refusal, path, timeout_s=PATIENCE_S)[0] == f"{path} {REFUSAL}"


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(follows=st.binary(max_size=40), offset=st.integers(0, 200), seed=st.integers(0, 2**32 - 1))
def test_frames_may_look_like_a_collection(tmp_path: Path, follows: bytes, offset: int, seed: int) -> None:
    path, random = tmp_path / "a.h5", np.random.default_rng(seed)
    with SessionWriter(path, size_px=SIZE_PX, fps=10) as writer:
        writer.add_prompt("GCOL")
        for index in range(16):
            pixels = bytearray(random.bytes(SIZE_PX[0] * SIZE_PX[1] * 3))  # noise, which zstd stores as it is
            pixels[offset : offset + len(COLLECTION + follows)] = COLLECTION + follows
            rgb = np.frombuffer(pixels, np.uint8).reshape(SIZE_PX[1], SIZE_PX[0], 3)
            writer.add_frame(rgb, (index + 1) * PERIOD_NS, PointerState(x_px=index, y_px=2, shape=ARROW))
    assert path.read_bytes().count(COLLECTION) > 1
    assert faults(path) == []
    path.unlink()


def test_what_nothing_points_to_is_no_collection(tmp_path: Path) -> None:
    path = write_session(tmp_path / "a.h5")
    with path.open("ab") as file:
        file.write(COLLECTION + bytes(100))
    assert faults(path) == []


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(st.integers(0, 9000), max_size=30),
    changes=st.lists(st.tuples(st.sampled_from("abc"), st.one_of(st.none(), st.integers(0, 9000))), max_size=20),
)
def test_texts_of_all_lengths_add_up(tmp_path: Path, texts: list[int], changes: list[tuple[str, int | None]]) -> None:
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("texts", data=["x" * length for length in texts], dtype=h5py.string_dtype())
        for name, length in changes:
            if length is not None:
                file.attrs[name] = "y" * length
            else:
                file.attrs.pop(name, None)
            file.flush()
    with h5py.File(path) as file:
        check_heap(path, file)
