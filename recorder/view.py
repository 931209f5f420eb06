"""`view`: a session in a window, played, stepped through and scrubbed."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tyro
from numpy.typing import NDArray

from recorder.annotated import PANEL_PX, Annotated
from recorder.playhead import Playhead
from recorder.sdl import open_sdl, pygame
from recorder.segments import open_session

_RATE_HZ = 60
_SECOND = 1.0


@dataclass(kw_only=True)
class View:
    """Show a session with pointer and inputs.

    Space plays and stops, arrow keys step a frame, PageUp and PageDown a second, Home and End go to the ends, plus and
    minus change the speed, the mouse scrubs on the timeline, P hides the pointer, I the inputs, Q or Escape leaves.
    """

    file: tyro.conf.Positional[Path]
    """The session."""
    frame: int = 0
    """The first frame to show."""

    def run(self) -> None:
        with open_session(self.file) as session:
            if not 0 <= self.frame < len(session):
                raise ValueError(f"{self.file} has {len(session)} frames, counted from 0; give --frame one of them")
            open_sdl("look at its contact sheet ('python -m recorder report')")
            try:
                Viewer(Annotated(session), Playhead(len(session), session.fps, self.frame), str(self.file)).run()
            finally:
                pygame.quit()


class Viewer:
    """The window; `look` draws it once and `take` obeys one of its events."""

    def __init__(self, annotated: Annotated, playhead: Playhead, title: str) -> None:
        self._annotated, self._playhead, self._title = annotated, playhead, title
        self._screen = pygame.display.set_mode(annotated.size_px, pygame.SCALED | pygame.RESIZABLE)
        self._pointer = self._inputs = self._open = True
        self._shown: tuple[int, bool, bool] | None = None
        step, skip = playhead.step, playhead.skip
        self._keys: dict[int, Callable[[], None]] = {
            pygame.K_SPACE: playhead.toggle,
            pygame.K_RIGHT: lambda: step(1),
            pygame.K_LEFT: lambda: step(-1),
            pygame.K_PAGEDOWN: lambda: skip(_SECOND),
            pygame.K_PAGEUP: lambda: skip(-_SECOND),
            pygame.K_HOME: lambda: playhead.seek(0.0),
            pygame.K_END: lambda: playhead.seek(1.0),
            pygame.K_PLUS: lambda: playhead.faster(1),
            pygame.K_EQUALS: lambda: playhead.faster(1),  # plus without shift
            pygame.K_MINUS: lambda: playhead.faster(-1),
            pygame.K_p: self._toggle_pointer,
            pygame.K_i: self._toggle_inputs,
            pygame.K_q: self._leave,
            pygame.K_ESCAPE: self._leave,
        }

    def run(self) -> None:
        """Until somebody leaves."""
        pygame.key.set_repeat(400, 40)
        ticker = pygame.time.Clock()
        while self._open:
            for event in pygame.event.get():
                self.take(event)
            self.look()
            self._playhead.advance(ticker.tick(_RATE_HZ) / 1e3)

    def take(self, event: pygame.event.Event) -> None:
        """Obey a key, the mouse on the timeline, or the window's cross."""
        if event.type == pygame.QUIT:
            self._leave()
        elif event.type == pygame.KEYDOWN:
            self._keys.get(event.key, lambda: None)()
        elif _drags(event) and event.pos[1] >= self._annotated.size_px[1] - PANEL_PX:
            self._playhead.seek(self._annotated.share_at(event.pos[0]))

    def look(self) -> None:
        """Draw the present frame, if it is not there already."""
        state = (self._playhead.frame, self._pointer, self._inputs)
        if state == self._shown:
            return
        picture: NDArray[np.uint8] = self._annotated.picture(state[0], pointer=self._pointer, inputs=self._inputs)
        self._screen.blit(pygame.image.frombytes(picture.tobytes(), self._annotated.size_px, "RGB"), (0, 0))
        pygame.display.set_caption(f"{self._title}, {self._playhead.speed:g} times the speed")
        pygame.display.flip()
        self._shown = state

    def _toggle_pointer(self) -> None:
        self._pointer = not self._pointer

    def _toggle_inputs(self) -> None:
        self._inputs = not self._inputs

    def _leave(self) -> None:
        self._open = False


def _drags(event: pygame.event.Event) -> bool:
    """Whether the left button went down or moved while it was down."""
    pressed = event.type == pygame.MOUSEBUTTONDOWN and event.button == pygame.BUTTON_LEFT
    return pressed or (event.type == pygame.MOUSEMOTION and bool(event.buttons[0]))
