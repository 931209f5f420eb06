"""`python -m models train`: what each stage reads, trains and writes."""

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from models.clip import NAME as CLIP_FOLDER
from models.clip import ClipConfig, ClipModel, load_clip, save_clip
from models.clip_stage import ClipStage
from models.desk import Desk, Tokenizer, load_desk, load_tokenizer, save_desk, save_tokenizer
from models.fates import Fates
from models.latents import Whitening, encode_tiles
from models.pairs import load_pairs, tells
from models.parallel import Ranks
from models.presets import PRESETS, Preset
from models.rest import rest_frames
from models.stages import VAEStage, WorldStage
from models.starts import start_screens
from models.track import Track, load_tracks
from models.training import STATE, TrainConfig, Trainer
from models.vae import TileVAE
from models.world import WorldModel
from models.world_config import WorldConfig, merge_of
from recorder.clock import Clock
from recorder.dataset import file_hash, session_paths
from recorder.pointer import PointerShape
from recorder.session import Session

VAE_FOLDER, DESK_FOLDER, TRACKS_FOLDER = "vae", "desk", "tracks"
STATES = {"vae": "vae-state", "clip": "clip-state", "world": "world-state"}
COOLS_FROM_DESK = 0.8  # share of the budget: what is known already is not to be unlearned at the full rate
DESCENT = ("preset", "seed", "minutes", "steps", "data", "averaged", "from_desk")  # of what a desk says of its training


@dataclass(frozen=True, kw_only=True)
class Order:
    """What to train, on what, into where, for how long."""

    data: Path
    out: Path
    preset: str
    minutes: float
    resume: bool
    seed: int
    threads: int
    from_desk: Path | None = None

    def values(self) -> Preset:
        if self.preset not in PRESETS:
            raise ValueError(f"preset '{self.preset}' is not one of {', '.join(PRESETS)}")
        return PRESETS[self.preset]


def train_vae(order: Order, clock: Clock) -> None:
    """Sessions in, `OUT/vae` out."""
    torch.set_num_threads(order.threads)
    paths, tracks = _tracks(order)
    ranks = Ranks.join()
    start = load_desk(order.from_desk) if order.from_desk else None
    stage = VAEStage(tracks, order.values().vae, order.seed, ranks, start)
    config = TrainConfig(minutes=order.minutes, seed=order.seed)
    trainer = Trainer(stage, config, order.out / STATES["vae"], clock, ranks)
    about = _about(paths, order) | _descent(start)

    def save(trainer: Trainer) -> None:
        vae = TileVAE(stage.module.config)
        vae.load_state_dict(_rounded(trainer.ema))
        some = torch.from_numpy(np.concatenate([track.tiles_u8[::7] for track in tracks]))
        whitening = start.tokenizer.whitening if start else Whitening.of(encode_tiles(vae, some))
        training = about | {"minutes": round(trainer.minutes, 1), "steps": trainer.step}
        save_tokenizer(order.out / VAE_FOLDER, Tokenizer(vae=vae, whitening=whitening), training)

    _run(trainer, order, save)


def train_clip(order: Order, clock: Clock) -> None:
    """Sessions in, `OUT/clip` out."""
    torch.set_num_threads(order.threads)
    paths = session_paths(order.data, "train")
    pairs = load_pairs(paths, order.data / TRACKS_FOLDER)
    rows, columns = pairs.grid_shape
    ranks = Ranks.join()
    preset = order.values()
    config = ClipConfig(rows=rows, columns=columns, **preset.clip)
    stage = ClipStage(pairs, config, preset.clip_batch, order.seed, ranks)
    budget = TrainConfig(minutes=order.minutes, seed=order.seed)
    trainer = Trainer(stage, budget, order.out / STATES["clip"], clock, ranks)
    about = _about(paths, order) | {"screens": len(pairs)}

    def save(trainer: Trainer) -> None:
        model = ClipModel(stage.module.config)
        model.load_state_dict(trainer.ema)
        save_clip(order.out / CLIP_FOLDER, model, about | {"minutes": round(trainer.minutes, 1), "steps": trainer.step})

    _run(trainer, order, save)


def train_world(order: Order, clock: Clock) -> None:
    """Sessions and `OUT/vae` in, and `OUT/clip` where it is there; the playable `OUT/desk` out."""
    torch.set_num_threads(order.threads)
    paths, tracks = _tracks(order)
    tokenizer = load_tokenizer(order.out / VAE_FOLDER)
    clip = load_clip(order.out / CLIP_FOLDER) if (order.out / CLIP_FOLDER).is_dir() else None
    shapes = _shapes(paths)
    rows, columns = (int(side) for side in tracks[0].grid_shape)
    config = WorldConfig(
        rows=rows,
        columns=columns,
        channels=tokenizer.vae.config.channels,
        shapes=len(shapes),
        text=clip.config.text_width if clip else 0,
        merge=merge_of(rows, columns),
        **order.values().world,
    )
    names = [shape.name for shape in shapes]
    ranks = Ranks.join()
    start = load_desk(order.from_desk) if order.from_desk else None
    stage = WorldStage(tracks, tokenizer, config, order.values().draw, names, order.seed, ranks, start, clip)
    stage.library = replace(stage.library, fates=Fates.counted(paths, tracks))
    budget = TrainConfig(minutes=order.minutes, seed=order.seed)
    if start:
        budget = replace(budget, cooldown=COOLS_FROM_DESK)
    trainer = Trainer(stage, budget, order.out / STATES["world"], clock, ranks)
    starts_u8 = start_screens(paths, tracks)
    with Session(paths[0]) as session:
        fps = session.fps
    rest = rest_frames(tracks)
    about = _about(paths, order) | _descent(start)

    def save(trainer: Trainer) -> None:
        world = WorldModel(config)
        world.load_state_dict(stage.module.state_dict() | trainer.ema)
        world.fill(stage.library, tokenizer.encode(stage.library.tiles_u8[: config.palette]))
        training = about | {"minutes": round(trainer.minutes, 1), "steps": trainer.step}
        training["minutes_in_all"] = minutes_in_all(training)
        desk = Desk(
            tokenizer=tokenizer,
            world=world,
            starts_u8=starts_u8,
            library=stage.library,
            shapes=shapes,
            fps=fps,
            rest_frames=rest,
            about=training,
            clip=clip,
        )
        save_desk(order.out / DESK_FOLDER, desk)

    _run(trainer, order, save)


def train_all(order: Order, clock: Clock) -> None:
    """The stages one after another, each for its share of the minutes; what was begun goes on where the order says so.

    CLIP is left out where the sessions say nothing: the desk then takes no text.
    """
    stages = {"vae": train_vae, "clip": train_clip, "world": train_world}
    if not any(tells(path) for path in session_paths(order.data, "train")):
        print("The sessions have no prompts, so no CLIP is trained and the desk takes no text.")
        del stages["clip"]
    shares = order.values().shares
    for name, train in stages.items():
        begun = (order.out / STATES[name] / STATE).is_file()
        train(replace(order, minutes=order.minutes * shares[name], resume=order.resume and begun), clock)


def _run(trainer: Trainer, order: Order, save: Any) -> None:
    if order.resume:
        trainer.resume()
    trainer.run(save)


def _tracks(order: Order) -> tuple[list[Path], list[Track]]:
    paths = session_paths(order.data, "train")
    tracks = load_tracks(paths, order.data / TRACKS_FOLDER)
    sizes = {tuple(track.grid_shape.tolist()) for track in tracks}
    if len(sizes) > 1:
        raise ValueError(f"{order.data} mixes screen sizes; train on sessions of one size")
    return paths, tracks


def _about(paths: list[Path], order: Order) -> dict[str, Any]:
    return {
        "preset": order.preset,
        "seed": order.seed,
        "threads": order.threads,
        "processes": Ranks.join().size,
        "hardware": f"{os.cpu_count()} CPU cores",
        "torch": torch.__version__,
        "data": {path.name: file_hash(path) for path in paths},
    }


def _descent(start: Desk | None) -> dict[str, Any]:
    """What a training began with."""
    return {"from_desk": {name: start.about[name] for name in DESCENT if name in start.about}} if start else {}


def minutes_in_all(training: dict[str, Any]) -> float:
    """Of what a desk says about its training: the minutes of it and of all that it went on from, as far as they say."""
    before = training.get("from_desk")
    return round(training.get("minutes", 0.0) + (minutes_in_all(before) if before else 0.0), 1)


def _rounded(tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """As they are after the checkpoint's bfloat16, so that the statistics belong to what ships."""
    return {name: value.to(torch.bfloat16).float() for name, value in tensors.items()}


def _shapes(paths: list[Path]) -> list[PointerShape]:
    """The pointer shapes of all sessions, one for each name, by name."""
    found: dict[str, PointerShape] = {}
    for path in paths:
        with Session(path) as session:
            for shape in session.shapes():
                found.setdefault(shape.name, shape)
    return [found[name] for name in sorted(found)]
