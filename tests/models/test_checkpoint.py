"""What is wrong with a checkpoint is said in one sentence, and never read in part."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from models.clip import ClipConfig, ClipModel
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
    tensors = load_file(path)
    change(tensors)
    save_file(tensors, path)


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
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_checkpoint_is_refused(desk_copy: Path, fault: str) -> None:
    break_it, word = FAULTS[fault]
    break_it(desk_copy)
    with pytest.raises(ValueError, match=word) as caught:
        load_desk(desk_copy)
    assert "\n" not in str(caught.value)


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
