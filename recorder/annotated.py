"""A session as its viewer shows it: frames with pointer and inputs drawn in, a timeline, and in words what happens."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from recorder.actions import BUTTONS, KEYS, Action, Event, EventKind
from recorder.caption import HEIGHT_PX, action_text, caption
from recorder.contact_sheet import frame_with_pointer
from recorder.session import Session

TIMELINE_PX = 14
PANEL_PX = TIMELINE_PX + 3 * HEIGHT_PX
MARK_FRAMES = 4  # an input stays drawn for so long: one frame is too short to see
_RING_PX = 9
_DOWN, _UP, _SCROLL, _KEY, _PAUSE = (230, 60, 60), (240, 170, 60), (70, 150, 240), (90, 200, 110), (250, 250, 250)
_BACK, _DONE, _HEAD = (24, 24, 24), (70, 70, 80), (255, 255, 255)
_INK = {
    EventKind.BUTTON_DOWN: _DOWN,
    EventKind.BUTTON_UP: _UP,
    EventKind.SCROLL: _SCROLL,
    EventKind.KEY_DOWN: _KEY,
    EventKind.KEY_UP: _KEY,
}


class Annotated:
    """Pictures of the frames of an open session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._actions = session.actions()
        self._prompts = session.prompts()
        width, height = session.size_px
        self.size_px = (width, height + PANEL_PX)
        self._inputs = self._input_strip()

    def picture(self, frame: int, *, pointer: bool = True, inputs: bool = True) -> NDArray[np.uint8]:
        """The frame (H + PANEL_PX, W, 3), the panel below it; `pointer` and `inputs` say what is drawn into it.

        Raises ValueError where the frame does not decode.
        """
        shown = frame_with_pointer(self._session, frame) if pointer else self._session.frames[frame]
        if inputs:
            shown = self._with_inputs(shown, frame)
        lines = [caption(line, shown.shape[1]) for line in self._lines(frame)]
        return np.concatenate([shown, self._timeline(frame), *lines])

    def share_at(self, x_px: int) -> float:
        """Which share of the session a column of the timeline stands for."""
        return min(max(x_px / (self.size_px[0] - 1), 0.0), 1.0)

    def _with_inputs(self, frame_u8: NDArray[np.uint8], frame: int) -> NDArray[np.uint8]:
        """Rings where a button went down (filled) or up, and arrows where the wheel turned, in the last frames."""
        image = Image.fromarray(frame_u8)
        pen = ImageDraw.Draw(image)
        for action in self._actions[max(0, frame - MARK_FRAMES + 1) : frame + 1]:
            for event in action.events:
                _mark(pen, event)
        return np.asarray(image)

    def _lines(self, frame: int) -> tuple[str, str, str]:
        session, action = self._session, self._actions[frame]
        seconds = (session.t_ns[frame] - session.t_ns[0]) / 1e9
        late = f", {session.late_ns[frame] / 1e6:.1f} ms late"
        paused = ", after a pause" if frame in session.pauses else ""
        prompt = next((text for start, text in reversed(self._prompts) if start <= frame), "")
        return (
            f"frame {frame} of {len(session)}, {seconds:.2f} s{late}{paused}",
            f"at {action.x_px} {action.y_px}, held: {_held_text(action) or '-'}, new: {action_text(action) or '-'}",
            prompt,
        )

    def _timeline(self, frame: int) -> NDArray[np.uint8]:
        strip = self._inputs.copy()
        columns = strip.shape[1]
        here = round(frame / max(1, len(self._session) - 1) * (columns - 1))
        plain = (strip[:, : here + 1] == _BACK).all(axis=2)
        strip[:, : here + 1][plain] = _DONE
        strip[:, here] = _HEAD
        return strip

    def _input_strip(self) -> NDArray[np.uint8]:
        """(TIMELINE_PX, W, 3): a tick for each input in its colour, and pauses from top to bottom."""
        width, last = self._session.size_px[0], max(1, len(self._session) - 1)
        strip = np.full((TIMELINE_PX, width, 3), _BACK, np.uint8)
        for frame, action in enumerate(self._actions):
            for event in action.events:
                strip[TIMELINE_PX // 2 :, round(frame / last * (width - 1))] = _INK[event.kind]
        for frame in self._session.pauses:
            strip[:, round(min(frame, last) / last * (width - 1))] = _PAUSE
        return strip


def _mark(pen: ImageDraw.ImageDraw, event: Event) -> None:
    ink, x, y = _INK[event.kind], event.x_px, event.y_px
    ring = (x - _RING_PX, y - _RING_PX, x + _RING_PX, y + _RING_PX)
    if event.kind == EventKind.BUTTON_DOWN:
        pen.ellipse(ring, outline=ink, width=3)
    elif event.kind == EventKind.BUTTON_UP:
        pen.ellipse(ring, outline=ink, width=1)
    elif event.kind == EventKind.SCROLL:
        tip = (x + 2 * _RING_PX * int(np.sign(event.dx)), y - 2 * _RING_PX * int(np.sign(event.dy)))
        pen.line([(x, y), tip], fill=ink, width=3)


def _held_text(action: Action) -> str:
    keys = [KEYS[code].name for code in sorted(action.keys)]
    return ", ".join([*keys, *(BUTTONS[code] for code in sorted(action.buttons))])
