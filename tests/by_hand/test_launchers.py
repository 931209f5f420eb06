"""A launcher counts as one that opens where a window's worth of the screen changes after it was pressed."""

import numpy as np
import pytest

from recorder.actions import Action, EventKind
from simulator.fake_world import FakeWorld
from simulator.world import Step
from tests.by_hand.launchers import FRAMES, press

SIZE_PX = (512, 384)
LATER = 10


class _Desk(FakeWorld):
    """A panel below; some frames after a press within `launcher_px` a window comes, of some share of the screen."""

    def __init__(self, launcher_px: tuple[int, int], share: float) -> None:
        self._launcher_px, self._rows = launcher_px, round(share * SIZE_PX[1])
        super().__init__(SIZE_PX)

    def reset(self, *, seed: int, prompt: str = "", frame_u8: np.ndarray | None = None) -> Step:
        assert frame_u8 is None
        self._screen_u8 = np.full((SIZE_PX[1], SIZE_PX[0], 3), 90, np.uint8)
        self._screen_u8[-20:, 24:104:2] = 255
        self._pressed: int | None = None
        return super().reset(seed=seed, prompt=prompt, frame_u8=self._screen_u8)

    def step(self, action: Action) -> Step:
        if any(event.kind == EventKind.BUTTON_DOWN for event in action.events):
            self._pressed = 0 if (action.x_px, action.y_px) == self._launcher_px else None
        if self._pressed is not None:
            self._pressed += 1
            if self._pressed == LATER:
                self._screen_u8[: self._rows] = 10
        return Step(
            frame_u8=self._screen_u8,
            dirty=np.zeros((24, 32), bool),
            dirty_probability=np.zeros((24, 32), np.float32),
            change_probability=0.0,
            shape=None,
        )


@pytest.mark.parametrize(
    ("launcher_px", "share", "opened"), [((62, 370), 0.3, 9), ((62, 370), 0.05, None), ((34, 14), 0.3, None)]
)
def test_a_window_counts_and_less_does_not(launcher_px: tuple[int, int], share: float, opened: int | None) -> None:
    done = press(_Desk(launcher_px, share), "files", seed=0)
    assert done.opened == opened
    assert LATER < FRAMES
    assert done.screen_u8.shape == (384, 512, 3)
