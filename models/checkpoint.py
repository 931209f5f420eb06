"""Weights as safetensors and a config beside them, in a folder; strict, never pickle, written whole or not at all."""

import json
import shutil
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from recorder.actions import table_hash

CONFIG = "config.json"
SCHEMA = 1


def save_folder(folder: Path, config: dict[str, Any], **tensors: dict[str, Tensor]) -> None:
    """Write `NAME.safetensors` for each keyword and config.json, beside the folder first, then in its place."""
    beside = folder.with_name(folder.name + ".tmp")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    for name, values in tensors.items():
        save_file({key: value.contiguous() for key, value in values.items()}, beside / f"{name}.safetensors")
    document = {"schema": SCHEMA, "action_table": table_hash(), **config}
    (beside / CONFIG).write_text(json.dumps(document, indent=1) + "\n")
    old = folder.with_name(folder.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.replace(old)
    beside.replace(folder)
    shutil.rmtree(old, ignore_errors=True)


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
    if config["schema"] > SCHEMA:
        raise ValueError(f"{folder} has schema {config['schema']}, this program reads up to {SCHEMA}; update dreamdesk")
    if config.get("action_table") != table_hash():
        raise ValueError(f"{folder} was trained with another action table; use the dreamdesk that trained it")
    return config


def load_tensors(folder: Path, name: str) -> dict[str, Tensor]:
    """The tensors of `NAME.safetensors`; ValueError where it is missing or damaged."""
    path = folder / f"{name}.safetensors"
    try:
        return load_file(path)
    except (OSError, SafetensorError) as error:
        raise ValueError(f"{path} is missing or damaged; copy the checkpoint again") from error


def load_module(module: nn.Module, folder: Path, name: str) -> None:
    """Fill a module from `NAME.safetensors`, strictly; half precision becomes the module's own.

    Raises ValueError where a tensor is missing, too much, or of another size.
    """
    tensors = load_tensors(folder, name)
    try:
        module.load_state_dict({key: value.to(torch.float32) for key, value in tensors.items()}, strict=True)
    except RuntimeError as error:
        first = str(error).splitlines()[-1].strip()
        raise ValueError(f"{folder / name}.safetensors does not fit this model ({first}); retrain or update") from error
