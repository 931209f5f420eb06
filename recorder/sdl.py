"""SDL's screen by pygame-ce: opened, or refused in one sentence; the door through which all import pygame."""

import os
import sys

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")  # standard output belongs to the command

import pygame

_DRIVER_VARIABLE = "SDL_VIDEODRIVER"
_SCREEN_VARIABLES = ("DISPLAY", "WAYLAND_DISPLAY", _DRIVER_VARIABLE)
# A window's pixels go to the X server by shared memory: through a texture, as SDL has it, they cost 20 times as much
# where no graphics card draws it.
_PLAIN_PIXELS = ("SDL_FRAMEBUFFER_ACCELERATION", "0")
_NO_SCREEN_DRIVERS = ("offscreen", "dummy")


def open_sdl(remedy: str) -> None:
    """Make windows possible.

    Raises ValueError, with the remedy beside that of setting DISPLAY, where there is no screen.
    """
    if sys.platform == "linux" and not any(os.environ.get(name) for name in _SCREEN_VARIABLES):
        raise _no_window("no display", remedy)
    try:
        pygame.display.init()
    except pygame.error as problem:
        raise _no_window(str(problem), remedy) from problem
    driver = pygame.display.get_driver()
    if driver == "x11":
        os.environ.setdefault(*_PLAIN_PIXELS)
    if driver in _NO_SCREEN_DRIVERS and _DRIVER_VARIABLE not in os.environ:  # SDL's silent way to have no screen
        pygame.quit()
        raise _no_window("the display does not answer", remedy)


def _no_window(reason: str, remedy: str) -> ValueError:
    return ValueError(f"no window can be opened here ({reason}): {remedy} or set DISPLAY to a running X server")
