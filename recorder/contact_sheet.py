"""A session in, one picture of frames from its beginning to its end out."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from recorder.pointer import draw_pointer
from recorder.schema import NO_SHAPE
from recorder.session import Session

COLUMNS, ROWS = 5, 4
THUMBNAIL_WIDTH_PX = 256
CAPTION_HEIGHT_PX = 16


def contact_sheet(session: Session) -> Image.Image:
    """COLUMNS x ROWS frames at equal distances, pointer painted in, each with its number and time.

    Raises ValueError where a frame does not decode.
    """
    width, height = session.size_px
    thumbnail = (THUMBNAIL_WIDTH_PX, max(1, THUMBNAIL_WIDTH_PX * height // width))
    cell = (thumbnail[0], thumbnail[1] + CAPTION_HEIGHT_PX)
    sheet = Image.new("RGB", (COLUMNS * cell[0], ROWS * cell[1]))
    pen = ImageDraw.Draw(sheet)
    chosen = np.unique(np.linspace(0, len(session) - 1, COLUMNS * ROWS).round().astype(int)).tolist()
    for place, index in enumerate(chosen):
        x, y = place % COLUMNS * cell[0], place // COLUMNS * cell[1]
        picture = Image.fromarray(frame_with_pointer(session, index)).resize(thumbnail, Image.Resampling.BOX)
        sheet.paste(picture, (x, y))
        seconds = (session.t_ns[index] - session.t_ns[0]) / 1e9
        pen.text((x + 2, y + thumbnail[1] + 2), f"frame {index}, {seconds:.1f} s")
    return sheet


def frame_with_pointer(session: Session, index: int) -> NDArray[np.uint8]:
    """Frame (H, W, 3) as its user saw it."""
    frame, number = session.frames[index], int(session.pointer_shape[index])
    if number == NO_SHAPE:
        return frame
    return draw_pointer(
        frame, session.shapes()[number], int(session.pointer_x_px[index]), int(session.pointer_y_px[index])
    )
