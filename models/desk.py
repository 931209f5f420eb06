"""A playable checkpoint: VAE, whitening, world model, first screens and pointer shapes in one folder."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from models.checkpoint import load_config, load_module, load_tensors, save_folder
from models.latents import Whitening
from models.vae import TileVAE, VAEConfig
from models.world import WorldModel
from models.world_config import WorldConfig
from recorder.pointer import PointerShape


@dataclass(frozen=True, kw_only=True, eq=False)
class Tokenizer:
    """The VAE with the statistics of its latents."""

    vae: TileVAE
    whitening: Whitening


@dataclass(frozen=True, kw_only=True, eq=False)
class Desk:
    """Everything that a generated desktop consists of.

    `starts` (s, n, c) are the whitened latents of first screens; `shapes` the pointer shapes in the order of the
    model's logits; `about` what config.json says of the training.
    """

    tokenizer: Tokenizer
    world: WorldModel
    starts: Float[Tensor, "s n c"]
    shapes: list[PointerShape]
    fps: float
    about: dict[str, Any]


def save_tokenizer(folder: Path, tokenizer: Tokenizer, training: dict[str, Any]) -> None:
    """Write the VAE's folder."""
    config = {"vae": asdict(tokenizer.vae.config), "training": training}
    save_folder(folder, config, **_tokenizer_tensors(tokenizer))


def load_tokenizer(folder: Path) -> Tokenizer:
    """Read a folder of `save_tokenizer` or `save_desk`; ValueError where it does not fit."""
    vae = TileVAE(_config(VAEConfig, load_config(folder), "vae", folder))
    load_module(vae, folder, "vae")
    statistics = load_tensors(folder, "whitening")
    channels = (vae.config.channels,)
    if any(name not in statistics or statistics[name].shape != channels for name in ("mean", "deviation")):
        raise ValueError(f"{folder}/whitening.safetensors does not fit this model; retrain or update")
    return Tokenizer(vae=vae.eval(), whitening=Whitening(mean=statistics["mean"], deviation=statistics["deviation"]))


def save_desk(folder: Path, desk: Desk) -> None:
    """Write the whole checkpoint, weights in bfloat16."""
    config = {
        "vae": asdict(desk.tokenizer.vae.config),
        "world": asdict(desk.world.config),
        "fps": desk.fps,
        "shapes": [
            {"name": shape.name, "hot_x_px": shape.hot_x_px, "hot_y_px": shape.hot_y_px} for shape in desk.shapes
        ],
        "training": desk.about,
    }
    images = {f"{place:03d}": torch.from_numpy(shape.rgba) for place, shape in enumerate(desk.shapes)}
    save_folder(
        folder,
        config,
        **_tokenizer_tensors(desk.tokenizer),
        world=_half(desk.world.state_dict()),
        shapes=images,
        starts={"latent": desk.starts.to(torch.float16)},
    )


def load_desk(folder: Path) -> Desk:
    """Read a folder of `save_desk`; ValueError, with the remedy, where anything is missing or does not fit."""
    config = load_config(folder)
    tokenizer = load_tokenizer(folder)
    world = WorldModel(_config(WorldConfig, config, "world", folder))
    load_module(world, folder, "world")
    images = load_tensors(folder, "shapes")
    rows = config.get("shapes", [])
    starts = load_tensors(folder, "starts").get("latent")
    tiles = world.config.rows * world.config.columns
    if len(images) != len(rows) or len(rows) != world.config.shapes:
        raise ValueError(f"{folder} has pointer shapes that do not match its config; copy the checkpoint again")
    if starts is None or not len(starts) or starts.shape[1:] != (tiles, world.config.channels):
        raise ValueError(f"{folder}/starts.safetensors does not fit this model; copy the checkpoint again")
    return Desk(
        tokenizer=tokenizer,
        world=world.eval(),
        starts=starts.float(),
        shapes=[PointerShape(rgba=np.asarray(images[f"{place:03d}"]), **row) for place, row in enumerate(rows)],
        fps=float(config["fps"]),
        about=config.get("training", {}),
    )


def _config(kind: type, config: dict[str, Any], name: str, folder: Path) -> Any:
    try:
        return kind(**config[name])
    except (KeyError, TypeError) as error:
        raise ValueError(
            f"{folder}/config.json does not describe a {name}; name a checkpoint of this version"
        ) from error


def _tokenizer_tensors(tokenizer: Tokenizer) -> dict[str, dict[str, Tensor]]:
    return {"vae": _half(tokenizer.vae.state_dict()), "whitening": tokenizer.whitening.tensors()}


def _half(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: value.to(torch.bfloat16) for name, value in tensors.items()}
