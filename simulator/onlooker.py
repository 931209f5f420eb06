"""A person who watches an agent act."""

from recorder.clock import Clock
from simulator.command import Command
from simulator.display import Picture
from simulator.overlay import Status
from simulator.tally import Tally
from simulator.window import Window
from simulator.world import Step, World


class Onlooker:
    """Sees what an agent sees, in a window and no faster than at the rate of `world`.

    The keys that change the window's look work. Nothing acts in the agent's place; whoever closes the window leaves it
    to act unseen.

    Raises ValueError, with the remedy, where there is no screen.
    """

    def __init__(self, world: World, clock: Clock) -> None:
        self._fps, self._clock = world.fps, clock
        self._window: Window | None = Window(world.size_px, clock, remedy="use render_mode='rgb_array'")
        self._tally = Tally()
        self._due_ns = clock.now_ns()

    def watch(self, step: Step, x_px: int, y_px: int, *, seed: int, prompt: str) -> None:
        """See a step and the pointer until the next one is due."""
        if self._window is None:
            return
        self._tally.add_frame(self._clock.now_ns())
        self._window.show(Picture(step=step, x_px=x_px, y_px=y_px, status=self._status(seed, prompt)))
        self._due_ns = max(self._clock.now_ns(), self._due_ns + round(1e9 / self._fps))
        if Command.QUIT in self._window.poll(self._due_ns).commands:
            self.leave()

    def leave(self) -> None:
        """Close the window, if it is open."""
        window, self._window = self._window, None
        if window is not None:
            window.close()

    def _status(self, seed: int, prompt: str) -> Status:
        return Status(
            fps=self._tally.fps,
            nominal_fps=self._fps,
            frames=self._tally.frames,
            late=self._tally.late,
            photon_ms=None,
            seed=seed,
            prompt=prompt,
            about="an agent acts",
        )
