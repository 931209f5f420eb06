"""Play builds the same contexts, memories and ages as training does, frame by frame."""

from dataclasses import fields
from pathlib import Path

import numpy as np
import torch

from models.context import Context
from models.desk import load_desk
from models.engine import Engine
from models.moment import Draw
from models.recall import Slots
from models.track import load_track
from models.train import whitened_latents
from models.transitions import Transitions
from recorder.dataset import session_name
from recorder.session import Session

EXACT = Draw(part_happened=0.0, wrong_tiles=0.0, late=0.0, clean_tiles=0, head_tiles=999)


def test_play_reads_the_past_as_training_does(toy_run: Path, toy_data: Path, tmp_path: Path) -> None:
    path = toy_data / session_name(9)
    desk = load_desk(toy_run / "desk")
    track = load_track(path, tmp_path)
    latents = whitened_latents(desk.tokenizer, [track])
    moments = Transitions([track], latents, EXACT, [shape.name for shape in desk.shapes])
    engine = Engine(desk, torch.device("cpu"))
    with Session(path) as session:
        actions = session.actions()
    screens = track.grids[np.searchsorted(track.change_frame, np.arange(len(track)), side="right") - 1]
    engine.begin(latents[torch.from_numpy(screens[0].astype(np.int64))], torch.Generator())
    engine.look(actions[0])
    engine._frame = 0  # the first frame was shown, not predicted
    told = Engine(desk, torch.device("cpu"))
    told.begin(latents[torch.from_numpy(screens[0].astype(np.int64))], torch.Generator())
    told.tell(actions[0])
    told._frame = 0
    for frame in range(1, 60):
        memory = engine._memory.clone()
        played = engine.look(actions[frame]).context
        batch = moments.assemble([np.array([0, frame])], [1.0], np.random.default_rng(0))
        _assert_same(played, batch.context)
        scanned = desk.world.memory.float().scan(batch.history, batch.history_there)
        if len(batch.tile):
            assert torch.allclose(scanned, memory[batch.tile], rtol=0.02, atol=0.02)
            _assert_same_slots(engine._recall.slots(batch.tile, frame), batch.slots)
        dirty = torch.from_numpy(np.flatnonzero(screens[frame] != screens[frame - 1]))
        assert torch.equal(dirty, batch.tile)
        if frame == 59:
            _assert_same(told.look(actions[frame]).context, played)
        told.tell(actions[frame])
        told.show(dirty, latents[torch.from_numpy(screens[frame].astype(np.int64))][dirty])
        engine.show(dirty, latents[torch.from_numpy(screens[frame].astype(np.int64))][dirty])


def _assert_same_slots(played: Slots, trained: Slots) -> None:
    assert torch.equal(played.there, trained.there)
    assert torch.equal(played.latent[played.there], trained.latent[trained.there])
    assert torch.equal(played.age[played.there], trained.age[trained.there])


def _assert_same(played: Context, trained: Context) -> None:
    for field in fields(Context):
        a, b = getattr(played, field.name), getattr(trained, field.name)
        if field.name.startswith("event_") and field.name != "event_there":
            there = trained.event_there.reshape(1, -1, *[1] * (a.ndim - 2))
            a, b = a * there, b * there
        assert torch.equal(a, b), field.name
