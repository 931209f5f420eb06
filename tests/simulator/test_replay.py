"""A recorded session plays itself in the loop, beside its own frames."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from numpy.testing import assert_array_equal

from recorder.actions import Event, EventKind
from recorder.clock import FakeClock
from recorder.pointer import draw_pointer
from recorder.session import Session
from simulator.command import Command
from simulator.display import Inputs, Picture
from simulator.fake_world import ARROW, FakeWorld
from simulator.loop import Loop, LoopConfig
from simulator.replay import Replay
from tests.simulator.fakes import Inline, ScriptedDisplay
from tests.simulator.tracks import world_frames, write_track

FRAMES = 40


@pytest.fixture
def track(tmp_path: Path) -> Iterator[Session]:
    with Session(write_track(tmp_path / "track.h5", frames=FRAMES)) as track:
        yield track


def played(track: Session, *inputs: tuple[int, Inputs]) -> list[Picture]:
    """The distinct steps that were shown over 400 turns, each input given in its turn."""
    clock = FakeClock()
    given = dict(inputs)
    display = ScriptedDisplay(clock, [given.get(turn, Inputs()) for turn in range(400)])
    config = LoopConfig(folder=track.path.parent, display_fps=60)
    loop = Loop(FakeWorld(), display, clock, model=Inline(), disk=Inline(), config=config, hand=Replay(track))
    for _ in range(400):
        loop.turn()
    pictures = display.pictures
    return [picture for i, picture in enumerate(pictures) if not i or picture.step is not pictures[i - 1].step]


def command(turn: int, *commands: Command) -> tuple[int, Inputs]:
    return turn, Inputs(commands=list(commands))


def test_the_recorded_actions_are_played_from_the_recorded_frame(track: Session) -> None:
    pictures = played(track)
    assert_array_equal([picture.step.frame_u8 for picture in pictures], world_frames(track.path))
    assert [(picture.x_px, picture.y_px) for picture in pictures[1:]] == [(8 * i, 30) for i in range(1, FRAMES)]


def test_each_frame_has_its_recorded_one_beside_it(track: Session) -> None:
    for index, picture in enumerate(played(track)):
        assert_array_equal(picture.truth_u8, draw_pointer(track.frames[index], ARROW, 8 * index, 30))


def test_a_rewind_takes_recording_and_pointer_along(track: Session) -> None:
    pictures = played(track, command(4 * 28, Command.REWIND))
    places = [picture.x_px // 8 for picture in pictures]
    back = next(i for i in range(1, len(places)) if places[i] < places[i - 1])
    assert places[back:] == list(range(15, FRAMES))
    for picture in pictures:
        index = picture.x_px // 8
        assert_array_equal(picture.truth_u8, draw_pointer(track.frames[index], ARROW, 8 * index, 30))
    assert_array_equal(pictures[-1].step.frame_u8, world_frames(track.path)[-1])


def test_it_stops_at_the_end_and_begins_again_on_demand(track: Session) -> None:
    clock = FakeClock()
    display = ScriptedDisplay(clock)
    loop = Loop(FakeWorld(), display, clock, model=Inline(), disk=Inline(), config=LoopConfig(), hand=Replay(track))
    for _ in range(4 * FRAMES + 20):
        loop.turn()
    status = display.pictures[-1].status
    assert status.paused and status.notice == "the recording ends here" and status.frames == FRAMES
    display.script.append(Inputs(commands=[Command.RESET, Command.PAUSE]))
    for _ in range(20):
        loop.turn()
    assert display.pictures[-1].status.frames > FRAMES


def test_the_user_looks_on(track: Session) -> None:
    press = Event(t_ns=1, kind=EventKind.BUTTON_DOWN, x_px=3, y_px=90)
    pictures = played(track, (20, Inputs(events=[press])), command(30, Command.RECORD))
    assert_array_equal([picture.step.frame_u8 for picture in pictures], world_frames(track.path))
    assert any("--headless --out FILE.h5" in picture.status.notice for picture in pictures)
    assert [path.name for path in track.path.parent.iterdir()] == ["track.h5"]
