"""A generated desktop as a Gymnasium environment; importing this registers `Dreamdesk-v0`.

There is no reward and no end: wrap it with your own.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import gymnasium
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from recorder.actions import BUTTONS, KEYS
from recorder.clock import MonotonicClock
from recorder.pointer import draw_pointer
from simulator import shipped
from simulator.grip import Grip
from simulator.world import Step, World

if TYPE_CHECKING:
    from simulator.onlooker import Onlooker

WHEEL_STEPS = 5  # of a quick hand in one frame
OPTIONS = ("prompt", "frame_u8")
Observation = NDArray[np.uint8]


class Desktop(gymnasium.Env[Observation, dict[str, Any]]):
    """An agent acts in `world`.

    It sees the frame (H, W, 3) uint8 without the pointer. Its action is the state of mouse and keyboard at the
    frame's time: `pointer` (x, y) as shares of width and height, `buttons` and `keys` held (one bit for each of
    `recorder.BUTTONS` and `recorder.KEYS`), and the `wheel` steps (right, up) since the last frame.

    With the render mode "human" a window shows each frame with the pointer, and `step` waits for the world's rate.
    """

    metadata: dict[str, Any] = {"render_modes": ["human", "rgb_array"]}  # noqa: RUF012  (of Env, as typed there)

    def __init__(self, world: World, render_mode: str | None = None) -> None:
        modes = self.metadata["render_modes"]
        if render_mode not in (None, *modes):
            raise ValueError(f"render mode '{render_mode}' is unknown; use {' or '.join(modes)}, or leave it out")
        self._world, self.render_mode = world, render_mode
        self.metadata = {**self.metadata, "render_fps": world.fps}
        width, height = world.size_px
        self.observation_space = spaces.Box(0, 255, (height, width, 3), np.uint8)
        self.action_space = spaces.Dict(
            {
                "pointer": spaces.Box(0, 1, (2,), np.float32),
                "buttons": spaces.MultiBinary(len(BUTTONS)),
                "keys": spaces.MultiBinary(len(KEYS)),
                "wheel": spaces.MultiDiscrete([2 * WHEEL_STEPS + 1] * 2, start=[-WHEEL_STEPS] * 2),
            }
        )
        self._shown: Step | None = None
        self._onlooker = _open_onlooker(world) if render_mode == "human" else None

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        """Begin anew, with nothing held.

        `options` may give the `prompt` and the `frame_u8` to begin at. Raises ValueError for others.
        """
        super().reset(seed=seed)
        options = options or {}
        unknown = [name for name in options if name not in OPTIONS]
        if unknown:
            raise ValueError(f"option '{unknown[0]}' is unknown; reset takes {' and '.join(OPTIONS)}")
        self._seed = int(self.np_random.integers(1 << 31)) if seed is None else seed
        self._prompt = options.get("prompt", "")
        self._grip, self._frame = Grip(), 0
        self._pointer_px = (0, 0)
        return self._show(self._world.reset(seed=self._seed, **options))

    def step(self, action: dict[str, Any]) -> tuple[Observation, float, bool, bool, dict[str, Any]]:
        """The next frame; the reward is 0 and nothing ever ends."""
        if self._shown is None:
            raise gymnasium.error.ResetNeeded("there is nothing to act in yet; call reset first")
        if not self.action_space.contains(action):
            raise ValueError("this action is not in the action space; see env.action_space for names and ranges")
        self._frame += 1
        x_px, y_px = (min(int(share * side), side - 1) for share, side in zip(action["pointer"], self._world.size_px))
        dx, dy = map(int, action["wheel"])
        self._pointer_px = x_px, y_px
        acted = self._grip.act(
            round(self._frame * 1e9 / self._world.fps),
            pointer_px=self._pointer_px,
            buttons=np.flatnonzero(action["buttons"]).tolist(),
            keys=np.flatnonzero(action["keys"]).tolist(),
            dx=dx,
            dy=dy,
        )
        frame_u8, info = self._show(self._world.step(acted))
        return frame_u8, 0.0, False, False, info

    def render(self) -> Observation | None:
        """The frame with the pointer where the render mode is "rgb_array"; a window needs no call."""
        if self.render_mode != "rgb_array" or self._shown is None:
            return None
        if self._shown.shape is None:
            return self._shown.frame_u8
        return draw_pointer(self._shown.frame_u8, self._shown.shape, *self._pointer_px)

    def close(self) -> None:
        if self._onlooker is not None:
            self._onlooker.leave()
        self._world.close()

    def _show(self, step: Step) -> tuple[Observation, dict[str, Any]]:
        self._shown = step
        if self._onlooker is not None:
            self._onlooker.watch(step, *self._pointer_px, seed=self._seed, prompt=self._prompt)
        info = {
            "dirty": step.dirty,
            "change_probability": step.change_probability,
            "pointer_shape": "" if step.shape is None else step.shape.name,
        }
        return step.frame_u8.copy(), info


def _open_onlooker(world: World) -> "Onlooker":
    from simulator.onlooker import Onlooker  # pygame, which only who watches needs

    return Onlooker(world, MonotonicClock())


def load(
    checkpoint: Path = shipped.CHECKPOINT,
    device: str | None = None,
    steps: int | None = None,
    render_mode: str | None = None,
) -> Desktop:
    """The environment of a checkpoint; the arguments are those of `play.py`."""
    from simulator.dream import Dream  # torch takes seconds to import, and registering needs none

    return Desktop(Dream.load(checkpoint, device=device, steps=steps), render_mode)


gymnasium.register(id="Dreamdesk-v0", entry_point=f"{__name__}:{load.__name__}")
