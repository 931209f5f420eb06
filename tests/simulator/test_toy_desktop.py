"""The whole chain learns: the toy desktop, recorded from seeds, trained for a fixed number of steps, and played."""

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from models import train
from models.tiles import to_tiles
from recorder.actions import BUTTONS, Action, Event, EventKind
from recorder.dataset import session_name
from recorder.explorer.appearance import Appearance
from recorder.session import Session
from recorder.toy import layout
from recorder.toy.desktop import Desktop
from recorder.toy.explore import ToyExploration, explore
from recorder.toy.picture import draw
from simulator.dream import Dream
from tests.models.toy import StepClock

TRAINED, HELD_OUT = (1, 2, 3, 4), 9
VAE_STEPS, WORLD_STEPS = 150.0, 300.0
MARGIN_DB = 3.0  # above copying
LEFT = BUTTONS.index("left")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("desktop")
    for seed in (*TRAINED, HELD_OUT):
        explore(ToyExploration(path=folder / session_name(seed), seed=seed, seconds=60.0))
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
    desktop = Desktop(Appearance(wallpaper="blue", theme="dark"), corner_px, "red")
    desktop.open, button = True, layout.button(corner_px)
    at = {"x_px": button.x_px + 20, "y_px": button.y_px + 9}
    desktop.feed(Event(t_ns=0, kind=EventKind.MOTION, **at))
    before_u8 = draw(desktop)
    dream.reset(seed=seed, frame_u8=before_u8)
    down = Event(t_ns=0, kind=EventKind.BUTTON_DOWN, code=LEFT, **at)
    up = Event(t_ns=0, kind=EventKind.BUTTON_UP, code=LEFT, **at)
    desktop.feed(down)
    truth_u8 = draw(desktop)
    still = Action(**at)
    track = [still] * 4 + [Action(**at, buttons=frozenset({LEFT}), events=(down,)), Action(**at, events=(up,))]
    for action in [*track, *[still] * 4]:
        shown_u8 = dream.step(action).frame_u8
    there = (truth_u8 != before_u8).any(axis=2)
    return float((shown_u8 == truth_u8).all(axis=2)[there].mean())
