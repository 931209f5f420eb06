"""Frames in, an H.264 file out, and back, by the ffmpeg that imageio brings along."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

from recorder.damage import in_one_sentence

# Codec, pixel format, quality. Neither subsamples colour: it would blur coloured text and ask for even sides.
LOSSY = ("libx264", "yuv444p", "12")
LOSSLESS = ("libx264rgb", "rgb24", "0")


def write_video(
    path: Path, frames: Iterable[NDArray[np.uint8]], *, size_px: tuple[int, int], fps: float, lossless: bool
) -> None:
    """Write frames (H, W, 3) uint8 of `size_px` = (width, height) as an MP4 file, whatever `path` ends in.

    Raises ValueError where the file can't be written whole.
    """
    codec, pixel_format, quality = LOSSLESS if lossless else LOSSY
    options: dict[str, Any] = {  # the library's annotations are narrower than what it takes
        "fps": fps,
        "codec": codec,
        "pix_fmt_out": pixel_format,
        "quality": None,
        "macro_block_size": 1,
        "ffmpeg_log_level": "quiet",  # our own sentence says what is wrong
        "output_params": ["-crf", quality, "-movflags", "+faststart", "-f", "mp4"],
    }
    sent = 0
    try:
        with closing(imageio_ffmpeg.write_frames(str(path), size_px, **options)) as encoder:
            encoder.send(None)
            for frame in frames:
                encoder.send(np.ascontiguousarray(frame))
                sent += 1
        # ffmpeg's exit code does not come through, and a full disk cuts the file short.
        written, _ = imageio_ffmpeg.count_frames_and_secs(str(path))
    except (OSError, RuntimeError) as error:
        raise ValueError(_unwritten(path)) from error
    if written != sent:
        raise ValueError(_unwritten(path))


def read_video(path: Path, size_px: tuple[int, int]) -> Iterator[NDArray[np.uint8]]:
    """Each frame (H, W, 3) uint8 of a video of `size_px` = (width, height).

    Raises ValueError, with the remedy, for a file that is missing, no video, damaged or of another size.
    """
    if not path.is_file():
        raise ValueError(f"{path} is not there; check the name")
    decoder = imageio_ffmpeg.read_frames(str(path), output_params=["-fps_mode", "passthrough"])
    with closing(decoder), in_one_sentence(path, "it as a video", (OSError, RuntimeError, LookupError, EOFError)):
        found: Any = next(decoder)
        if tuple(found["size"]) != size_px:
            wide, high = found["size"]
            raise ValueError(
                f"{path} is {wide}x{high} px and its events are of {size_px[0]}x{size_px[1]} px; name the pair of files"
                " that one export wrote"
            )
        for frame in decoder:
            yield np.frombuffer(frame, np.uint8).reshape(size_px[1], size_px[0], 3)


def _unwritten(path: Path) -> str:
    return f"the video could not be written whole to {path.parent}; free space or name another place"
