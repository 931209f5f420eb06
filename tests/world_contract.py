"""What every `World` must do. Subclass `WorldContract` in a test file and give it a `world` fixture."""

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from numpy.typing import NDArray

from recorder.actions import KEY_INDEX, Action, Event, EventKind
from simulator.world import TILE_PX, Step, World


def script(size_px: tuple[int, int]) -> Iterator[Action]:
    """One action a frame: rest, move, click, type, rest; it ends with nothing held."""
    width, height = size_px
    x_px, y_px = width // 3, height // 3
    at = {"x_px": x_px, "y_px": y_px}
    key = KEY_INDEX["KeyA"]
    yield Action(x_px=0, y_px=0)
    yield Action(x_px=x_px, y_px=y_px)
    yield Action(**at, buttons=frozenset({0}), events=(Event(t_ns=1, kind=EventKind.BUTTON_DOWN, **at),))
    yield Action(**at, events=(Event(t_ns=2, kind=EventKind.BUTTON_UP, **at),))
    yield Action(**at, keys=frozenset({key}), events=(Event(t_ns=3, kind=EventKind.KEY_DOWN, code=key, **at),))
    yield Action(**at, events=(Event(t_ns=4, kind=EventKind.KEY_UP, code=key, **at),))
    yield Action(**at, events=(Event(t_ns=5, kind=EventKind.SCROLL, dy=-1, **at),))
    yield Action(**at)


def pixels(dirty: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The mask of tiles as a mask of pixels (H, W)."""
    return dirty.repeat(TILE_PX, 0).repeat(TILE_PX, 1)


def assert_well_formed(world: World, step: Step) -> None:
    """Shapes, types and ranges of a step."""
    width, height = world.size_px
    tiles = (height // TILE_PX, width // TILE_PX)
    assert step.frame_u8.shape == (height, width, 3) and step.frame_u8.dtype == np.uint8
    assert step.dirty.shape == tiles and step.dirty.dtype == np.bool_
    assert step.dirty_probability.shape == tiles and step.dirty_probability.dtype == np.float32
    assert (step.dirty_probability >= 0).all() and (step.dirty_probability <= 1).all()
    assert 0 <= step.change_probability <= 1
    assert step.shape is None or (step.shape.rgba.ndim == 3 and step.shape.rgba.dtype == np.uint8)
    assert all(milliseconds >= 0 for milliseconds in step.parts_ms.values())


def first_frame(world: World) -> NDArray[np.uint8]:
    """A frame of the world's size that is no picture of its own: two flat halves."""
    width, height = world.size_px
    frame_u8 = np.full((height, width, 3), (40, 90, 140), np.uint8)
    frame_u8[:, : width // 2] = (200, 200, 200)
    return frame_u8


class WorldContract:
    """The conformance suite: `World` says what, this checks it."""

    @pytest.fixture
    def world(self) -> Iterator[World]:
        raise NotImplementedError("the subclass gives the world")

    def test_size_is_whole_tiles_and_rate_positive(self, world: World) -> None:
        assert all(side > 0 and side % TILE_PX == 0 for side in world.size_px)
        assert world.fps > 0

    def test_steps_are_well_formed(self, world: World) -> None:
        first = world.reset(seed=1)
        assert_well_formed(world, first)
        assert first.dirty.all()
        for action in script(world.size_px):
            assert_well_formed(world, world.step(action))

    def test_same_seed_same_frames(self, world: World) -> None:
        def play() -> list[NDArray[np.uint8]]:
            first = world.reset(seed=7)
            return [first.frame_u8, *(world.step(action).frame_u8 for action in script(world.size_px))]

        for once, again in zip(play(), play(), strict=True):
            assert_array_equal(once, again)

    def test_clean_tiles_are_bit_identical(self, world: World) -> None:
        before = world.reset(seed=3).frame_u8.copy()
        for action in script(world.size_px):
            step = world.step(action)
            clean = ~pixels(step.dirty)
            assert_array_equal(step.frame_u8[clean], before[clean])
            before = step.frame_u8.copy()

    def test_frames_belong_to_the_caller(self, world: World) -> None:
        def play(spoil: bool) -> list[NDArray[np.uint8]]:
            steps = [world.reset(seed=5)]
            frames = [steps[0].frame_u8.copy()]
            for action in script(world.size_px):
                if spoil:
                    steps[-1].frame_u8[:] = 0
                    steps[-1].dirty[:] = False
                steps.append(world.step(action))
                frames.append(steps[-1].frame_u8.copy())
            return frames

        for left_alone, spoiled in zip(play(False), play(True), strict=True):
            assert_array_equal(left_alone, spoiled)

    def test_later_steps_leave_earlier_frames_alone(self, world: World) -> None:
        step = world.reset(seed=5)
        kept = step.frame_u8.copy()
        for action in script(world.size_px):
            world.step(action)
        assert_array_equal(step.frame_u8, kept)

    def test_begins_at_the_given_frame(self, world: World) -> None:
        given = first_frame(world)
        kept = given.copy()
        step = world.reset(seed=1, frame_u8=given)
        assert step.dirty.all()
        error = np.abs(step.frame_u8.astype(int) - kept).mean()
        assert error < 16, "the first frame shows something else"
        world.step(Action(x_px=0, y_px=0))
        assert_array_equal(given, kept)

    def test_frame_of_another_size_is_refused(self, world: World) -> None:
        width, height = world.size_px
        with pytest.raises(ValueError, match=r"\d"):
            world.reset(seed=1, frame_u8=np.zeros((height + TILE_PX, width, 3), np.uint8))

    def test_observe_continues_from_the_truth(self, world: World) -> None:
        truth = world.reset(seed=2).frame_u8.copy()
        truth[TILE_PX : 2 * TILE_PX, TILE_PX : 2 * TILE_PX] ^= 255
        told = world.observe(Action(x_px=20, y_px=20), truth)
        assert_well_formed(world, told)
        assert told.dirty.sum() == 1 and told.dirty[1, 1]
        step = world.step(Action(x_px=20, y_px=20))
        clean = ~pixels(step.dirty)
        assert_array_equal(step.frame_u8[clean], truth[clean])

    def test_what_is_told_is_what_it_continues_from(self, world: World) -> None:
        truth = world.reset(seed=2).frame_u8.copy()
        truth[TILE_PX : 2 * TILE_PX, TILE_PX : 2 * TILE_PX] ^= 255
        kept = truth.copy()
        world.tell(Action(x_px=20, y_px=20), truth)
        step = world.step(Action(x_px=20, y_px=20))
        clean = ~pixels(step.dirty)
        assert_array_equal(step.frame_u8[clean], kept[clean])
        assert_array_equal(truth, kept)

    def test_observed_truth_stays_untouched(self, world: World) -> None:
        truth = world.reset(seed=2).frame_u8.copy()
        kept = truth.copy()
        world.observe(Action(x_px=0, y_px=0), truth)
        for action in script(world.size_px):
            world.step(action)
        assert_array_equal(truth, kept)

    def test_prompt_may_change_in_play(self, world: World) -> None:
        world.reset(seed=1, prompt="dark theme")
        world.set_prompt("light theme, green wallpaper")
        assert_well_formed(world, world.step(Action(x_px=0, y_px=0)))

    def test_reset_forgets_the_play_before(self, world: World) -> None:
        fresh = world.reset(seed=9).frame_u8.copy()
        for action in script(world.size_px):
            world.step(action)
        assert_array_equal(world.reset(seed=9).frame_u8, fresh)

    def test_a_snapshot_is_a_moment_to_go_on_from_as_often_as_wanted(self, world: World) -> None:
        def play() -> list[NDArray[np.uint8]]:
            return [world.step(action).frame_u8 for action in script(world.size_px)]

        world.reset(seed=4, prompt="light theme")
        play()
        snapshot = world.snapshot()
        expected = play()
        world.set_prompt("dark theme")
        play()
        for beginning in (first_frame(world), None):
            world.restore(snapshot)
            assert_array_equal(play(), expected)
            world.reset(seed=11, frame_u8=beginning)

    def test_close(self, world: World) -> None:
        world.reset(seed=0)
        world.close()
