"""What is compiled gives what is not, to rounding; nobody but a batch's own cells says what they become."""

import shutil

import jaxtyping
import numpy as np
import pytest
import torch

from models.compiled import INDUCTOR, CompiledHead
from models.engine import Engine
from recorder.actions import Action
from tests.models.random_desk import random_desk

PLUMBING = "eager"  # traces as the compiler does and makes no kernels


def _look_and_paint(engine: Engine, cells: int) -> tuple[torch.Tensor, torch.Tensor, np.ndarray]:
    """From a flat screen: tokens of the look, and what the head says of so many cells."""
    screen_u8 = np.full((128, 128, 3), 90, np.uint8)
    screen_u8[32:48, 32:48] = 200
    engine.begin(screen_u8, torch.Generator().manual_seed(3))
    look = engine.look(Action(x_px=40, y_px=40))
    scene = engine._scene(engine._ground(look), engine._screen_box)
    change = engine._change(look, engine._screen_box, np.arange(cells), scene)
    return look.outlook.tokens, look.outlook.when, engine.paint(change, 2)[0]


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Engine:
    monkeypatch.setattr("models.engine.best_dtype", lambda _device: torch.float32)
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)  # the compiler can't trace checks of shapes
    return Engine(random_desk(), torch.device("cpu"))


def test_compiled_is_eager_to_rounding_and_one_compilation_paints_every_size(engine: Engine) -> None:
    sizes = (3, 4, 7, 20, 64)
    plain = [_look_and_paint(engine, cells) for cells in sizes]
    engine.compile(PLUMBING)
    for _ in engine.warm_up(np.zeros((128, 128, 3), np.uint8), Action(x_px=0, y_px=0), 2):
        pass
    with torch.compiler.set_stance("fail_on_recompile"):
        compiled = [_look_and_paint(engine, cells) for cells in sizes]
    for (tokens, when, tiles_u8), (same_tokens, same_when, same_u8) in zip(plain, compiled, strict=True):
        assert torch.allclose(tokens, same_tokens, atol=1e-5) and torch.allclose(when, same_when, atol=1e-5)
        assert abs(tiles_u8.astype(int) - same_u8).max() <= 1


@pytest.mark.skipif(shutil.which("g++") is None, reason="torch.compile needs g++")
def test_kernels_of_the_head_paint_what_its_layers_paint(engine: Engine) -> None:
    """One block alone, for making kernels takes seconds; by the way of CUDA graphs, of which a CPU records none."""
    plain = _look_and_paint(engine, 6)[2]
    engine._head = CompiledHead(engine._model.head, INDUCTOR, graphs=True)
    assert abs(_look_and_paint(engine, 6)[2].astype(int) - plain).max() <= 1
