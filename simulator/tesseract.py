"""The door to Tesseract, which reads text on frames."""

import shutil
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

TextReader = Callable[[NDArray[np.uint8]], str]
_ENLARGE = 3
_SPARSE_TEXT = "--psm 11"
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
    import pytesseract

    height, width = frame_u8.shape[:2]
    large = (
        Image.fromarray(frame_u8).convert("L").resize((width * _ENLARGE, height * _ENLARGE), Image.Resampling.BICUBIC)
    )
    try:
        text = str(pytesseract.image_to_string(large, config=_SPARSE_TEXT, timeout=_TIMEOUT_S))
    except RuntimeError as error:  # also what pytesseract raises for a time-out
        said = " ".join(str(error).split())
        raise ValueError(
            f"Tesseract cannot read a frame ({said}); mend it with 'apt-get install --reinstall tesseract-ocr "
            "tesseract-ocr-eng', or remove it and text is not measured"
        ) from error
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
