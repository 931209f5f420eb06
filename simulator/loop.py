"""The paced loop: inputs in, pictures out; the model steps on a thread of its own.

The loop turns at the display's rate, so that the pointer follows the hand however long a step takes. Time, display
and threads are arguments.
"""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from recorder.actions import Event
from recorder.clock import Clock
from simulator.command import Command
from simulator.display import Display, Inputs, Picture
from simulator.hand import Hand
from simulator.history import History, Moment
from simulator.order import Order
from simulator.overlay import Status
from simulator.pace import Pace
from simulator.speed import Speed
from simulator.takes import Takes
from simulator.tally import Tally
from simulator.world import Sampled, World

GUIDANCE_STEP = 0.5
_NOTICE_NS = 4_000_000_000


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


class Loop:
    """Plays `world` on `display`. `model` and `disk` must run their work in order, as one thread does.

    `hand` acts; the user's, from the middle of the screen on, if it is left out. A recording ends with a reset and with
    a step back: a session has one seed, and neither is an action.
    """

    def __init__(
        self,
        world: World,
        display: Display,
        clock: Clock,
        *,
        model: Executor,
        disk: Executor,
        config: LoopConfig,
        hand: Hand | None = None,
    ) -> None:
        self._world, self._display, self._clock = world, display, clock
        self._model, self._config = model, config
        self.tally = Tally()
        self.seed, self.prompt = config.seed, config.prompt
        self.speed = Speed()
        self.paused = False
        self._sampling: dict[str, Any] = {}  # where it is no longer the world's own
        self._history = History(world)
        self._hand = hand or Hand(*(side // 2 for side in world.size_px))
        self._takes = Takes(
            size_px=world.size_px, fps=world.fps, record=config.record, folder=config.folder, disk=disk, say=self._say
        )
        self._quit = self._single_step = False
        self._shown: Moment | None = None
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
            self._takes.close()
        return self.tally

    def turn(self) -> None:
        """One turn: take inputs until the next refresh, take or order a frame, show the picture."""
        self._refresh_ns = max(self._clock.now_ns(), self._refresh_ns + round(1e9 / self._config.display_fps))
        self._take(self._display.poll(self._refresh_ns))
        self._collect()
        self._order()
        self._takes.look_after()
        self._show()

    # What comes in -------------------------------------------------------------------------------------------------

    def _take(self, inputs: Inputs) -> None:
        for event in inputs.events:
            self._hand.feed(event)
        if inputs.prompt is not None:
            self.prompt, self._prompt_changed = inputs.prompt, True
        for command in inputs.commands:
            self._obey(command)

    def _obey(self, command: Command) -> None:
        acts: dict[Command, Callable[[], None]] = {
            Command.QUIT: self._leave,
            Command.RESET: self._begin,
            Command.NEXT_SEED: self._next_seed,
            Command.REWIND: self._rewind,
            Command.PAUSE: self._pause,
            Command.SINGLE_STEP: self._step_once,
            Command.SLOWER: partial(self._change_speed, -1),
            Command.FASTER: partial(self._change_speed, 1),
            Command.FEWER_STEPS: partial(self._change_steps, -1),
            Command.MORE_STEPS: partial(self._change_steps, 1),
            Command.LESS_GUIDANCE: partial(self._change_guidance, -GUIDANCE_STEP),
            Command.MORE_GUIDANCE: partial(self._change_guidance, GUIDANCE_STEP),
            Command.SCREENSHOT: partial(self._save, self._takes.screenshot),
            Command.GIF: partial(self._save, self._takes.switch_gif),
            Command.RECORD: self._record,
        }
        acts[command]()

    def _leave(self) -> None:
        self._quit = True
        if self._takes.unfinished:
            self._say("leaving as soon as all is saved")

    def _next_seed(self) -> None:
        self.seed += 1
        self._begin()

    def _pause(self) -> None:
        self.paused = not self.paused
        self._pace = None
        self._timed_from_ns = self._clock.now_ns()

    def _step_once(self) -> None:
        self._single_step = self.paused

    def _change_speed(self, steps: int) -> None:
        self.speed.change(steps)
        self._pace = None

    def _change_steps(self, more: int) -> None:
        self._sample("steps", lambda steps: max(1, steps + more), "sampling steps a frame")

    def _change_guidance(self, more: float) -> None:
        self._sample("guidance", lambda scale: max(0.0, scale + more), "guidance by the prompt")

    def _sample(self, name: str, change: Callable[[Any], Any], says: str) -> None:
        """Sample otherwise from the next frame on; the model's thread changes that, between two frames."""
        if not isinstance(self._world, Sampled):
            self._say("this world does not sample in steps")
            return
        value = self._sampling[name] = change(self._sampling.get(name, getattr(self._world, name)))
        self._model.submit(setattr, self._world, name, value)
        self._say(f"{says}: {value:g}")

    def _record(self) -> None:
        if self._hand.recorded:
            self._say("this is a recording; play it with '--headless --out FILE.h5' to record what is generated")
        else:
            self._takes.switch_session()

    def _save(self, save: Callable[..., None]) -> None:
        """Let `save` have what is shown, if anything is yet."""
        if self._shown is not None:
            save(self._shown.step, self._hand.x_px, self._hand.y_px)

    # The model -----------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        """Order the first frame."""
        self._prompt_changed = False
        self._jump(partial(self._history.reset, seed=self.seed, prompt=self.prompt, frame_u8=self._hand.first_u8))

    def _rewind(self) -> None:
        """Order a frame of the past; it goes on from there under the prompt of now."""
        self._prompt_changed = True
        self._jump(self._history.rewind)

    def _jump(self, make: Callable[[], Moment]) -> None:
        """Order a frame that does not follow from the one that is shown; one still in the making is thrown away."""
        self._hand.begin()
        self._pace: Pace | None = None
        order = Order(t_ns=self._clock.now_ns(), x_px=self._hand.x_px, y_px=self._hand.y_px, fresh=True)
        self._job: tuple[Order, Future[Moment]] | None = order, self._model.submit(make)

    def _order(self) -> None:
        """Order the next frame when the model is free and its time has come, and what is saved has room for it."""
        if self._job is not None or self._takes.full:
            return
        now_ns = self._clock.now_ns()
        if self.paused:
            if self._single_step:
                self._single_step = False
                self._timed_from_ns = now_ns
                self._order_step(now_ns, late_ns=0)
            return
        if self._pace is None:
            self._pace = Pace(self._fps, now_ns)
        tick = self._pace.due(now_ns)
        if tick is not None:
            self.tally.late += tick.skipped
            self._order_step(now_ns, late_ns=now_ns - tick.deadline_ns)

    def _order_step(self, now_ns: int, late_ns: int) -> None:
        assert self._shown is not None
        act = self._hand.act(self._shown.frame + 1)
        if act is None:
            self._stop_at_the_end()
            return
        action, events = act
        prompt = self.prompt if self._prompt_changed else None
        self._prompt_changed = False
        order = Order(
            t_ns=now_ns, x_px=self._hand.x_px, y_px=self._hand.y_px, late_ns=late_ns, events=events, prompt=prompt
        )
        self._job = order, self._model.submit(self._history.step, action, prompt)

    def _stop_at_the_end(self) -> None:
        self.paused, self._pace = True, None
        self._say("the recording ends here")

    @property
    def _fps(self) -> float:
        return self._world.fps * self.speed.factor

    def _collect(self) -> None:
        """Take the frame that has been made, if it has."""
        if self._job is None or not self._job[1].done():
            return
        (order, future), self._job = self._job, None
        self._shown = future.result()
        self._truth_u8 = self._hand.truth(self._shown.frame)
        self._hand.arrive(self._shown.frame)
        self._unseen.extend(event for event in order.events if event.t_ns >= self._timed_from_ns)
        self.tally.add_frame(self._clock.now_ns())
        attributes = {"seed": self.seed, "about": self._config.about}
        self._takes.add(order, self._shown.step, prompt=self.prompt, attributes=attributes)

    # What goes out -------------------------------------------------------------------------------------------------

    def _say(self, notice: str) -> None:
        self._notice, self._notice_ns = notice, self._clock.now_ns()

    def _show(self) -> None:
        if self._shown is None:
            return
        self._display.show(
            Picture(
                step=self._shown.step,
                x_px=self._hand.x_px,
                y_px=self._hand.y_px,
                status=self._status(),
                truth_u8=self._truth_u8,
            )
        )
        now_ns = self._clock.now_ns()
        if self._unseen:
            self.tally.add_photons([event.t_ns for event in self._unseen], now_ns)
            self._unseen.clear()

    def _status(self) -> Status:
        recent = self._clock.now_ns() - self._notice_ns < _NOTICE_NS
        return Status(
            fps=self.tally.fps,
            nominal_fps=self._fps,
            frames=self.tally.frames,
            late=self.tally.late,
            photon_ms=self.tally.photon_ms,
            seed=self.seed,
            prompt=self.prompt,
            about=self._config.about,
            speed=self.speed.factor,
            paused=self.paused,
            recording=", ".join(self._takes.names),
            notice=self._notice if recent else "",
        )
