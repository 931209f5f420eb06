"""The Gymnasium environment passes Gymnasium's own check, and what an agent holds reaches the world as events."""

import json
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pygame
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from recorder.actions import BUTTONS, KEY_INDEX, KEYS, Action, EventKind
from simulator.fake_world import FakeWorld
from simulator.grip import Grip
from simulator.world import Step

gymnasium = pytest.importorskip("gymnasium", reason="gymnasium is missing: pip install -e '.[gym]'")

from gymnasium.envs.registration import EnvSpec  # noqa: E402
from gymnasium.utils.env_checker import check_env  # noqa: E402

from simulator.gym import Desktop  # noqa: E402
from simulator.window import Window  # noqa: E402

ROOT = Path(__file__).parents[2]
ENTER, SHIFT, KEY_A = (KEY_INDEX[name] for name in ("Enter", "ShiftLeft", "KeyA"))
holds = st.lists(
    st.tuples(
        st.frozensets(st.integers(0, len(BUTTONS) - 1), max_size=3),
        st.frozensets(st.integers(0, len(KEYS) - 1), max_size=4),
    ),
    max_size=12,
)


class ActedWorld(FakeWorld):
    """Remembers its actions."""

    def __init__(self) -> None:
        self.actions: list[Action] = []
        super().__init__()

    def step(self, action: Action) -> Step:
        self.actions.append(action)
        return super().step(action)


def rest(desktop: Desktop) -> dict[str, Any]:
    """The action of an agent that does nothing."""
    return {name: 0 * values for name, values in desktop.action_space.sample().items()}


def bits(space: Any, *places: int) -> np.ndarray:
    held = np.zeros(space.n, np.int8)
    held[list(places)] = 1
    return held


@pytest.mark.parametrize("render_mode", Desktop.metadata["render_modes"])
def test_the_check_of_gymnasium(render_mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It makes what is checked anew in each render mode."""
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    spec = EnvSpec("Rules-v0", entry_point=lambda render_mode=None: Desktop(FakeWorld(fps=1000.0), render_mode))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(gymnasium.make(spec, render_mode=render_mode).unwrapped)


def test_the_shipped_desktop_is_registered_and_checked() -> None:
    """In a process of its own: the name alone must be enough. What loads it anew is checked on the rules."""
    code = (
        "import gymnasium, warnings; from gymnasium.utils.env_checker import check_env; warnings.simplefilter('error');"
        "env = gymnasium.make('simulator.gym:Dreamdesk-v0', render_mode='rgb_array');"
        "check_env(env.unwrapped, skip_render_check=True, skip_close_check=True);"
        "print(env.spec.id, env.unwrapped.metadata['render_fps'], env.unwrapped.render().shape)"
    )
    checked = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert checked.stdout == "Dreamdesk-v0 15.0 (384, 512, 3)\n", checked.stderr


def test_the_readmes_example_runs() -> None:
    example = (ROOT / "README.md").read_text().partition("```python\n")[2].partition("```")[0]
    code = f"{example}\nimport json; print(json.dumps([frame_u8.shape, picture_u8.shape, terminated]))"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout) == [[384, 512, 3], [384, 512, 3], False]


def test_playing_needs_no_gymnasium() -> None:
    code = "import sys, simulator.player, simulator.loop, simulator.window; print('gymnasium' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True).stdout == "False\n"


def test_a_click_and_a_key_reach_the_world() -> None:
    world = ActedWorld()
    desktop = Desktop(world)
    desktop.reset(seed=1)
    still, spaces = rest(desktop), desktop.action_space
    down = {
        **still,
        "pointer": np.float32([0.5, 1.0]),
        "buttons": bits(spaces["buttons"], 0),
        "wheel": np.array([0, -2]),
    }
    shifted = {**still, "keys": bits(spaces["keys"], KEY_A, SHIFT)}
    for action in (down, shifted, still):
        frame_u8, reward, terminated, truncated, _ = desktop.step(action)
        assert (reward, terminated, truncated) == (0.0, False, False)
    first, second, third = world.actions
    assert (first.x_px, first.y_px, first.buttons) == (64, 95, {0})
    assert [event.kind.name for event in first.events] == ["BUTTON_DOWN", "SCROLL", "SCROLL"]
    assert [(event.dx, event.dy) for event in first.events[1:]] == [(0, -1), (0, -1)]
    strokes = [(event.kind.name, event.code) for event in (*second.events, *third.events)]
    assert strokes == [
        ("BUTTON_UP", 0),
        ("KEY_DOWN", SHIFT),
        ("KEY_DOWN", KEY_A),
        ("KEY_UP", KEY_A),
        ("KEY_UP", SHIFT),
    ]
    assert [action.keys for action in world.actions] == [frozenset(), {SHIFT, KEY_A}, frozenset()]
    expected = FakeWorld()
    expected.reset(seed=1)
    assert_array_equal(frame_u8, [expected.step(action) for action in world.actions][-1].frame_u8)


@given(holds)
def test_what_is_held_is_what_the_action_says(states: list[tuple[frozenset[int], frozenset[int]]]) -> None:
    grip = Grip()
    presses = releases = 0
    for buttons, keys in [*states, (frozenset(), frozenset())]:
        action = grip.act(0, pointer_px=(3, 4), buttons=buttons, keys=keys, dx=0, dy=0)
        assert (action.buttons, action.keys) == (buttons, keys)
        kinds = [event.kind for event in action.events]
        presses += kinds.count(EventKind.BUTTON_DOWN) + kinds.count(EventKind.KEY_DOWN)
        releases += kinds.count(EventKind.BUTTON_UP) + kinds.count(EventKind.KEY_UP)
    assert presses == releases


def test_options_of_reset() -> None:
    desktop = Desktop(FakeWorld())
    grey = np.full(desktop.observation_space.shape, 90, np.uint8)
    assert_array_equal(desktop.reset(options={"frame_u8": grey, "prompt": "dark"})[0], grey)
    with pytest.raises(ValueError, match="'colour' is unknown; reset takes prompt and frame_u8"):
        desktop.reset(options={"colour": "red"})


def test_the_picture_has_the_pointer() -> None:
    desktop = Desktop(FakeWorld(), "rgb_array")
    desktop.reset(seed=0)
    frame_u8 = desktop.step({**rest(desktop), "pointer": np.float32([0.5, 0.5])})[0]
    picture_u8 = desktop.render()
    assert picture_u8 is not None
    ys, xs = np.nonzero((picture_u8 != frame_u8).any(-1))
    assert (ys.min(), xs.min()) == (48, 64)


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desktop]:
    """A desktop with a window on SDL's dummy screen."""
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    desktop = Desktop(FakeWorld(fps=20.0), "human")
    yield desktop
    desktop.close()


def window_of(desktop: Desktop) -> Window:
    assert desktop._onlooker is not None and desktop._onlooker._window is not None
    return desktop._onlooker._window


def test_a_person_sees_each_frame_with_the_pointer(watched: Desktop) -> None:
    watched.reset(seed=0)
    frame_u8 = watched.step({**rest(watched), "pointer": np.float32([0.5, 0.5])})[0]
    window = window_of(watched)
    shown_u8 = pygame.surfarray.array3d(window._window.get_surface()).swapaxes(0, 1)
    scale = int(window._viewport.scale)
    left, top = window._viewport.left_px, window._viewport.top_px
    picture_u8 = shown_u8[top : top + 96 * scale : scale, left : left + 128 * scale : scale]
    ys, xs = np.nonzero((picture_u8 != frame_u8).any(-1))
    assert (ys.min(), xs.min()) == (48, 64)
    assert watched.render() is None and watched.metadata["render_fps"] == 20


def test_a_person_sees_no_more_than_the_rate(watched: Desktop) -> None:
    watched.reset(seed=0)
    start_s = time.monotonic()
    for _ in range(6):
        watched.step(rest(watched))
    assert time.monotonic() - start_s >= 6 / 20 - 0.02


def test_who_closes_the_window_leaves_the_agent_alone(watched: Desktop) -> None:
    watched.reset(seed=0)
    window_of(watched)
    pygame.event.post(pygame.event.Event(pygame.QUIT))
    watched.step(rest(watched))
    assert not pygame.get_init() and not pygame.display.get_init()
    start_s = time.monotonic()
    for _ in range(20):
        frame_u8 = watched.step(rest(watched))[0]
    assert frame_u8.shape == (96, 128, 3) and time.monotonic() - start_s < 0.9, "nobody is waited for"
    watched.close()
    watched.close()


def test_no_screen_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ValueError, match="use render_mode='rgb_array'"):
        Desktop(FakeWorld(), "human")


def test_what_is_wrong_is_one_sentence() -> None:
    desktop = Desktop(FakeWorld())
    with pytest.raises(gymnasium.error.ResetNeeded, match="call reset first"):
        desktop.step(rest(desktop))
    desktop.reset()
    with pytest.raises(ValueError, match=r"see env\.action_space"):
        desktop.step({**rest(desktop), "pointer": np.float32([1.5, 0])})
    with pytest.raises(ValueError, match="use human or rgb_array"):
        Desktop(FakeWorld(), "ansi")
