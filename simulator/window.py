"""The window, by pygame-ce: the only file of the simulator that knows pygame."""

import numpy as np
from numpy.typing import NDArray

from recorder.actions import Event, EventKind
from recorder.caption import text_panel
from recorder.clock import Clock
from recorder.pointer import PointerShape
from recorder.sdl import open_sdl, pygame
from simulator.command import Command
from simulator.display import Display, Inputs, Picture
from simulator.keymap import BINDINGS, Keymap
from simulator.overlay import badge_lines, heat_map, help_lines, status_lines, tint_dirty
from simulator.prompt_line import PromptLine
from simulator.viewport import Viewport, to_pixels
from simulator.world import Step

TITLE = "Dreamdesk"
_ROOM = 0.85  # of the screen, for a new window
_BARS = (24, 24, 24)
_SWITCHES = (Command.OVERLAY, Command.TINT, Command.HEAT, Command.BESIDE, Command.HELP, Command.SMOOTH)


class Window(Display):
    """A resizable window over a world of `size_px` = (width, height).

    The system's pointer is hidden; the world's is drawn in its place.

    Raises ValueError, with the `remedy`, where there is no screen.
    """

    def __init__(self, size_px: tuple[int, int], clock: Clock, remedy: str = "add '--headless --out FILE.mp4'") -> None:
        open_sdl(remedy)
        self._size_px, self._clock = size_px, clock
        self._keymap = Keymap()
        self._on: set[Command] = set()
        self._beside = False
        self._line = PromptLine()
        self._fullscreen = False
        self._window = pygame.Window(TITLE, _first_size_px(size_px), resizable=True, allow_high_dpi=True)
        self._refit()
        pygame.mouse.set_visible(False)
        pygame.key.stop_text_input()  # or an input method may keep keys for itself

    def poll(self, until_ns: int) -> Inputs:
        inputs = Inputs()
        while True:
            wait_ms = (until_ns - self._clock.now_ns()) // 1_000_000
            event = pygame.event.wait(wait_ms) if wait_ms > 0 else pygame.event.poll()
            if event.type != pygame.NOEVENT:
                self._take(event, inputs)
            elif wait_ms <= 0:
                return inputs

    def show(self, picture: Picture) -> None:
        self._compare(picture.truth_u8 is not None and Command.BESIDE in self._on)
        lines = self._lines(picture)
        look = (picture.x_px, picture.y_px, picture.step.shape, lines)
        changed = picture.step is not self._drawn_step and self._take_frame(picture)
        self._drawn_step = picture.step
        if changed or look != self._drawn_look:
            self._drawn_look = look
            self._draw(picture, lines)
            self._window.flip()

    def close(self) -> None:
        self._window.destroy()
        pygame.quit()

    # Inputs --------------------------------------------------------------------------------------------------------

    def _take(self, event: pygame.event.Event, inputs: Inputs) -> None:
        t_ns = self._clock.now_ns()
        if event.type in (pygame.QUIT, pygame.WINDOWCLOSE):
            inputs.commands.append(Command.QUIT)
        elif event.type in (pygame.WINDOWSIZECHANGED, pygame.WINDOWEXPOSED):
            self._refit()
        elif event.type == pygame.WINDOWFOCUSLOST:
            inputs.events.extend(self._keymap.release_all(t_ns, *self._mouse_px()))
        elif self._line.text is not None and event.type in (pygame.KEYDOWN, pygame.TEXTINPUT):
            self._edit_prompt(event, inputs)
        elif event.type == pygame.KEYDOWN:
            self._press(event.scancode, t_ns, inputs)
        else:
            translated = self._translate(event, t_ns)
            if translated is not None:
                inputs.events.append(translated)

    def _press(self, scancode: int, t_ns: int, inputs: Inputs) -> None:
        pressed = self._keymap.key_down(scancode, t_ns, *self._mouse_px())
        if isinstance(pressed, Event):
            inputs.events.append(pressed)
        elif pressed is not None:
            # What is held now would be stuck: its release may reach a prompt line or another window.
            inputs.events.extend(self._keymap.release_all(t_ns, *self._mouse_px()))
            self._obey(pressed, inputs)

    def _translate(self, event: pygame.event.Event, t_ns: int) -> Event | None:
        if event.type == pygame.MOUSEMOTION:
            x_px, y_px = self._picture_px(*event.pos)
            return Event(t_ns=t_ns, kind=EventKind.MOTION, x_px=x_px, y_px=y_px)
        if event.type in (pygame.MOUSEBUTTONDOWN, pygame.MOUSEBUTTONUP):
            at = self._picture_px(*event.pos)
            return self._keymap.button(event.button, event.type == pygame.MOUSEBUTTONDOWN, t_ns, *at)
        x_px, y_px = self._mouse_px()
        if event.type == pygame.MOUSEWHEEL:
            return Event(t_ns=t_ns, kind=EventKind.SCROLL, x_px=x_px, y_px=y_px, dx=event.x, dy=event.y)
        if event.type == pygame.KEYUP:
            return self._keymap.key_up(event.scancode, t_ns, x_px, y_px)
        return None

    def _mouse_px(self) -> tuple[int, int]:
        return self._picture_px(*pygame.mouse.get_pos())

    def _picture_px(self, x: int, y: int) -> tuple[int, int]:
        """The picture's pixel under a place of the window, which is in the window's units."""
        return self._viewport.to_picture(*to_pixels(x, y, self._window.size, self._surface_px))

    @property
    def _surface_px(self) -> tuple[int, int]:
        return self._window.get_surface().get_size()

    def _obey(self, command: Command, inputs: Inputs) -> None:
        if command in _SWITCHES:
            self._on ^= {command}
            self._refit()
        elif command == Command.FULLSCREEN:
            self._fullscreen = not self._fullscreen
            (self._window.set_fullscreen if self._fullscreen else self._window.set_windowed)()
        elif command == Command.GRAB:
            self._keymap.grabbed = not self._keymap.grabbed
            self._window.grab_keyboard = self._keymap.grabbed
        elif command == Command.PROMPT:
            self._line.open()
            pygame.key.start_text_input()
        else:
            inputs.commands.append(command)

    def _edit_prompt(self, event: pygame.event.Event, inputs: Inputs) -> None:
        if event.type == pygame.TEXTINPUT:
            self._line.write(event.text)
        elif event.key == pygame.K_BACKSPACE:
            self._line.erase()
        elif event.key in (pygame.K_UP, pygame.K_DOWN):
            self._line.look_back(1 if event.key == pygame.K_UP else -1)
        elif event.key in (pygame.K_RETURN, pygame.K_KP_ENTER):
            inputs.prompt = self._line.take()
        elif event.key in (pygame.K_ESCAPE, pygame.K_F9):
            self._line.leave()
        if self._line.text is None:
            pygame.key.stop_text_input()

    # Pictures ------------------------------------------------------------------------------------------------------

    def _compare(self, beside: bool) -> None:
        """Show the recorded frame at the left of the generated one, or no longer, in a window of that shape."""
        if beside == self._beside:
            return
        self._beside = beside
        self._window.title = f"{TITLE}: recorded, generated" if beside else TITLE
        if not self._fullscreen:
            self._window.size = _first_size_px(self._shown_px)
        self._refit()

    @property
    def _shown_px(self) -> tuple[int, int]:
        """(width, height) of what is shown before it is scaled."""
        return self._size_px[0] * (1 + self._beside), self._size_px[1]

    def _refit(self) -> None:
        """The window has another size or look: place the picture again and forget what was drawn."""
        self._viewport = Viewport.fit(self._shown_px, self._surface_px, smooth=Command.SMOOTH in self._on)
        self._drawn_step: Step | None = None
        self._drawn_u8: NDArray[np.uint8] | None = None
        self._drawn_look: tuple[int, int, PointerShape | None, list[str]] | None = None
        self._pointer_key: bytes | None = None

    def _take_frame(self, picture: Picture) -> bool:
        """Scale the frame where it is not the one that is drawn already, and say whether it is another."""
        frame_u8 = self._frame(picture)
        if self._drawn_u8 is not None and np.array_equal(frame_u8, self._drawn_u8):
            return False
        self._drawn_u8 = frame_u8
        surface = pygame.image.frombytes(frame_u8.tobytes(), frame_u8.shape[1::-1], "RGB")
        self._scaled = self._scale(surface, self._viewport.picture_px)
        return True

    def _frame(self, picture: Picture) -> NDArray[np.uint8]:
        """What is shown of a step, with what the user wants to see over it or beside it."""
        step = picture.step
        frame_u8 = step.frame_u8
        if Command.HEAT in self._on:
            frame_u8 = heat_map(frame_u8, step.dirty_probability)
        if Command.TINT in self._on:
            frame_u8 = tint_dirty(frame_u8, step.dirty)
        if self._beside and picture.truth_u8 is not None:
            frame_u8 = np.hstack([picture.truth_u8, frame_u8])
        return frame_u8

    def _scale(self, surface: pygame.Surface, size_px: tuple[int, int]) -> pygame.Surface:
        whole = self._viewport.scale == int(self._viewport.scale)
        return (pygame.transform.scale if whole else pygame.transform.smoothscale)(surface, size_px)

    def _pointer(self, shape: PointerShape) -> pygame.Surface:
        """The shape's image at the picture's scale, made once."""
        if shape.key() != self._pointer_key:
            height, width = shape.rgba.shape[:2]
            image = pygame.image.frombytes(shape.rgba.tobytes(), (width, height), "RGBA")
            size_px = self._viewport.length_px(width), self._viewport.length_px(height)
            self._pointer_key, self._pointer_image = shape.key(), self._scale(image, size_px)
        return self._pointer_image

    def _draw(self, picture: Picture, lines: list[str]) -> None:
        screen = self._window.get_surface()
        screen.fill(_BARS)
        left, top = self._viewport.left_px, self._viewport.top_px
        screen.blit(self._scaled, (left, top))
        shape = picture.step.shape
        if shape is not None:
            screen.set_clip(pygame.Rect((left, top), self._viewport.picture_px))
            corner = picture.x_px - shape.hot_x_px + self._size_px[0] * self._beside, picture.y_px - shape.hot_y_px
            screen.blit(self._pointer(shape), self._viewport.to_window(*corner))
            screen.set_clip(None)
        if lines:
            panel = text_panel(lines)
            screen.blit(pygame.image.frombytes(panel.tobytes(), panel.shape[1::-1], "RGBA"), (0, 0))

    def _lines(self, picture: Picture) -> list[str]:
        lines = badge_lines(picture.status)
        if Command.OVERLAY in self._on:
            lines += status_lines(picture.status, picture.step)
        if Command.HELP in self._on:
            lines += help_lines()
        if Command.BESIDE in self._on and picture.truth_u8 is None:
            lines.append("no recording is replayed: play with '--actions SESSION.h5'")
        if self._keymap.grabbed:
            lines.append(f"every key goes into the desktop; {BINDINGS[Command.GRAB].label()} lets go")
        if self._line.text is not None:
            lines.append(f"prompt (Enter takes it, Escape leaves it, Up calls back): {self._line.text}_")
        return lines


def _first_size_px(size_px: tuple[int, int]) -> tuple[int, int]:
    """The largest whole multiple of the picture that leaves some of the screen free."""
    screen_px = pygame.display.get_desktop_sizes()[0]
    scale = max(1, int(min(_ROOM * room / side for room, side in zip(screen_px, size_px, strict=True))))
    return size_px[0] * scale, size_px[1] * scale
