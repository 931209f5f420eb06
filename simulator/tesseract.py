"""The door to Tesseract, which reads text on frames."""

import os
import shutil
import subprocess
from collections.abc import Callable
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

TextReader = Callable[[NDArray[np.uint8]], str]
_ENLARGE = 3
_COMMAND = ("tesseract", "-", "-", "--psm", "11")  # sparse text
_ALONE = {"OMP_THREAD_LIMIT": "1"}  # its threads wait for each other: with two a screen takes four times as long
_TIMEOUT_S = 60


def missing_reason() -> str | None:
    """Why nothing can be read, with the remedy; None where Tesseract is there."""
    return (
        None if shutil.which("tesseract") else "Tesseract is missing; install it with 'apt-get install tesseract-ocr'"
    )


def read_text(frame_u8: NDArray[np.uint8]) -> str:
    """The lines that Tesseract reads on a frame (H, W, 3), enlarged three times: it was made for 300 dots an inch.

    Raises ValueError, with the remedy, where Tesseract fails or takes longer than _TIMEOUT_S.
    """
    height, width = frame_u8.shape[:2]
    large = (
        Image.fromarray(frame_u8).convert("L").resize((width * _ENLARGE, height * _ENLARGE), Image.Resampling.BICUBIC)
    )
    png = BytesIO()
    large.save(png, format="PNG", compress_level=1)
    try:
        done = subprocess.run(
            _COMMAND, input=png.getvalue(), capture_output=True, timeout=_TIMEOUT_S, check=True, env=os.environ | _ALONE
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        said = (error.stderr or b"").decode(errors="replace") or str(error)
        raise ValueError(
            f"Tesseract cannot read a frame ({' '.join(said.split())}); mend it with 'apt-get install --reinstall "
            "tesseract-ocr tesseract-ocr-eng', or remove it and text is not measured"
        ) from error
    text = done.stdout.decode(errors="replace")
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def remembering(read: TextReader) -> TextReader:
    """The same reader, reading each distinct frame once."""
    known: dict[bytes, str] = {}

    def read_once(frame_u8: NDArray[np.uint8]) -> str:
        key = frame_u8.tobytes()
        if key not in known:
            known[key] = read(frame_u8)
        return known[key]

    return read_once
