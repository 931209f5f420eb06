"""Play builds the same contexts, memories and ages as training does, frame by frame."""

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
import torch

from models.cells import centre_tiles, composite
from models.context import Context
from models.desk import load_desk
from models.engine import Change, Engine, Painted
from models.moment import Draw
from models.recall import Known
from models.sampling import Sampling
from models.tiles import TILE_VALUES
from models.track import load_track
from models.transitions import Transitions
from recorder.actions import Action
from recorder.dataset import session_name
from recorder.session import Session
from tests.models.random_desk import random_desk

EXACT = Draw(largest_happened=0.0, extended=0.0, part_happened=0.0, wrong_tiles=0.0, late=0.0, cells=999)
ROUNDING = 0.01  # of whitened latents: without bfloat16 hardware a sum depends on how many rows its matrix has


def test_play_reads_the_past_as_training_does(toy_run: Path, toy_data: Path, tmp_path: Path) -> None:
    path = toy_data / session_name(9)
    desk = load_desk(toy_run / "desk")
    track = load_track(path, tmp_path)
    moments = Transitions([track], desk.tokenizer, EXACT, [shape.name for shape in desk.shapes])
    engine, told = Engine(desk, torch.device("cpu")), Engine(desk, torch.device("cpu"))
    with Session(path) as session:
        actions, frames = session.actions(), session.frames[:60]
    for playing in (engine, told):
        playing.begin(frames[0], torch.Generator())
        playing.tell(actions[0])
        playing._frame = 0  # the first frame was shown, not predicted
    boxes = 0
    for frame in range(1, len(frames)):
        memory = engine._memory.clone()
        look = engine.look(actions[frame])
        batch = moments.assemble([np.array([0, frame])], [1.0], np.random.default_rng(0))
        _assert_same(look.context, batch.context)
        for target in batch.targets:
            boxes += 1
            scene = engine._scene(engine._ground(look), target.box)
            change = engine._change(look, target.box, target.cells, scene)
            _assert_same_contents(change.known, target.known)
            scanned = desk.world.memory.float().scan(batch.history, batch.history_there)
            tiles = centre_tiles(target.box, target.cells, desk.world.config.shape)
            assert torch.allclose(scanned, memory[tiles], rtol=0.02, atol=0.02)
        if frame == len(frames) - 1:
            _assert_same(told.look(actions[frame]).context, look.context)
        told.tell(actions[frame])
        told.show(frames[frame])
        shown = engine.show(frames[frame])
        assert torch.equal(torch.from_numpy(shown), batch.dirty[0])
    assert boxes > 5


def _assert_same_contents(played: Known, trained: Known) -> None:
    there = trained.slot >= 0
    assert np.array_equal(played.slot >= 0, there)
    assert np.array_equal(played.tiles_u8[played.slot][there], trained.tiles_u8[trained.slot][there])
    assert np.array_equal(played.age[there], trained.age[there])


def _assert_same(played: Context, trained: Context) -> None:
    for field in fields(Context):
        a, b = getattr(played, field.name), getattr(trained, field.name)
        if field.name.startswith("event_") and field.name != "event_there":
            there = trained.event_there.reshape(1, -1, *[1] * (a.ndim - 2))
            a, b = a * there, b * there
        assert torch.allclose(a, b, atol=ROUNDING), field.name


def test_a_box_that_was_given_up_is_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine(random_desk(), torch.device("cpu"))
    engine.begin(np.zeros((128, 128, 3), np.uint8), torch.Generator().manual_seed(0))
    look = replace(engine.look(Action(x_px=5, y_px=5)), change_probability=1.0)
    large, small = np.array([[0, 0], [127, 127]]), np.array([[16, 16], [31, 31]])
    drawn, tried = iter([large, large.copy(), small, large, small]), []
    monkeypatch.setattr(engine, "_box", lambda *_: next(drawn))
    monkeypatch.setattr(engine, "_attempt", lambda _look, _ground, box, _sampling: tried.append(box.tolist()))
    assert engine.draw_change(look, Sampling(tries=4)) is None
    assert tried == [large.tolist(), small.tolist()]


def test_what_has_changed_often_without_input_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine(random_desk(), torch.device("cpu"))
    engine.begin(np.zeros((128, 128, 3), np.uint8), torch.Generator().manual_seed(0))
    blinking = np.zeros((8, TILE_VALUES), np.uint8)

    def paint(change: Change, *_: object, **__: object) -> tuple[np.ndarray, bool]:
        """The left half blinks, the right half might change as well."""
        blinking[[0, 1, 4, 5]] = 255 - blinking[[0, 1, 4, 5]]
        return blinking[: len(change.cells)].copy(), True

    monkeypatch.setattr(engine, "_box", lambda *_: np.array([[0, 0], [63, 31]]))
    monkeypatch.setattr(engine, "paint", paint)
    sampling = Sampling(where=0.0, repeats=3, tries=1)

    def shown(action: Action, times: int) -> int:
        changes = 0
        for _ in range(times):
            change = engine.draw_change(replace(engine.look(action), change_probability=1.0), sampling)
            if isinstance(change, Painted):
                frame_u8 = engine.frame_u8.copy()
                composite(frame_u8, change.box, change.cells, change.tiles_u8)
                changes += bool(engine.show(frame_u8).any())
        return changes

    assert shown(Action(x_px=100, y_px=100), 10) == 3
    assert shown(Action(x_px=110, y_px=100), 10) == 0, "the pointer moves far from it"
    assert shown(Action(x_px=20, y_px=10), 10) == 3, "the pointer comes to it"
