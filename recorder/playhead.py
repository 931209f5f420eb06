"""Where a viewer stands in a session, and how it moves."""

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)


class Playhead:
    """A frame among `frames`, which play at `fps` a second times `speed`."""

    def __init__(self, frames: int, fps: float, frame: int = 0) -> None:
        self._frames, self._fps = frames, fps
        self._position = float(frame)
        self._speed = SPEEDS.index(1.0)
        self.playing = False

    @property
    def frame(self) -> int:
        return int(self._position)

    @property
    def speed(self) -> float:
        return SPEEDS[self._speed]

    def toggle(self) -> None:
        """Play or stop; from the last frame it plays from the first."""
        self.playing = not self.playing
        if self.playing and self.frame == self._frames - 1:
            self._position = 0.0

    def advance(self, seconds: float) -> None:
        """So much time has passed; the last frame ends it."""
        if self.playing:
            self._go(self._position + seconds * self._fps * self.speed)
            self.playing = self.frame < self._frames - 1

    def step(self, frames: int) -> None:
        """Stop, so many frames further, or back."""
        self.playing = False
        self._go(self.frame + frames)

    def skip(self, seconds: float) -> None:
        """So many seconds of the recording further, or back."""
        self._go(self.frame + round(seconds * self._fps))

    def seek(self, share: float) -> None:
        """Go to a share of the session, 0 the first frame and 1 the last."""
        self._go(round(share * (self._frames - 1)))

    def faster(self, steps: int) -> None:
        """So many SPEEDS faster, or slower."""
        self._speed = min(max(self._speed + steps, 0), len(SPEEDS) - 1)

    def _go(self, position: float) -> None:
        self._position = min(max(position, 0.0), self._frames - 1.0)
