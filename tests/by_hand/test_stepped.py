"""The stepped desk gives a world what the hand does, a frame at a time, and keeps the player's own keys from it."""

import numpy as np
import pytest

from recorder.actions import BUTTONS, KEY_INDEX, Action, EventKind
from simulator.fake_world import FakeWorld
from simulator.world import Step
from tests.by_hand.stepped import SteppedDesk
from tests.by_hand.window import SCALE


class Watched(FakeWorld):
    """Notes what it is asked to do."""

    def __init__(self) -> None:
        self.actions: list[Action] = []
        self.prompts: list[str] = []
        self.resets: list[str] = []
        super().__init__()  # which begins once

    def reset(self, *, seed: int, prompt: str = "", frame_u8: np.ndarray | None = None) -> Step:
        self.resets.append(prompt)
        return super().reset(seed=seed, prompt=prompt, frame_u8=frame_u8)

    def set_prompt(self, prompt: str) -> None:
        self.prompts.append(prompt)
        super().set_prompt(prompt)

    def step(self, action: Action) -> Step:
        self.actions.append(action)
        return super().step(action)


@pytest.fixture
def world() -> Watched:
    return Watched()


@pytest.fixture
def desk(world: Watched) -> SteppedDesk:
    return SteppedDesk(world, seed=0)


def _tap(desk: SteppedDesk, *names: str) -> None:
    for name in names:
        for down in (True, False):
            desk.key(KEY_INDEX[name], down)


def test_a_frame_takes_what_was_done_since_the_last_one(desk: SteppedDesk, world: Watched) -> None:
    desk.move(7, 9)
    desk.button(BUTTONS.index("left"), True)
    desk.button(BUTTONS.index("left"), False)
    desk.wait_for_frame()
    desk.wait_for_frame()
    first, second = world.actions
    assert (first.x_px, first.y_px) == (7, 9)
    assert [event.kind for event in first.events] == [EventKind.BUTTON_DOWN, EventKind.BUTTON_UP]
    assert not second.events and desk.frames == 2


def test_only_frames_take_time(desk: SteppedDesk, world: Watched) -> None:
    begun_ns = desk.clock.now_ns()
    desk.clock.sleep_until_ns(begun_ns + 1_000_000_000)
    assert len(world.actions) == round(world.fps)
    assert desk.clock.now_ns() - begun_ns == pytest.approx(1e9, rel=0.01)


def test_the_prompt_line_and_a_new_start_are_the_players(desk: SteppedDesk, world: Watched) -> None:
    _tap(desk, "F9", "KeyR", "KeyE", "KeyD", "Comma", "Space", "KeyA", "Enter")
    desk.wait_for_frame()
    _tap(desk, "F5")
    desk.wait_for_frame()
    assert world.prompts == ["red, a"] and world.resets[2:] == ["red, a"]
    assert not any(action.events or action.keys for action in world.actions)
    _tap(desk, "KeyA")
    desk.wait_for_frame()
    assert [event.code for event in world.actions[-1].events] == [KEY_INDEX["KeyA"]] * 2


def test_pictures_are_the_worlds_and_the_screen_is_as_large_as_the_windows(desk: SteppedDesk) -> None:
    desk.wait_for_frame()
    width, height = desk.size_px
    assert desk.picture_u8().shape == (height, width, 3)
    assert (desk.screen_u8()[::SCALE, ::SCALE] == desk.picture_u8()).all()
    assert desk.screen_u8()[desk.picture_box.slices].shape == (SCALE * height, SCALE * width, 3)
