"""A tiny trained chain on the toy desktop, made once."""

from pathlib import Path

import pytest
import torch

from models import train
from recorder.dataset import session_name
from tests.models.toy import StepClock, unchecked, write_toy_session


@pytest.hookimpl(tryfirst=True)  # xdist reads the marks in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All that uses `toy_run` goes to one worker, which then is the only one to train it."""
    for item in items:
        if "toy_run" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("toy_run"))


@pytest.fixture(scope="session")
def toy_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("toy")
    for seed in (0, 1, 9):
        write_toy_session(folder / session_name(seed), seed=seed, frames=160)
    return folder


@pytest.fixture(scope="session")
def toy_run(toy_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """OUT of both stages after a fixed number of steps."""
    out = tmp_path_factory.mktemp("run")
    common = {"data": toy_data, "out": out, "preset": "tiny", "resume": False, "seed": 0, "threads": 1}
    threads = torch.get_num_threads()
    with unchecked():
        train.train_vae(train.Order(minutes=5.0, **common), StepClock())
        train.train_world(train.Order(minutes=15.0, **common), StepClock())
    torch.set_num_threads(threads)
    return out
