"""Text in pictures: a strip over a video, a panel in the window, and what an action reads like."""

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from recorder.actions import BUTTONS, KEYS, Action, Event, EventKind

HEIGHT_PX = 20
_FONT_PX, _LINE_PX = 13, 17
_MARGIN_PX = 8
_BACK, _PANEL, _INK = (24, 24, 24), (0, 0, 0, 184), (240, 240, 240)


def caption(text: str, width_px: int) -> NDArray[np.uint8]:
    """A strip (HEIGHT_PX, width_px, 3) with the text at its left, cut off where it is too long."""
    strip = Image.new("RGB", (width_px, HEIGHT_PX), _BACK)
    ImageDraw.Draw(strip).text((4, 2), text, fill=_INK, font=ImageFont.load_default(_FONT_PX))
    return np.asarray(strip)


def text_panel(lines: list[str]) -> NDArray[np.uint8]:
    """The lines on a dark, see-through ground, (h, w, 4) with straight alpha."""
    font = ImageFont.load_default(_FONT_PX)
    width = math.ceil(max(font.getlength(line) for line in lines))
    panel = Image.new("RGBA", (width + 2 * _MARGIN_PX, _LINE_PX * len(lines) + 2 * _MARGIN_PX), _PANEL)
    draw = ImageDraw.Draw(panel)
    for index, line in enumerate(lines):
        draw.text((_MARGIN_PX, _MARGIN_PX + index * _LINE_PX), line, fill=_INK, font=font)
    return np.asarray(panel)


def action_text(action: Action) -> str:
    """What was pressed, released and scrolled; empty where nothing was."""
    return ", ".join(_event_text(event) for event in action.events)


def _event_text(event: Event) -> str:
    if event.kind == EventKind.SCROLL:
        return f"scroll {event.dx:+d} {event.dy:+d}"
    is_key = event.kind in (EventKind.KEY_DOWN, EventKind.KEY_UP)
    name = KEYS[event.code].name if is_key else BUTTONS[event.code]
    return f"{name} {'down' if event.kind in (EventKind.KEY_DOWN, EventKind.BUTTON_DOWN) else 'up'}"
