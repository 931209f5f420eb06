"""A playable checkpoint: VAE, whitening, world model, first screens and pointer shapes in one folder."""

import math
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor

from models.checkpoint import load_config, load_module, load_tensors, save_folder
from models.clip import NAME as CLIP
from models.clip import ClipModel, clip_parts, load_clip
from models.fates import Fates
from models.follows import Follows
from models.latents import Whitening, decode_tiles, encode_tiles
from models.library import Library
from models.pictures import Pictures
from models.tiles import TILE_PX, TILE_VALUES
from models.typed import Typed
from models.vae import TileVAE, VAEConfig
from models.world import WorldModel
from models.world_config import WorldConfig
from recorder.pointer import PointerShape

LIBRARY_NUMBERS = (
    "picture_sizes", "picture_contents", "picture_kept", "picture_settled", "picture_times",
    "typed_contents", "typed_ways", "typed_times",
    "follows_times",
    "fate_sizes", "fate_menus", "fate_deeds", "fate_times", "fate_happened",
)  # fmt: skip
FINGERPRINTS = ("follows_before", "follows_after")


@dataclass(frozen=True, kw_only=True, eq=False)
class Tokenizer:
    """The VAE with the statistics of its latents."""

    vae: TileVAE
    whitening: Whitening

    def encode(self, tiles_u8: NDArray[np.uint8]) -> Float[Tensor, "n c"]:
        """Whitened latents of tiles (n, TILE_VALUES)."""
        return self.whitening.whiten(encode_tiles(self.vae, torch.from_numpy(tiles_u8).to(self.device)))

    def decode(self, latent: Float[Tensor, "n c"]) -> NDArray[np.uint8]:
        """Tiles (n, TILE_VALUES) of whitened latents."""
        return decode_tiles(self.vae, self.whitening.unwhiten(latent)).cpu().numpy()

    def to(self, device: torch.device) -> "Tokenizer":
        return Tokenizer(vae=self.vae.to(device), whitening=self.whitening.to(device))

    @property
    def device(self) -> torch.device:
        return self.whitening.mean.device


@dataclass(frozen=True, kw_only=True, eq=False)
class Desk:
    """Everything that a generated desktop consists of.

    `starts_u8` (s, H, W, 3) are first screens; the `library` is what the world was filled with; `shapes` the pointer
    shapes in the order of the model's logits; `about` what config.json says of the training; `clip` chooses among the
    first screens by a prompt, None where the checkpoint has none; `rest_frames` after the last input nothing changes.
    """

    tokenizer: Tokenizer
    world: WorldModel
    starts_u8: NDArray[np.uint8]
    library: Library
    shapes: list[PointerShape]
    fps: float
    rest_frames: int
    about: dict[str, Any]
    clip: ClipModel | None = None


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
        "rest_frames": desk.rest_frames,
        "shapes": [
            {"name": shape.name, "hot_x_px": shape.hot_x_px, "hot_y_px": shape.hot_y_px} for shape in desk.shapes
        ],
        "training": desk.about,
    }
    clip_config, clip_weights = clip_parts(desk.clip) if desk.clip else ({}, {})
    images = {f"{place:03d}": torch.from_numpy(shape.rgba) for place, shape in enumerate(desk.shapes)}
    save_folder(
        folder,
        config | clip_config,
        **_tokenizer_tensors(desk.tokenizer),
        **clip_weights,
        world=_half(desk.world.state_dict()),
        shapes=images,
        library={
            "starts": _deflated(desk.starts_u8),
            "contents": _deflated(desk.library.tiles_u8),
            **{name: _deflated(values.astype(np.int32)) for name, values in _numbers(desk.library)},
            **{name: _deflated(values) for name, values in _fingerprints(desk.library)},
        },
    )


def load_desk(folder: Path) -> Desk:
    """Read a folder of `save_desk`; ValueError, with the remedy, where anything is missing or does not fit."""
    config = load_config(folder)
    fps, rest_frames = _load_fps(folder, config), _load_rest(folder, config)
    tokenizer = load_tokenizer(folder)
    world = WorldModel(_config(WorldConfig, config, "world", folder))
    load_module(world, folder, "world")
    shapes = _load_shapes(folder, config.get("shapes"), world.config.shapes)
    starts_u8, library = _load_library(folder, world.config)
    world.fill(library, tokenizer.encode(library.tiles_u8[: world.config.palette]))
    return Desk(
        tokenizer=tokenizer,
        world=world.eval(),
        starts_u8=starts_u8,
        library=library,
        shapes=shapes,
        fps=fps,
        rest_frames=rest_frames,
        about=config.get("training", {}),
        clip=load_clip(folder) if CLIP in config else None,
    )


def _config(kind: type, config: dict[str, Any], name: str, folder: Path) -> Any:
    try:
        return kind(**config[name])
    except (KeyError, TypeError) as error:
        raise ValueError(
            f"{folder}/config.json does not describe a {name}; name a checkpoint of this version"
        ) from error


def _load_fps(folder: Path, config: dict[str, Any]) -> float:
    fps = config.get("fps")
    if not isinstance(fps, int | float) or not 0 < fps < math.inf:
        raise ValueError(f"{folder}/config.json does not say its frames a second (fps); copy the checkpoint again")
    return float(fps)


def _load_rest(folder: Path, config: dict[str, Any]) -> int:
    frames = config.get("rest_frames")
    if not isinstance(frames, int) or frames < 0:
        raise ValueError(
            f"{folder}/config.json does not say when the desktop comes to rest (rest_frames); "
            "train it again or name a checkpoint of this version"
        )
    return frames


def _load_shapes(folder: Path, rows: Any, count: int) -> list[PointerShape]:
    """The pointer shapes in the order of the model's logits; `rows` is what the config says of them."""
    images = load_tensors(folder, "shapes")
    try:
        shapes = [_shape(images[f"{place:03d}"].numpy(), row) for place, row in enumerate(rows)]
        if len(shapes) != count or len(images) != count:
            raise ValueError("shapes are missing")
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(
            f"{folder} has pointer shapes that do not match its config; copy the checkpoint again"
        ) from error
    return shapes


def _shape(rgba: NDArray[Any], row: Any) -> PointerShape:
    """Raises TypeError or ValueError where either is no shape's."""
    shape = PointerShape(rgba=rgba, **row)
    spots = isinstance(shape.hot_x_px, int) and isinstance(shape.hot_y_px, int)
    if not spots or not isinstance(shape.name, str) or rgba.dtype != np.uint8 or rgba.shape[2:] != (4,):
        raise ValueError("no pointer shape")
    return shape


def _tokenizer_tensors(tokenizer: Tokenizer) -> dict[str, dict[str, Tensor]]:
    return {"vae": _half(tokenizer.vae.state_dict()), "whitening": tokenizer.whitening.tensors()}


def _deflated(values: NDArray[Any]) -> Tensor:
    return torch.frombuffer(bytearray(zlib.compress(values.tobytes(), 9)), dtype=torch.uint8)


def _numbers(library: Library) -> Iterator[tuple[str, NDArray[np.int64]]]:
    pictures, typed, follows, fates = library.pictures, library.typed, library.follows, library.fates
    values = (
        pictures.size_px,
        pictures.content,
        pictures.kept,
        pictures.settled,
        pictures.times,
        typed.content,
        typed.way,
        typed.times,
        follows.times,
        fates.size_px,
        fates.menus,
        fates.deed,
        fates.times,
        fates.happened,
    )
    return zip(LIBRARY_NUMBERS, values, strict=True)


def _fingerprints(library: Library) -> Iterator[tuple[str, NDArray[np.int64]]]:
    return zip(FINGERPRINTS, (library.follows.before, library.follows.after), strict=True)


def _load_library(folder: Path, config: WorldConfig) -> tuple[NDArray[np.uint8], Library]:
    """First screens, and the library."""
    tensors = load_tensors(folder, "library")
    screen = (config.rows * TILE_PX, config.columns * TILE_PX, 3)
    try:
        flat = {name: bytearray(zlib.decompress(tensor.numpy().tobytes())) for name, tensor in tensors.items()}
        starts_u8 = np.frombuffer(flat["starts"], np.uint8).reshape(-1, *screen)
        tiles_u8 = np.frombuffer(flat["contents"], np.uint8).reshape(-1, TILE_VALUES)
        numbers = {name: np.frombuffer(flat[name], np.int32).astype(np.int64) for name in LIBRARY_NUMBERS}
        sizes, content, kept, settled, times, *others = (numbers[name] for name in LIBRARY_NUMBERS)
        pictures = Pictures(size_px=sizes.reshape(-1, 2), content=content, kept=kept, settled=settled, times=times)
        if (
            not len(starts_u8)
            or max(part.max(initial=-1) for part in (content, kept, settled)) >= len(tiles_u8)
            or len(pictures) > config.pictures
        ):
            raise ValueError("screens or contents are missing")
        typed = Typed(**dict(zip(("content", "way", "times"), others[:3], strict=True)))
        before, after = (np.frombuffer(flat[name], np.int64) for name in FINGERPRINTS)
        follows = Follows(before=before, after=after, times=others[3])
        thing_px, menus, deed, done, happened = others[4:]
        fates = Fates(
            size_px=thing_px.reshape(-1, 2), menus=menus, deed=deed.reshape(-1, 5), times=done, happened=happened
        )
    except (KeyError, ValueError, zlib.error) as error:
        raise ValueError(f"{folder}/library.safetensors does not fit this model; copy the checkpoint again") from error
    return starts_u8, Library(tiles_u8=tiles_u8, pictures=pictures, typed=typed, follows=follows, fates=fates)


def _half(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: value.to(torch.bfloat16) for name, value in tensors.items()}
