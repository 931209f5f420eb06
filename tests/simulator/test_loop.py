"""The loop: pace, late frames, pause, reset, prompt, recording, latency. No time passes and no window opens."""

from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path
from threading import Event as Gate
from threading import Timer

import imageio.v3 as iio
import numpy as np
import pytest
from numpy.testing import assert_array_equal
from PIL import Image

from recorder.actions import Action, Event, EventKind
from recorder.clock import FakeClock
from recorder.session import Session
from simulator.command import Command
from simulator.display import Inputs
from simulator.fake_world import FakeWorld
from simulator.loop import Loop, LoopConfig
from simulator.souvenir import save_png
from simulator.world import Step
from tests.simulator.fakes import Inline, OnDemand, ScriptedDisplay

DISPLAY_FPS = 60.0
TURNS_A_FRAME = 4  # 60 pictures and 15 frames a second


class SpyWorld(FakeWorld):
    """Remembers what it was asked."""

    steps: int
    guidance: float

    def __init__(self) -> None:
        self.actions: list[Action] = []
        self.seeds: list[int] = []
        super().__init__()

    def reset(self, *, seed: int, prompt: str = "", frame_u8: np.ndarray | None = None) -> Step:
        self.seeds.append(seed)
        return super().reset(seed=seed, prompt=prompt, frame_u8=frame_u8)

    def step(self, action: Action) -> Step:
        self.actions.append(action)
        return super().step(action)


class Stage:
    """A loop with its fakes."""

    def __init__(
        self, model: Executor | None = None, show_ns: int = 0, disk: Executor | None = None, **config: object
    ) -> None:
        self.clock = FakeClock(1_000_000_000)
        self.world = SpyWorld()
        self.world.seeds.clear()
        self.display = ScriptedDisplay(self.clock, show_ns=show_ns)
        settings = LoopConfig(display_fps=DISPLAY_FPS, **config)  # type: ignore[arg-type]
        threads = {"model": model or Inline(), "disk": disk or Inline()}
        self.loop = Loop(self.world, self.display, self.clock, **threads, config=settings)

    def turns(self, count: int, inputs: Inputs | None = None) -> None:
        """Turn the loop; the inputs come in the first turn."""
        if inputs is not None:
            self.display.script.append(inputs)
        for _ in range(count):
            self.loop.turn()

    def command(self, *commands: Command, turns: int = 1) -> None:
        self.turns(turns, Inputs(commands=list(commands)))

    def event(self, kind: EventKind, x_px: int = 20, y_px: int = 20, code: int = 0) -> Event:
        return Event(t_ns=self.clock.now_ns() + 1, kind=kind, x_px=x_px, y_px=y_px, code=code)


def test_steps_come_at_the_models_rate_and_pictures_at_the_displays() -> None:
    stage = Stage()
    stage.turns(60 * TURNS_A_FRAME + 1)
    assert len(stage.world.actions) == pytest.approx(60, abs=1)
    assert len(stage.display.pictures) == 60 * TURNS_A_FRAME + 1
    assert stage.loop.tally.late == 0
    assert stage.loop.tally.fps == pytest.approx(15, rel=0.05)


def test_late_frames_are_counted_and_never_queued() -> None:
    model = OnDemand()
    stage = Stage(model)
    model.finish()  # the first frame
    stage.turns(2)
    assert model.waiting == 1
    stage.turns(5 * TURNS_A_FRAME)  # the model does not answer for five periods
    assert model.waiting == 1
    assert stage.loop.tally.late == 0
    model.finish()
    stage.turns(2)
    assert model.waiting == 1
    assert stage.loop.tally.late == 4


def test_the_pointer_moves_while_the_model_thinks() -> None:
    model = OnDemand()
    stage = Stage(model)
    model.finish()
    stage.turns(2)
    for x_px in (10, 11, 12):
        stage.turns(1, Inputs(events=[stage.event(EventKind.MOTION, x_px)]))
    assert [picture.x_px for picture in stage.display.pictures[-3:]] == [10, 11, 12]


def test_a_click_within_one_frame_reaches_the_model_whole() -> None:
    stage = Stage()
    stage.turns(TURNS_A_FRAME)
    click = [stage.event(EventKind.BUTTON_DOWN), stage.event(EventKind.BUTTON_UP)]
    stage.turns(2 * TURNS_A_FRAME, Inputs(events=click))
    (action,) = [action for action in stage.world.actions if action.events]
    assert [event.kind for event in action.events] == [EventKind.BUTTON_DOWN, EventKind.BUTTON_UP]
    assert not action.buttons


def test_pause_and_single_step() -> None:
    stage = Stage()
    stage.turns(2 * TURNS_A_FRAME)
    stage.command(Command.PAUSE, turns=10 * TURNS_A_FRAME)
    before = len(stage.world.actions)
    assert stage.display.pictures[-1].status.paused
    stage.command(Command.SINGLE_STEP, turns=2 * TURNS_A_FRAME)
    assert len(stage.world.actions) == before + 1
    stage.command(Command.PAUSE, turns=2 * TURNS_A_FRAME)
    assert len(stage.world.actions) > before + 1
    assert stage.loop.tally.late == 0, "a pause is not lateness"


def test_reset_and_next_seed() -> None:
    stage = Stage(seed=4)
    stage.turns(TURNS_A_FRAME)
    stage.command(Command.RESET, turns=TURNS_A_FRAME)
    stage.command(Command.NEXT_SEED, turns=TURNS_A_FRAME)
    assert stage.world.seeds == [4, 4, 5]
    assert stage.display.pictures[-1].status.seed == 5


def test_a_reset_throws_the_frame_in_the_making_away() -> None:
    model = OnDemand()
    stage = Stage(model, seed=1)
    model.finish()
    stage.turns(2)
    stage.command(Command.NEXT_SEED)
    model.finish()  # the step ordered before
    model.finish()  # the new beginning
    stage.turns(1)
    assert_array_equal(stage.display.pictures[-1].step.frame_u8, FakeWorld().reset(seed=2).frame_u8)


def test_the_prompt_reaches_the_next_step() -> None:
    stage = Stage(prompt="light")
    stage.turns(2 * TURNS_A_FRAME)
    stage.turns(2 * TURNS_A_FRAME, Inputs(prompt="dark"))
    painted = [picture.step.dirty[0, 0] for picture in stage.display.pictures if not picture.step.dirty.all()]
    assert any(painted)
    assert stage.display.pictures[-1].status.prompt == "dark"


def test_input_to_photon_is_from_the_event_to_the_end_of_its_first_show() -> None:
    stage = Stage(show_ns=1_000_000)
    stage.turns(TURNS_A_FRAME + 1)
    event = stage.event(EventKind.BUTTON_DOWN)
    stage.display.script.append(Inputs(events=[event]))
    while not stage.display.pictures[-1].step.dirty[1, 1]:
        stage.turns(1)
    painted_ns = stage.clock.now_ns()
    assert stage.loop.tally.photon_ms == pytest.approx(((painted_ns - event.t_ns) / 1e6,) * 2)


def test_time_in_pause_is_not_latency() -> None:
    stage = Stage()
    stage.command(Command.PAUSE, turns=TURNS_A_FRAME)
    stage.turns(100, Inputs(events=[stage.event(EventKind.BUTTON_DOWN)]))
    stage.command(Command.PAUSE, turns=2 * TURNS_A_FRAME)
    assert any(action.events for action in stage.world.actions)
    assert stage.loop.tally.photon_ms is None


def test_the_recording_holds_what_the_model_was_given(tmp_path: Path) -> None:
    stage = Stage(record=tmp_path / "play.h5", prompt="light", seed=3)
    stage.turns(TURNS_A_FRAME)
    for kind in (EventKind.MOTION, EventKind.BUTTON_DOWN, EventKind.MOTION, EventKind.BUTTON_UP, EventKind.KEY_DOWN):
        stage.turns(3, Inputs(events=[stage.event(kind, code=0)]))
    stage.turns(TURNS_A_FRAME, Inputs(prompt="dark"))
    stage.command(Command.QUIT)
    stage.loop.run()
    with Session(tmp_path / "play.h5") as session:
        assert session.attributes["source"] == "dream" and session.attributes["seed"] == 3
        assert session.actions()[1:] == stage.world.actions[: len(session) - 1]
        assert [text for _, text in session.prompts()] == ["light", "dark"]
        replay = FakeWorld()
        shown = [replay.reset(seed=3, prompt="light").frame_u8]
        changed_at = session.prompts()[1][0]
        for index, action in enumerate(session.actions()[1:], start=1):
            if index == changed_at:
                replay.set_prompt("dark")
            shown.append(replay.step(action).frame_u8)
        assert_array_equal(session.frames[:], np.stack(shown))


def test_a_reset_ends_the_recording(tmp_path: Path) -> None:
    stage = Stage(folder=tmp_path)
    stage.turns(TURNS_A_FRAME)
    stage.command(Command.RECORD, turns=4 * TURNS_A_FRAME)
    assert stage.display.pictures[-1].status.recording == "dreamdesk-0001.h5"
    stage.command(Command.RESET)
    stage.command(Command.RECORD, turns=4 * TURNS_A_FRAME)
    stage.command(Command.RECORD)
    with Session(tmp_path / "dreamdesk-0001.h5") as first, Session(tmp_path / "dreamdesk-0002.h5") as second:
        assert len(first) > 1 and len(second) > 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dreamdesk-0001.h5", "dreamdesk-0002.h5"]


def test_a_rewind_shows_the_past_and_goes_on_from_it() -> None:
    stage = Stage()
    stage.turns(8 * TURNS_A_FRAME)
    before = stage.display.pictures[-1].step.frame_u8
    stage.turns(8 * TURNS_A_FRAME, Inputs(events=[stage.event(EventKind.BUTTON_DOWN)]))
    assert (stage.display.pictures[-1].step.frame_u8 != before).any()
    stage.command(Command.PAUSE, Command.REWIND, turns=TURNS_A_FRAME)
    assert_array_equal(stage.display.pictures[-1].step.frame_u8, before)
    stage.command(Command.PAUSE, turns=2 * TURNS_A_FRAME)
    assert_array_equal(stage.display.pictures[-1].step.frame_u8, before)
    assert not stage.world.actions[-1].buttons, "what was held before the rewind is forgotten"


def test_a_rewind_keeps_the_prompt() -> None:
    stage = Stage()
    stage.turns(4 * TURNS_A_FRAME, Inputs(prompt="dark"))
    dark = stage.display.pictures[-1].step.frame_u8
    stage.command(Command.REWIND, turns=4 * TURNS_A_FRAME)
    assert (stage.display.pictures[-4 * TURNS_A_FRAME].step.frame_u8 != dark).any()
    assert_array_equal(stage.display.pictures[-1].step.frame_u8, dark)
    assert stage.display.pictures[-1].status.prompt == "dark"


def test_speed() -> None:
    stage = Stage()
    steps = []
    for command in (Command.SLOWER, Command.FASTER, Command.FASTER):
        stage.command(command, turns=1)
        before = len(stage.world.actions)
        stage.turns(20 * TURNS_A_FRAME)
        steps.append(len(stage.world.actions) - before)
    assert steps == pytest.approx([10, 20, 40], abs=1)
    assert stage.display.pictures[-1].status.nominal_fps == 30


def test_sampling_steps_change_between_two_frames() -> None:
    model = OnDemand()
    stage = Stage(model)
    stage.world.steps, stage.world.guidance = 2, 1.0
    stage.command(Command.MORE_STEPS, Command.MORE_STEPS, Command.FEWER_STEPS)
    assert stage.world.steps == 2 and model.waiting == 4, "the first frame is in the making"
    for expected in (2, 3, 4, 3):
        model.finish()
        assert stage.world.steps == expected
    stage.turns(1)
    assert stage.display.pictures[-1].status.notice == "sampling steps a frame: 3"
    for _ in range(5):
        stage.command(Command.FEWER_STEPS)
    while model.waiting:
        model.finish()
    assert stage.world.steps == 1


def test_guidance_changes_by_halves_and_stays_above_zero() -> None:
    stage = Stage()
    stage.world.steps, stage.world.guidance = 2, 1.0
    stage.command(Command.MORE_GUIDANCE, turns=2)
    assert stage.world.guidance == 1.5
    assert stage.display.pictures[-1].status.notice == "guidance by the prompt: 1.5"
    stage.command(*[Command.LESS_GUIDANCE] * 5, turns=2)
    assert stage.world.guidance == 0 and stage.world.steps == 2


def test_a_world_without_steps_says_so() -> None:
    stage = Stage()
    stage.command(Command.MORE_STEPS, turns=2)
    assert stage.display.pictures[-1].status.notice == "this world does not sample in steps"


def test_gif(tmp_path: Path) -> None:
    stage = Stage(folder=tmp_path)
    stage.turns(TURNS_A_FRAME)
    stage.command(Command.GIF, turns=4 * TURNS_A_FRAME)
    assert stage.display.pictures[-1].status.recording == "dreamdesk-0001.gif"
    stage.command(Command.NEXT_SEED, turns=2 * TURNS_A_FRAME)
    stage.command(Command.GIF)
    status = stage.display.pictures[-1].status
    assert status.recording == "" and status.notice == f"saved {tmp_path / 'dreamdesk-0001.gif'}"
    film = iio.imread(tmp_path / "dreamdesk-0001.gif")[..., :3]
    assert len(film) == pytest.approx(7, abs=1)
    for picture, seed in ((film[0], 0), (film[-1], 1)):
        wallpaper = FakeWorld().reset(seed=seed).frame_u8[0, 0].astype(int)
        assert np.abs(picture[0, 0] - wallpaper).max() < 8
    assert (film[0][48, 64] == 0).all(), "the pointer is in the picture"


def test_a_gif_ends_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.reel.SECONDS", 0.4)
    stage = Stage(folder=tmp_path)
    stage.turns(TURNS_A_FRAME)
    stage.command(Command.GIF, turns=10 * TURNS_A_FRAME)
    assert len(iio.imread(tmp_path / "dreamdesk-0001.gif")) == 6
    assert stage.display.pictures[-1].status.recording == ""


def test_what_is_being_made_is_complete_when_the_user_leaves(tmp_path: Path) -> None:
    stage = Stage(folder=tmp_path)
    stage.turns(TURNS_A_FRAME)
    stage.command(Command.GIF, Command.RECORD, turns=4 * TURNS_A_FRAME)
    stage.command(Command.QUIT)
    stage.loop.run()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dreamdesk-0001.gif", "dreamdesk-0001.h5"]


@pytest.mark.parametrize("command", [Command.GIF, Command.RECORD])
def test_a_recording_that_cannot_be_made_is_said(tmp_path: Path, command: Command) -> None:
    stage = Stage(folder=tmp_path / "nowhere")
    stage.turns(2)
    stage.command(command, turns=2 * TURNS_A_FRAME)
    status = stage.display.pictures[-1].status
    assert status.notice.startswith("not saved: the folder") and status.recording == ""


def test_a_gif_that_the_encoder_refuses_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("no room")

    monkeypatch.setattr("simulator.reel.Film", refuse)
    stage = Stage(folder=tmp_path)
    stage.turns(TURNS_A_FRAME)
    stage.command(Command.GIF, turns=TURNS_A_FRAME)
    stage.command(Command.GIF)
    assert stage.display.pictures[-1].status.notice == "not saved: no room"


def test_screenshot_has_the_pointer(tmp_path: Path) -> None:
    stage = Stage(folder=tmp_path)
    stage.turns(2, Inputs(events=[stage.event(EventKind.MOTION, 5, 6)]))
    stage.command(Command.SCREENSHOT)
    picture = np.asarray(Image.open(tmp_path / "dreamdesk-0001.png"))
    assert tuple(picture[6, 5]) == (0, 0, 0)
    assert (picture[40] == picture[40, 0]).all()


def test_a_screenshot_that_cannot_be_saved_is_said(tmp_path: Path) -> None:
    stage = Stage(folder=tmp_path / "nowhere")
    stage.turns(2)
    stage.command(Command.SCREENSHOT)
    assert stage.display.pictures[-1].status.notice.startswith("not saved: the folder")


@pytest.mark.parametrize("command", [Command.SCREENSHOT, Command.GIF, Command.RECORD])
def test_frames_go_on_while_the_disk_writes(tmp_path: Path, command: Command) -> None:
    disk = OnDemand()
    stage = Stage(disk=disk, folder=tmp_path)
    stage.turns(2 * TURNS_A_FRAME)
    stage.command(command, turns=4 * TURNS_A_FRAME)
    if command != Command.SCREENSHOT:
        stage.command(command)
    before = len(stage.world.actions)
    stage.turns(20 * TURNS_A_FRAME)
    assert len(stage.world.actions) == before + 20 and stage.loop.tally.late == 0
    assert not list(tmp_path.iterdir()) and not stage.display.pictures[-1].status.notice.startswith("saved")
    disk.finish_all()
    stage.turns(1)
    (saved,) = tmp_path.iterdir()
    assert stage.display.pictures[-1].status.notice == f"saved {saved}"


def test_what_the_disk_still_writes_keeps_its_name(tmp_path: Path) -> None:
    disk = OnDemand()
    stage = Stage(disk=disk, folder=tmp_path)
    stage.turns(2)
    stage.command(Command.SCREENSHOT, Command.SCREENSHOT, Command.GIF, Command.GIF, Command.GIF)
    disk.finish_all()
    stage.command(Command.GIF)
    disk.finish_all()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f"dreamdesk-000{number}{suffix}" for number in (1, 2) for suffix in (".gif", ".png")
    ]


def test_leaving_waits_for_a_slow_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Gate()

    def slow(picture_u8: np.ndarray, path: Path) -> None:
        assert gate.wait(timeout=60)
        save_png(picture_u8, path)

    monkeypatch.setattr("simulator.takes.save_png", slow)
    with ThreadPoolExecutor(1) as disk:
        stage = Stage(disk=disk, folder=tmp_path)
        stage.turns(TURNS_A_FRAME)
        stage.command(Command.SCREENSHOT, Command.RECORD, turns=4 * TURNS_A_FRAME)
        assert not list(tmp_path.iterdir())
        stage.display.script.append(Inputs(commands=[Command.QUIT]))
        Timer(0.2, gate.set).start()
        stage.loop.run()
        assert stage.display.pictures[-1].status.notice == "leaving as soon as all is saved"
        assert sorted(path.name for path in tmp_path.iterdir()) == ["dreamdesk-0001.h5", "dreamdesk-0001.png"]


def test_a_disk_that_is_far_behind_makes_frames_late_and_loses_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulator.takes.SECONDS", 2)
    disk = OnDemand()
    stage = Stage(disk=disk, record=tmp_path / "play.h5", folder=tmp_path)
    stage.turns(60 * TURNS_A_FRAME)
    assert disk.waiting == pytest.approx(30, abs=2), "two seconds of frames"
    turns = len(stage.display.pictures)
    assert turns == 60 * TURNS_A_FRAME, "the pointer goes on"
    stage.command(Command.SCREENSHOT)
    assert stage.display.pictures[-1].status.notice.startswith("not saved: the disk is behind")
    disk.finish_all()
    stage.turns(4 * TURNS_A_FRAME)
    assert stage.loop.tally.late >= 25
    stage.command(Command.RESET)
    disk.finish_all()
    with Session(tmp_path / "play.h5") as session:
        assert session.actions()[1:] == stage.world.actions[: len(session) - 1] and len(session) >= 33


def test_a_recording_that_breaks_is_said_at_once_and_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ValueError("no space left")

    stage = Stage(record=tmp_path / "play.h5")
    stage.turns(2 * TURNS_A_FRAME)
    monkeypatch.setattr("recorder.writer.SessionWriter.add_frame", refuse)
    stage.turns(2 * TURNS_A_FRAME)
    status = stage.display.pictures[-1].status
    assert status.notice == "not saved: no space left" and status.recording == ""
    stage.display.script.append(Inputs(commands=[Command.QUIT]))
    with pytest.raises(ValueError, match="no space left"):
        stage.loop.run()


def test_an_error_of_the_model_ends_the_play(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: Action) -> Step:
        raise ValueError("no memory left")

    stage = Stage()
    stage.turns(2)
    monkeypatch.setattr(stage.world, "step", broken)
    with pytest.raises(ValueError, match="no memory left"):
        stage.turns(3 * TURNS_A_FRAME)
