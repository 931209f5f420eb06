"""Weights as safetensors and a config beside them, in a folder; strict, never pickle, written whole or not at all."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from recorder.actions import table_hash
from recorder.dataset import file_hash

CONFIG = "config.json"
SCHEMA = 1
HASHES = "sha256"  # in the config: of each file of weights; folders from before they were kept have none


@contextmanager
def written_whole(place: Path) -> Iterator[Path]:
    """A path beside `place` to write a file or a folder to, which takes the place at the end.

    Raises ValueError where the system refuses to write; what was there before stays and nothing is left beside it.
    """
    beside, old = (place.with_name(place.name + end) for end in (".tmp", ".old"))
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        _remove(beside)
        yield beside
        if place.is_dir():
            _remove(old)
            place.replace(old)
        beside.replace(place)
        _remove(old)
    except (OSError, SafetensorError) as error:
        raise ValueError(f"can't write {place} ({error}); free space or name another place") from error
    finally:
        _remove(beside)


def save_folder(folder: Path, config: dict[str, Any], **tensors: dict[str, Tensor]) -> None:
    """Write `NAME.safetensors` for each keyword and config.json; ValueError where the disk is full."""
    with written_whole(folder) as beside:
        beside.mkdir()
        for name, values in tensors.items():
            save_file({key: value.contiguous() for key, value in values.items()}, _weights(beside, name))
        document = {"schema": SCHEMA, "action_table": table_hash(), HASHES: weight_hashes(beside), **config}
        (beside / CONFIG).write_text(json.dumps(document, indent=1) + "\n")


def weight_hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of each file of weights, by its name."""
    return {path.name: file_hash(path) for path in sorted(folder.glob("*.safetensors"))}


def load_config(folder: Path) -> dict[str, Any]:
    """The config of a checkpoint.

    Raises ValueError where the folder is no checkpoint, or one of a newer schema or another action table.
    """
    path = folder / CONFIG
    if not path.is_file():
        raise ValueError(f"{folder} is no checkpoint (it lacks {CONFIG}); name the folder that training wrote")
    try:
        config = json.loads(path.read_text())
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is damaged; copy the checkpoint again") from error
    if not isinstance(config, dict) or not isinstance(config.get("schema"), int):
        raise ValueError(f"{path} does not say its schema; copy the checkpoint again")
    if not isinstance(config.get(HASHES, {}), dict):
        raise ValueError(f"{path} is damaged; copy the checkpoint again")
    if config["schema"] > SCHEMA:
        raise ValueError(f"{folder} has schema {config['schema']}, this program reads up to {SCHEMA}; update dreamdesk")
    if config.get("action_table") != table_hash():
        raise ValueError(f"{folder} was trained with another action table; use the dreamdesk that trained it")
    return config


def load_tensors(folder: Path, name: str) -> dict[str, Tensor]:
    """The tensors of `NAME.safetensors`; ValueError where it is missing, damaged or another than was saved."""
    path, hashes = _weights(folder, name), load_config(folder).get(HASHES)
    try:
        changed = hashes is not None and hashes.get(path.name) != file_hash(path)
        tensors = {} if changed else load_file(path)
    except (OSError, SafetensorError) as error:
        raise ValueError(f"{path} is missing or damaged; copy the checkpoint again") from error
    if changed:
        raise ValueError(f"{path} is damaged, or other than {CONFIG} says by its hash; copy the checkpoint again")
    return tensors


def load_module(module: nn.Module, folder: Path, name: str) -> None:
    """Fill a module from `NAME.safetensors`, strictly; half precision becomes the module's own.

    Raises ValueError where a tensor is missing, too much, or of another size.
    """
    tensors = load_tensors(folder, name)
    try:
        module.load_state_dict({key: value.to(torch.float32) for key, value in tensors.items()}, strict=True)
    except RuntimeError as error:
        first = str(error).splitlines()[-1].strip()
        raise ValueError(f"{_weights(folder, name)} does not fit this model ({first}); retrain or update") from error


def _weights(folder: Path, name: str) -> Path:
    return folder / f"{name}.safetensors"


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
