"""A hand that moves, clicks and types as people do, through an Injector and nothing else."""

import math
import threading
from random import Random

from recorder.actions import BUTTONS, KEY_INDEX
from recorder.clock import Clock
from recorder.doors import Injector

STEP_S = 1 / 60
TEMPO = 0.75  # of the pauses a person makes: a recording should not wait for its user
LEFT, MIDDLE, RIGHT = (BUTTONS.index(name) for name in ("left", "middle", "right"))
_PLAIN = {
    **{letter: f"Key{letter.upper()}" for letter in "abcdefghijklmnopqrstuvwxyz"},
    **{digit: f"Digit{digit}" for digit in "0123456789"},
    " ": "Space", "\n": "Enter", "\t": "Tab", "-": "Minus", "=": "Equal", "[": "BracketLeft", "]": "BracketRight",
    ";": "Semicolon", "'": "Quote", "`": "Backquote", "\\": "Backslash", ",": "Comma", ".": "Period", "/": "Slash",
}  # fmt: skip
_SHIFTED = dict(zip('!@#$%^&*()_+{}:"~|<>?', "1234567890-=[];'`\\,./", strict=True))


class Stopped(Exception):
    """The recording is over; whoever holds the hand lets go."""


def keystroke(character: str) -> tuple[int, bool]:
    """(key index, with shift) that types a printable ASCII character on a US layout."""
    if character in _PLAIN:
        return KEY_INDEX[_PLAIN[character]], False
    if character in _SHIFTED:
        return KEY_INDEX[_PLAIN[_SHIFTED[character]]], True
    return KEY_INDEX[f"Key{character}"], True


class Hand:
    """Human-like input: `random` decides path, speed and hesitation; raises Stopped once `stop` is set."""

    def __init__(self, injector: Injector, clock: Clock, random: Random, stop: threading.Event) -> None:
        self._injector, self._clock, self._random, self._stop = injector, clock, random, stop
        self.x_px, self.y_px = 0, 0
        self._due_ns = clock.now_ns()

    def wait(self, seconds: float) -> None:
        """Let time pass, on an absolute schedule."""
        self._due_ns = max(self._due_ns, self._clock.now_ns() - 50_000_000) + round(seconds * 1e9)
        self._clock.sleep_until_ns(self._due_ns)
        if self._stop.is_set():
            raise Stopped

    def hesitate(self, low_s: float = 0.1, high_s: float = 0.35) -> None:
        self.wait(TEMPO * self._random.uniform(low_s, high_s))

    def place(self, x_px: int, y_px: int) -> None:
        """Put the pointer somewhere at once."""
        self.x_px, self.y_px = x_px, y_px
        self._injector.move(x_px, y_px)

    def move(self, x_px: float, y_px: float, *, slowness: float = 1.0) -> None:
        """Along a bent path whose duration follows Fitts's law, times `slowness`."""
        start, end = (self.x_px, self.y_px), (x_px, y_px)
        distance = math.dist(start, end)
        if distance < 1:
            return
        duration = (0.12 + 0.09 * math.log2(1 + distance / 12)) * self._random.uniform(0.7, 1.4) * slowness
        bend = self._random.gauss(0, 0.12)
        middle = (
            (start[0] + end[0]) / 2 - bend * (end[1] - start[1]),
            (start[1] + end[1]) / 2 + bend * (end[0] - start[0]),
        )
        steps = max(2, round(duration / STEP_S))
        for step in range(1, steps + 1):
            share = step / steps
            eased = share * share * (3 - 2 * share)
            x, y = (
                (1 - eased) ** 2 * a + 2 * (1 - eased) * eased * m + eased**2 * b
                for a, m, b in zip(start, middle, end, strict=True)
            )
            self.place(round(x), round(y))
            self.wait(STEP_S)

    def press(self, button: int = LEFT) -> None:
        self._injector.button(button, True)

    def release(self, button: int = LEFT) -> None:
        self._injector.button(button, False)

    def click(self, button: int = LEFT) -> None:
        self.press(button)
        self.wait(self._random.uniform(0.04, 0.13))
        self.release(button)

    def double_click(self) -> None:
        self.click()
        self.wait(self._random.uniform(0.05, 0.1))
        self.click()

    def click_at(self, x_px: float, y_px: float, button: int = LEFT) -> None:
        self.move(x_px, y_px)
        self.hesitate(0.05, 0.3)
        self.click(button)

    def drag(self, start_px: tuple[float, float], end_px: tuple[float, float], *, slowness: float = 1.0) -> None:
        self.move(*start_px)
        self.hesitate(0.05, 0.2)
        self.press()
        self.hesitate(0.05, 0.15)
        self.move(*end_px, slowness=slowness)
        self.hesitate(0.05, 0.2)
        self.release()

    def scroll(self, steps: int) -> None:
        """Wheel steps, up positive."""
        for _ in range(abs(steps)):
            self._injector.scroll(0, 1 if steps > 0 else -1)
            self.wait(self._random.uniform(0.05, 0.2))

    def chord(self, *names: str) -> None:
        """Keys by name, pressed in order and released in reverse."""
        codes = [KEY_INDEX[name] for name in names]
        for code in codes:
            self._injector.key(code, True)
            self.wait(self._random.uniform(0.02, 0.05))
        for code in reversed(codes):
            self._injector.key(code, False)
            self.wait(self._random.uniform(0.01, 0.04))

    def type(self, text: str) -> None:
        """Printable ASCII, newline and tab."""
        pace = self._random.uniform(0.05, 0.16)
        for character in text:
            code, shift = keystroke(character)
            if shift:
                self._injector.key(KEY_INDEX["ShiftLeft"], True)
                self.wait(0.02)
            self._injector.key(code, True)
            self.wait(self._random.uniform(0.03, 0.07))
            self._injector.key(code, False)
            if shift:
                self._injector.key(KEY_INDEX["ShiftLeft"], False)
            self.wait(pace * self._random.uniform(0.6, 1.6))

    def let_go(self) -> None:
        """Release whatever may be held, so that no recording ends with a stuck key."""
        for button in (LEFT, MIDDLE, RIGHT):
            self._injector.button(button, False)
        for name in ("ShiftLeft", "ControlLeft", "AltLeft"):
            self._injector.key(KEY_INDEX[name], False)
