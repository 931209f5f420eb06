"""A font of 3x5 pixels, drawn by hand: each glyph's five rows as octal digits. Small letters look like capitals."""

import numpy as np
from numpy.typing import NDArray

WIDTH_PX, HEIGHT_PX, ADVANCE_PX = 3, 5, 4
UNKNOWN = "77777"
GLYPHS = {
    "A": "25755", "B": "65656", "C": "34443", "D": "65556", "E": "74647", "F": "74644", "G": "34553", "H": "55755",
    "I": "72227", "J": "11152", "K": "55655", "L": "44447", "M": "57755", "N": "65555", "O": "25552", "P": "65644",
    "Q": "25563", "R": "65655", "S": "34216", "T": "72222", "U": "55557", "V": "55552", "W": "55775", "X": "55255",
    "Y": "55222", "Z": "71247", "0": "75557", "1": "26227", "2": "61247", "3": "61216", "4": "55711", "5": "74616",
    "6": "34757", "7": "71244", "8": "75757", "9": "75716", " ": "00000", ".": "00002", ",": "00024", "-": "00700",
    "!": "22202", "?": "61202", "+": "02720", "=": "07070", "/": "11244", ":": "02020", "'": "22000", "_": "00007",
}  # fmt: skip


def glyph(character: str) -> NDArray[np.bool_]:
    """Where a character (5, 3) has ink; a block for one that was not drawn."""
    rows = [[int(row) >> bit & 1 for bit in (2, 1, 0)] for row in GLYPHS.get(character.upper(), UNKNOWN)]
    return np.array(rows, bool)


def write(frame_u8: NDArray[np.uint8], text: str, x_px: int, y_px: int, colour: tuple[int, int, int]) -> None:
    """Write one line into a frame (H, W, 3), its upper left corner at (x_px, y_px); it must fit."""
    for place, character in enumerate(text):
        left = x_px + ADVANCE_PX * place
        frame_u8[y_px : y_px + HEIGHT_PX, left : left + WIDTH_PX][glyph(character)] = colour
