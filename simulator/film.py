"""Pictures in, a video file out: .mp4 (H.264) or .gif, by the ffmpeg that imageio brings along."""

from pathlib import Path
from types import TracebackType
from typing import Any

import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

# One palette for the whole GIF, taken from what changes, without dithering: text stays legible and what stands still
# costs nothing.
_GIF_FILTER = "split[a][b];[a]palettegen=stats_mode=full[p];[b][p]paletteuse=dither=none:diff_mode=rectangle"
_ENCODERS: dict[str, tuple[str, str, list[str]]] = {
    ".mp4": ("libx264", "yuv420p", ["-crf", "16", "-preset", "medium", "-movflags", "+faststart"]),
    ".gif": ("gif", "pal8", ["-filter_complex", _GIF_FILTER, "-loop", "0"]),
}
SUFFIXES = tuple(_ENCODERS)


class Film:
    """Context manager: a video of pictures (H, W, 3) uint8 with even sides, complete at `path` on a clean exit.

    It is written beside its place; on an exception nothing stays. Raises OSError where it can't be written.
    """

    def __init__(self, path: Path, *, size_px: tuple[int, int], fps: float) -> None:
        assert size_px[0] % 2 == 0 and size_px[1] % 2 == 0
        codec, pixel_format, parameters = _ENCODERS[path.suffix]
        self.path, self._beside = path, path.with_name(f"{path.stem}.partial{path.suffix}")
        self._frames = 0
        options: dict[str, Any] = {  # the library's annotations are narrower than what it takes
            "fps": fps,
            "codec": codec,
            "pix_fmt_out": pixel_format,
            "quality": None,
            "macro_block_size": 2,
            "ffmpeg_log_level": "error",
            "output_params": parameters,
        }
        self._writer = imageio_ffmpeg.write_frames(str(self._beside), size_px, **options)
        self._writer.send(None)

    def add(self, picture_u8: NDArray[np.uint8]) -> None:
        """Append a picture."""
        try:
            self._writer.send(np.ascontiguousarray(picture_u8))
        except OSError as error:
            raise self._failure() from error
        self._frames += 1

    def __enter__(self) -> "Film":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._writer.close()
            if kind is None:
                self._check()
                self._beside.replace(self.path)
        finally:
            self._beside.unlink(missing_ok=True)

    def _check(self) -> None:
        """Count what arrived: ffmpeg's exit code does not come through, and a full disk cuts the file short."""
        try:
            written, _ = imageio_ffmpeg.count_frames_and_secs(str(self._beside))
        except RuntimeError as error:
            raise self._failure() from error
        if written != self._frames:
            raise self._failure()

    def _failure(self) -> OSError:
        return OSError(f"{self.path} could not be written whole; is there room on the disk?")
