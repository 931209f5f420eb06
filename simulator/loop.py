"""The paced loop: inputs in, pictures out; the model steps on a thread of its own.

The loop turns at the display's rate, so that the pointer follows the hand however long a step takes. Time, display
and threads are arguments.
"""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from pathlib import Path

from recorder.actions import Action, Event, EventKind
from recorder.alignment import ActionBuilder
from recorder.clock import Clock
from recorder.pointer import draw_pointer
from simulator.command import Command
from simulator.display import Display, Inputs, Picture
from simulator.overlay import Status
from simulator.pace import Pace
from simulator.souvenir import free_path, save_png
from simulator.tally import Tally
from simulator.tape import Tape
from simulator.world import Step, World

_NOTICE_NS = 4_000_000_000
_KEYS = (EventKind.KEY_DOWN, EventKind.KEY_UP)


@dataclass(frozen=True, kw_only=True)
class LoopConfig:
    """`record` is where the play is recorded from its first frame; `folder` takes what is saved in passing.

    `about` is what the overlay says of the model, `greeting` what the window says at first.
    """

    seed: int = 0
    prompt: str = ""
    record: Path | None = None
    folder: Path = Path()
    about: str = ""
    greeting: str = ""
    display_fps: float = 60.0


@dataclass(frozen=True, kw_only=True)
class _Job:
    """A frame in the making: what it is made from and when it was ordered."""

    future: Future[Step]
    t_ns: int
    late_ns: int
    x_px: int
    y_px: int
    events: tuple[Event, ...] = ()
    prompt: str | None = None
    first: bool = False


class Loop:
    """Plays `world` on `display`. `model` and `disk` must run their work in order, as one thread does.

    A recording ends with a reset: a session has one seed, and a reset is no action.
    """

    def __init__(
        self, world: World, display: Display, clock: Clock, *, model: Executor, disk: Executor, config: LoopConfig
    ) -> None:
        self._world, self._display, self._clock = world, display, clock
        self._model, self._disk, self._config = model, disk, config
        self.tally = Tally()
        self.seed, self.prompt = config.seed, config.prompt
        self.paused = False
        self._x_px, self._y_px = (side // 2 for side in world.size_px)
        self._record_next = config.record
        self._tape: Tape | None = None
        self._quit = self._single_step = False
        self._prompt_changed = False
        self._shown: tuple[_Job, Step] | None = None
        self._unseen: list[Event] = []
        self._timed_from_ns = clock.now_ns()  # events from before it waited for the user, not for the model
        self._say(config.greeting)
        self._refresh_ns = clock.now_ns()
        self._begin()

    def run(self) -> Tally:
        """Play until the user leaves."""
        try:
            while not self._quit:
                self.turn()
        finally:
            self._stop_recording()
        return self.tally

    def turn(self) -> None:
        """One turn: take inputs until the next refresh, take or order a frame, show the picture."""
        self._refresh_ns = max(self._clock.now_ns(), self._refresh_ns + round(1e9 / self._config.display_fps))
        self._take(self._display.poll(self._refresh_ns))
        self._collect()
        self._order()
        self._show()

    # What comes in -------------------------------------------------------------------------------------------------

    def _take(self, inputs: Inputs) -> None:
        for event in inputs.events:
            self._builder.feed(event)
            self._fresh.append(event)
            if event.kind not in _KEYS:
                self._x_px, self._y_px = event.x_px, event.y_px
        if inputs.prompt is not None:
            self.prompt, self._prompt_changed = inputs.prompt, True
        for command in inputs.commands:
            self._obey(command)

    def _obey(self, command: Command) -> None:
        acts: dict[Command, Callable[[], None]] = {
            Command.QUIT: self._leave,
            Command.RESET: self._reset,
            Command.NEXT_SEED: self._next_seed,
            Command.PAUSE: self._pause,
            Command.SINGLE_STEP: self._step_once,
            Command.SCREENSHOT: self._screenshot,
            Command.RECORD: self._record,
        }
        acts[command]()

    def _leave(self) -> None:
        self._quit = True

    def _reset(self) -> None:
        self._stop_recording()
        self._begin()

    def _next_seed(self) -> None:
        self.seed += 1
        self._reset()

    def _pause(self) -> None:
        self.paused = not self.paused
        self._pace = None
        self._timed_from_ns = self._clock.now_ns()

    def _step_once(self) -> None:
        self._single_step = self.paused

    def _screenshot(self) -> None:
        if self._shown is None:
            return
        step = self._shown[1]
        picture = step.frame_u8
        if step.shape is not None:
            picture = draw_pointer(picture, step.shape, self._x_px, self._y_px)
        path = free_path(self._config.folder, ".png")
        try:
            save_png(picture, path)
        except OSError as error:
            self._say(f"no screenshot: {error}")
        else:
            self._say(f"saved {path}")

    # The model -----------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        """Order the first frame; one still in the making is thrown away."""
        self._builder = ActionBuilder(self._x_px, self._y_px)
        self._fresh: list[Event] = []
        self._pace: Pace | None = None
        self._prompt_changed = False
        future = self._model.submit(self._world.reset, seed=self.seed, prompt=self.prompt)
        self._job: _Job | None = _Job(
            future=future,
            t_ns=self._clock.now_ns(),
            late_ns=0,
            x_px=self._x_px,
            y_px=self._y_px,
            prompt=self.prompt,
            first=True,
        )

    def _order(self) -> None:
        """Order the next frame when the model is free and its time has come."""
        if self._job is not None:
            return
        now_ns = self._clock.now_ns()
        if self.paused:
            if self._single_step:
                self._single_step = False
                self._timed_from_ns = now_ns
                self._order_step(now_ns, late_ns=0)
            return
        if self._pace is None:
            self._pace = Pace(self._world.fps, now_ns)
        tick = self._pace.due(now_ns)
        if tick is not None:
            self.tally.late += tick.skipped
            self._order_step(now_ns, late_ns=now_ns - tick.deadline_ns)

    def _order_step(self, now_ns: int, late_ns: int) -> None:
        prompt = self.prompt if self._prompt_changed else None
        self._prompt_changed = False
        self._job = _Job(
            future=self._model.submit(self._generate, self._builder.cut(), prompt),
            t_ns=now_ns,
            late_ns=late_ns,
            x_px=self._x_px,
            y_px=self._y_px,
            events=tuple(self._fresh),
            prompt=prompt,
        )
        self._fresh.clear()

    def _generate(self, action: Action, prompt: str | None) -> Step:
        """Runs on the model's thread."""
        if prompt is not None:
            self._world.set_prompt(prompt)
        return self._world.step(action)

    def _collect(self) -> None:
        """Take the frame that has been made, if it has."""
        if self._job is None or not self._job.future.done():
            return
        job, self._job = self._job, None
        step = job.future.result()
        self._shown = (job, step)
        self._unseen.extend(event for event in job.events if event.t_ns >= self._timed_from_ns)
        self.tally.add_frame(self._clock.now_ns())
        if job.first and self._record_next is not None:
            self._start_recording(self._record_next)
            self._record_next = None
        elif self._tape is not None:
            self._tape_frame(job, step, job.prompt)

    # Recording -----------------------------------------------------------------------------------------------------

    def _record(self) -> None:
        if self._tape is not None:
            self._stop_recording()
        elif self._job is not None and self._job.first:
            self._record_next = free_path(self._config.folder, ".h5")
        else:
            self._start_recording(free_path(self._config.folder, ".h5"))

    def _start_recording(self, path: Path) -> None:
        """From the frame on the screen on; what was held before it stays unknown to the session."""
        assert self._shown is not None
        attributes = {"seed": self.seed, "about": self._config.about}
        self._tape = Tape(
            path, size_px=self._world.size_px, fps=self._world.fps, attributes=attributes, disk=self._disk
        )
        self._tape_frame(*self._shown, self.prompt)

    def _stop_recording(self) -> None:
        tape, self._tape = self._tape, None
        if tape is not None:
            tape.close()
            self._say(f"saved {tape.path}")

    def _tape_frame(self, job: _Job, step: Step, prompt: str | None) -> None:
        assert self._tape is not None
        self._tape.add(
            step, job.events, t_ns=job.t_ns, x_px=job.x_px, y_px=job.y_px, late_ns=job.late_ns, prompt=prompt
        )

    # What goes out -------------------------------------------------------------------------------------------------

    def _say(self, notice: str) -> None:
        self._notice, self._notice_ns = notice, self._clock.now_ns()

    def _show(self) -> None:
        if self._shown is None:
            return
        self._display.show(Picture(step=self._shown[1], x_px=self._x_px, y_px=self._y_px, status=self._status()))
        now_ns = self._clock.now_ns()
        if self._unseen:
            self.tally.add_photons([event.t_ns for event in self._unseen], now_ns)
            self._unseen.clear()

    def _status(self) -> Status:
        recent = self._clock.now_ns() - self._notice_ns < _NOTICE_NS
        return Status(
            fps=self.tally.fps,
            nominal_fps=self._world.fps,
            frames=self.tally.frames,
            late=self.tally.late,
            photon_ms=self.tally.photon_ms,
            seed=self.seed,
            prompt=self.prompt,
            about=self._config.about,
            paused=self.paused,
            recording=self._tape.path.name if self._tape is not None else "",
            notice=self._notice if recent else "",
        )
