"""A chunk is compressed as a whole, whatever the size of a frame, and plain h5py reads what is stored."""

from pathlib import Path

import h5py
import numpy as np
import pytest

from recorder.pointer import PointerState
from recorder.writer import SessionWriter

POINTER = PointerState(x_px=0, y_px=0, shape=None)
SIZE_PX = (960, 800)  # a frame outgrows the two megabytes that HDF5's own zstd looks back


def write(path: Path, frames: list[np.ndarray], period_ns: int, chunk_frames: int) -> Path:
    size_px = (frames[0].shape[1], frames[0].shape[0])
    with SessionWriter(path, size_px=size_px, fps=15, chunk_frames=chunk_frames) as writer:
        for index, rgb in enumerate(frames):
            writer.add_frame(rgb, (index + 1) * period_ns, POINTER)
    return path


def test_a_frame_like_the_one_before_costs_nothing_at_any_size(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (SIZE_PX[1], SIZE_PX[0], 3), dtype=np.uint8)
    path = write(tmp_path / "a.h5", [noise] * 8, 1000, 8)
    assert path.stat().st_size < 1.1 * noise.nbytes
    with h5py.File(path, "r") as file:
        assert (file["frames/rgb"][:] == noise).all()


@pytest.mark.parametrize("period_ns", [1000, 300_000_000, 2_000_000_000])
@pytest.mark.parametrize("chunk_frames", [1, 4, 16])
def test_frames_are_the_same_whenever_they_were_flushed(tmp_path: Path, period_ns: int, chunk_frames: int) -> None:
    frames = [np.full((6, 5, 3), index, np.uint8) for index in range(23)]
    path = write(tmp_path / "a.h5", frames, period_ns, chunk_frames)
    with h5py.File(path, "r") as file:
        np.testing.assert_array_equal(file["frames/rgb"][:], frames)
