"""What is wrong with a checkpoint is said in one sentence, and never read in part."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import nn

from models import checkpoint
from models.checkpoint import load_config, load_module, load_tensors, save_folder, weight_hashes
from models.clip import ClipConfig, ClipModel, load_clip
from models.desk import load_desk, save_desk
from models.presets import PRESETS


@pytest.fixture
def desk_copy(toy_run: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(toy_run / "desk", tmp_path / "desk"))


def _edit_config(folder: Path, change: Callable[[dict], object]) -> None:
    config = json.loads((folder / "config.json").read_text())
    change(config)
    (folder / "config.json").write_text(json.dumps(config))


def _edit_tensors(path: Path, change: Callable[[dict], object]) -> None:
    """And its hash, as if the folder had been saved so."""
    tensors = load_file(path)
    change(tensors)
    save_file(tensors, path)
    _edit_config(path.parent, lambda config: config.update(sha256=weight_hashes(path.parent)))


def _flip(path: Path) -> None:
    """The lowest bit of the last tensor's last byte."""
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


FAULTS: dict[str, tuple[Callable[[Path], object], str]] = {
    "no folder": (lambda folder: shutil.rmtree(folder), "no checkpoint"),
    "config cut off": (lambda folder: (folder / "config.json").write_text('{"sch'), "damaged"),
    "newer schema": (lambda folder: _edit_config(folder, lambda config: config.update(schema=99)), "update"),
    "other table": (lambda folder: _edit_config(folder, lambda config: config.update(action_table="x")), "table"),
    "unknown size": (lambda folder: _edit_config(folder, lambda config: config["world"].update(wings=2)), "world"),
    "other size": (lambda folder: _edit_config(folder, lambda config: config["world"].update(width=128)), "fit"),
    "missing tensor": (
        lambda folder: _edit_tensors(folder / "world.safetensors", lambda tensors: tensors.popitem()), "fit",
    ),
    "weights gone": (lambda folder: (folder / "vae.safetensors").unlink(), "missing"),
    "weights cut off": (lambda folder: (folder / "world.safetensors").write_bytes(b"\0" * 40), "damaged"),
    "no start": (
        lambda folder: _edit_tensors(
            folder / "library.safetensors", lambda tensors: tensors.update(starts=torch.zeros(9, dtype=torch.uint8))
        ), "library",
    ),
    "no pictures": (
        lambda folder: _edit_tensors(folder / "library.safetensors", lambda tensors: tensors.pop("picture_sizes")),
        "library",
    ),
    "shape lost": (lambda folder: _edit_config(folder, lambda config: config["shapes"].pop()), "shapes"),
    "shape without a spot": (
        lambda folder: _edit_config(folder, lambda config: config["shapes"][0].pop("hot_x_px")), "shapes",
    ),
    "spot in words": (
        lambda folder: _edit_config(folder, lambda config: config["shapes"][0].update(hot_x_px="left")), "shapes",
    ),
    "shape is no table": (
        lambda folder: _edit_config(folder, lambda config: config.update(shapes=["left_ptr"])), "shapes",
    ),
    "shapes unsaid": (lambda folder: _edit_config(folder, lambda config: config.update(shapes=None)), "shapes"),
    "shape of floats": (
        lambda folder: _edit_tensors(
            folder / "shapes.safetensors", lambda tensors: tensors.update({"000": torch.zeros(4, 4, 4)})
        ), "shapes",
    ),
    "no rate": (lambda folder: _edit_config(folder, lambda config: config.pop("fps")), "fps"),
    "rate in words": (lambda folder: _edit_config(folder, lambda config: config.update(fps="fast")), "fps"),
    "rate of zero": (lambda folder: _edit_config(folder, lambda config: config.update(fps=0)), "fps"),
    "no rest": (lambda folder: _edit_config(folder, lambda config: config.pop("rest_frames")), "comes to rest"),
    "rest in words": (lambda folder: _edit_config(folder, lambda config: config.update(rest_frames="a")), "to rest"),
    "bit flipped": (lambda folder: _flip(folder / "world.safetensors"), "other than config.json says"),
    "hash lost": (
        lambda folder: _edit_config(folder, lambda config: config["sha256"].pop("vae.safetensors")),
        "other than config.json says",
    ),
    "hashes are no table": (lambda folder: _edit_config(folder, lambda config: config.update(sha256="x")), "damaged"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_checkpoint_is_refused(desk_copy: Path, fault: str) -> None:
    break_it, word = FAULTS[fault]
    break_it(desk_copy)
    with pytest.raises(ValueError, match=word) as caught:
        load_desk(desk_copy)
    assert "\n" not in str(caught.value)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Of one linear layer, saved."""
    save_folder(tmp_path / "line", {"fps": 15.0}, line=nn.Linear(2, 2).state_dict())
    return tmp_path / "line"


def test_a_flipped_bit_is_noticed(folder: Path) -> None:
    load_module(nn.Linear(2, 2), folder, "line")
    _flip(folder / "line.safetensors")
    with pytest.raises(ValueError, match=r"line\.safetensors is damaged, or other than config\.json says") as caught:
        load_module(nn.Linear(2, 2), folder, "line")
    assert "\n" not in str(caught.value)


def test_a_folder_from_before_hashes_were_kept_is_read(folder: Path) -> None:
    _edit_config(folder, lambda config: config.pop("sha256"))
    assert load_tensors(folder, "line")["weight"].shape == (2, 2)


@pytest.mark.parametrize("error", [SafetensorError("No space left on device (os error 28)"), OSError(28, "No space")])
def test_a_full_disk_leaves_what_was_there(folder: Path, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    before = load_config(folder)

    def fails(_: object, path: Path) -> None:
        path.write_bytes(b"half")
        raise error

    monkeypatch.setattr(checkpoint, "save_file", fails)
    with pytest.raises(ValueError, match=r"line \(.*No space.*\); free space") as caught:
        save_folder(folder, {"fps": 30.0}, line=nn.Linear(2, 2).state_dict())
    assert "\n" not in str(caught.value)
    assert [path.name for path in folder.parent.iterdir()] == ["line"]
    assert load_config(folder) == before and load_tensors(folder, "line")


def test_a_folder_takes_the_place_of_the_one_before(folder: Path) -> None:
    save_folder(folder, {"fps": 30.0}, other=nn.Linear(2, 2).state_dict())
    assert load_config(folder)["fps"] == 30
    assert sorted(path.name for path in folder.iterdir()) == ["config.json", "other.safetensors"]
    assert [path.name for path in folder.parent.iterdir()] == ["line"]


def test_a_folder_without_a_clip_is_refused(folder: Path) -> None:
    with pytest.raises(ValueError, match="does not describe a CLIP"):
        load_clip(folder)


def test_a_desk_survives_saving(toy_run: Path, tmp_path: Path) -> None:
    desk = load_desk(toy_run / "desk")
    save_desk(tmp_path / "again", desk)
    again = load_desk(tmp_path / "again")
    for name, value in desk.world.state_dict().items():
        assert torch.equal(value, again.world.state_dict()[name])
    assert torch.equal(desk.world.palette.tiles_u8, again.world.palette.tiles_u8)
    assert np.array_equal(desk.starts_u8, again.starts_u8)
    assert [shape.name for shape in again.shapes] == [shape.name for shape in desk.shapes]
    assert not (tmp_path / "again.tmp").exists()


def test_a_desk_takes_its_clip_along(toy_run: Path, tmp_path: Path) -> None:
    desk = load_desk(toy_run / "desk")
    assert desk.clip is None
    clip = ClipModel(ClipConfig(rows=8, columns=8, **PRESETS["tiny"].clip))
    save_desk(tmp_path / "with", replace(desk, clip=clip))
    again = load_desk(tmp_path / "with").clip
    assert again is not None
    for name, value in clip.state_dict().items():
        assert torch.equal(value.bfloat16().float(), again.state_dict()[name])
    (tmp_path / "with" / "clip.safetensors").unlink()
    with pytest.raises(ValueError, match="missing"):
        load_desk(tmp_path / "with")
