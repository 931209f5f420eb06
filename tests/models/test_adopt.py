"""A training that starts from another desk takes over what it says of the same contents, sizes and shapes."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from models import train
from models.adopt import adopt
from models.desk import Desk, load_desk
from models.library import Library
from models.pictures import Pictures
from models.stages import VAEStage
from models.tiles import TILE_VALUES
from models.track import Track, load_track
from models.train import DESK_FOLDER
from models.world import WorldModel
from recorder.dataset import session_name
from tests.models.plain_pictures import plain_pictures
from tests.models.toy import StepClock

UNKNOWN = np.full((1, TILE_VALUES), 7, np.uint8)


@pytest.fixture
def desk(toy_run: Path) -> Desk:
    """One that says something of each content."""
    loaded = load_desk(toy_run / DESK_FOLDER)
    with torch.no_grad():
        loaded.world.palette.bias.copy_(torch.arange(len(loaded.world.palette.bias)) + 5.0)
        loaded.world.place.sizes.bias[:2] = torch.tensor([3.0, 4.0])
    return replace(loaded, library=replace(loaded.library, pictures=_pictures([(16, 16), (32, 16)])))


def _pictures(sizes: list[tuple[int, int]]) -> Pictures:
    """One of each size, the first the most often."""
    cells = sum(-(-width // 16) * -(-height // 16) for width, height in sizes)
    times = np.arange(len(sizes), 0, -1)
    return plain_pictures(sizes, [-1] * cells, times)


def _world(library: Library, desk: Desk, **sizes: int) -> WorldModel:
    torch.manual_seed(3)
    world = WorldModel(replace(desk.world.config, **sizes))
    world.fill(library, desk.tokenizer.encode(library.tiles_u8[: world.config.palette]))
    return world


def test_what_is_said_of_a_content_and_of_a_size_goes_with_it(desk: Desk) -> None:
    tiles_u8 = np.concatenate([UNKNOWN, desk.library.tiles_u8[1::-1]])
    library = Library(tiles_u8=tiles_u8, pictures=_pictures([(48, 16), (32, 16), (16, 16)]))
    world = _world(library, desk, palette=3, shapes=2)
    adopt(world, library, ["new shape", desk.shapes[0].name], desk)
    assert world.palette.bias.tolist() == [0, 6, 5]
    assert world.place.sizes.bias[:3].tolist() == [0, 4, 3]
    assert torch.equal(world.place.sizes.key_say[[2, 1]], desk.world.place.sizes.key_say[:2])
    assert torch.equal(world.shape.weight[1], desk.world.shape.weight[0])
    assert torch.equal(world.backbone.patch.weight, desk.world.backbone.patch.weight)


def test_a_desk_of_other_sizes_is_refused(desk: Desk) -> None:
    with pytest.raises(ValueError, match=r"another 'backbone.*--from-desk"):
        adopt(_world(desk.library, desk, width=128), desk.library, ["left_ptr"], desk)


def test_a_vae_of_other_sizes_is_refused(desk: Desk, toy_data: Path) -> None:
    track = load_track(toy_data / session_name(0), toy_data / "tracks")
    other = replace(desk.tokenizer.vae.config, width=desk.tokenizer.vae.config.width * 2)
    with pytest.raises(ValueError, match=r"VAE of other sizes.*--from-desk"):
        VAEStage([track], other, 0, start=desk)


@pytest.mark.timeout(300)  # it trains
def test_known_contents_keep_their_latents_while_others_are_learned(desk: Desk, toy_data: Path) -> None:
    strange = _strange(load_track(toy_data / session_name(0), toy_data / "tracks"))
    before = _reconstruction(VAEStage([strange], desk.tokenizer.vae.config, 0, start=desk))
    moved, reconstruction = zip(*(_after_steps(desk, strange, held) for held in (True, False)), strict=True)
    assert moved[0] < moved[1] / 2
    assert max(reconstruction) < before / 2


def _strange(track: Track) -> Track:
    """One whose tiles are of colours that the desk has never seen."""
    random = np.random.default_rng(0)
    return replace(track, tiles_u8=np.tile(random.integers(0, 256, (len(track.tiles_u8), 3), np.uint8), 256))


def _after_steps(desk: Desk, track: Track, held: bool) -> tuple[float, float]:
    """How far the known latents moved in a few steps on a track, and the reconstruction error after them."""
    stage = VAEStage([track], desk.tokenizer.vae.config, 0, start=desk)
    assert stage._known is not None
    known = stage._known
    stage._known = known if held else None
    adam = torch.optim.Adam(stage.module.parameters(), 1e-3)
    for step in range(20):
        adam.zero_grad()
        stage.loss(step)[0].backward()
        adam.step()
    moved = known.moved(stage.module, 64, torch.Generator().manual_seed(0))
    return float(moved.detach()), _reconstruction(stage)


def _reconstruction(stage: VAEStage) -> float:
    return stage.loss(1000)[1]["reconstruction"]


def test_a_training_goes_on_from_a_desk_and_says_so(toy_run: Path, toy_data: Path, tmp_path: Path) -> None:
    shutil.copytree(toy_run / train.VAE_FOLDER, tmp_path / train.VAE_FOLDER)
    order = train.Order(data=toy_data, out=tmp_path, preset="tiny", minutes=0.25, resume=False, seed=0, threads=1,
                        from_desk=toy_run / DESK_FOLDER)  # fmt: skip
    threads = torch.get_num_threads()
    train.train_world(order, StepClock())
    torch.set_num_threads(threads)
    start, end = (load_desk(folder / DESK_FOLDER) for folder in (toy_run, tmp_path))
    assert end.about["from_desk"]["minutes"] == start.about["minutes"] and end.about["steps"] == 2
    assert end.about["minutes_in_all"] == start.about["minutes"] + end.about["minutes"]
    moved = end.world.backbone.patch.weight.float() - start.world.backbone.patch.weight.float()
    assert 0 < float(moved.abs().max()) < 0.02
