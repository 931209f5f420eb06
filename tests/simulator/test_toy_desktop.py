"""The whole chain learns: the toy desktop, recorded from seeds, trained for a fixed number of steps, and played."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from models import train
from models.tiles import to_tiles
from recorder.actions import BUTTONS, Action, Event, EventKind
from recorder.dataset import session_name, split_of
from recorder.session import Session
from recorder.toy import layout
from recorder.toy.desktop import Desktop
from recorder.toy.explore import ToyExploration, explore
from recorder.toy.goals import Goal, Scene, launch, press, wander
from recorder.toy.picture import draw
from simulator.dream import Dream
from tests.models.toy import StepClock

pytestmark = pytest.mark.skip(
    reason="not reached yet: after 120 steps 14.6 dB where copying has 15.2, and 0.24 of the button's pixels"
)
HELD_OUT = 8
LOOK = Desktop.of(HELD_OUT).appearance  # one look is learned in seconds, six are not
TRAINED = [seed for seed in range(60) if split_of(seed) == "train" and Desktop.of(seed).appearance == LOOK][:6]
TRAINED_S, HELD_OUT_S = 40.0, 20.0
VAE_STEPS, WORLD_STEPS = 80.0, 120.0
MARGIN_DB = 3.0  # above copying
LEFT = BUTTONS.index("left")


def _button_alone(scene: Scene) -> dict[Goal, float]:
    """A lesson short enough for every run of the tests."""
    return {press: 3, wander: 1} if scene.desktop.open else {launch: 1}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("desktop")
    for seed in (*TRAINED, HELD_OUT):
        seconds = TRAINED_S if seed in TRAINED else HELD_OUT_S
        explore(ToyExploration(path=folder / session_name(seed), seed=seed, seconds=seconds, choices=_button_alone))
    return folder


@pytest.fixture(scope="module")
def dream(data: Path) -> Dream:
    common = {"data": data, "out": data / "run", "preset": "toy", "resume": False, "seed": 0, "threads": 1}
    threads = torch.get_num_threads()
    train.train_vae(train.Order(minutes=VAE_STEPS, **common), StepClock())
    train.train_world(train.Order(minutes=WORLD_STEPS, **common), StepClock())
    torch.set_num_threads(threads)
    return Dream.load(data / "run" / "desk", device="cpu")


def _psnr_db(truth_u8: NDArray[np.uint8], shown_u8: NDArray[np.uint8]) -> float:
    return float(10 * np.log10(255**2 / np.square(truth_u8.astype(float) - shown_u8).mean()))


@pytest.mark.timeout(600)
def test_one_step_ahead_it_beats_copying_on_a_session_it_never_saw(dream: Dream, data: Path) -> None:
    truth, shown, copied = [], [], []
    with Session(data / session_name(HELD_OUT)) as session:
        actions, frames = session.actions(), session.frames[:]
    dream.reset(seed=0, frame_u8=frames[0])
    for action, before, frame in zip(actions[1:], frames, frames[1:], strict=False):
        guess = dream.observe(action, frame).frame_u8
        changed = (to_tiles(before) != to_tiles(frame)).any(axis=1)
        for tiles, screen in ((truth, frame), (shown, guess), (copied, before)):
            tiles.append(to_tiles(screen)[changed])
    truth_u8, shown_u8, copied_u8 = (np.concatenate(tiles) for tiles in (truth, shown, copied))
    model_db, copy_db = _psnr_db(truth_u8, shown_u8), _psnr_db(truth_u8, copied_u8)
    print(f"changed tiles: {model_db:.1f} dB, copied {copy_db:.1f} dB")
    assert model_db > copy_db + MARGIN_DB


def test_a_click_on_the_button_changes_it_in_closed_loop(dream: Dream) -> None:
    answers = [_clicked(dream, seed) for seed in range(6)]
    print("pixels of the button as they should be", answers)
    assert np.mean(answers) > 0.5


def _clicked(dream: Dream, seed: int) -> float:
    """The share of the button's changed pixels that are as they should be, some frames after a click on it."""
    corner_px = layout.held_inside(20 + 13 * seed, 30 + 7 * seed)
    desktop = Desktop(LOOK, corner_px, "red")
    desktop.open, button = True, layout.button(corner_px)
    x_px, y_px = button.x_px + 20, button.y_px + 9
    desktop.feed(Event(t_ns=0, kind=EventKind.MOTION, x_px=x_px, y_px=y_px))
    before_u8 = draw(desktop)
    shown_u8 = dream.reset(seed=seed, frame_u8=before_u8).frame_u8
    down, up = (
        Event(t_ns=0, kind=kind, code=LEFT, x_px=x_px, y_px=y_px)
        for kind in (EventKind.BUTTON_DOWN, EventKind.BUTTON_UP)
    )
    desktop.feed(down)
    truth_u8 = draw(desktop)
    still = Action(x_px=x_px, y_px=y_px)
    held = frozenset({LEFT})
    for action in [
        *[still] * 4,
        replace(still, buttons=held, events=(down,)),
        replace(still, events=(up,)),
        *[still] * 4,
    ]:
        shown_u8 = dream.step(action).frame_u8
    there = (truth_u8 != before_u8).any(axis=2)
    return float((shown_u8 == truth_u8).all(axis=2)[there].mean())
