"""CLIP for desktops (Radford et al. 2021): screens and texts in one space, in which what belongs together is near.

Both towers are small because desktops are: the image tower sees mosaics of screens, each distinct tile once, and the
text tower words as bytes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from einops import rearrange
from jaxtyping import Bool, Float, Int, UInt8
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from models.checkpoint import load_config, load_module, save_folder
from models.layers import Norm, TransformerBlock
from models.mosaic import SMALL_VALUES, Mosaics, small_tiles
from models.spelling import PAD, PIECE_BYTES, PIECES, spell
from models.tiles import TILE_PX, to_tiles

NAME = "clip"
FIRST_TEMPERATURE, LEAST_TEMPERATURE = 0.07, 0.01
CHUNK = 64  # screens at once
PATCH_TILES = 4  # along a side of a patch, the image tower's token


@dataclass(frozen=True, kw_only=True)
class ClipConfig:
    """Sizes; `rows` and `columns` of tiles."""

    rows: int
    columns: int
    space: int = 96
    tile_width: int = 64
    image_width: int = 128
    image_blocks: int = 2
    text_width: int = 96
    text_blocks: int = 2
    byte_width: int = 24


@dataclass(frozen=True, kw_only=True, eq=False)
class TextStates:
    """`tokens` of a text and which of them there are, for cross-attention; the first is there for the empty text too.

    `pooled` is its place in the shared space, of length 1.
    """

    tokens: Float[Tensor, "b l d"]
    mask: Bool[Tensor, "b l"]
    pooled: Float[Tensor, "b s"]


class ImageTower(nn.Module):
    """Mosaics to the shared space: tiles, convolutions to patches of 4x4 tiles, attention among these, their mean.

    With a class token in place of the mean, which begins as zero and sees nothing at first, small towers collapsed.
    """

    def __init__(self, config: ClipConfig) -> None:
        super().__init__()
        self.grid_shape = config.rows, config.columns
        tile, width = config.tile_width, config.image_width
        self.tile = nn.Sequential(nn.Linear(SMALL_VALUES, 2 * tile), nn.GELU(), nn.Linear(2 * tile, tile), nn.GELU())
        self.merge = nn.ModuleList(
            nn.Conv2d(into, out, kernel_size=3, stride=2, padding=1) for into, out in ((tile, tile), (tile, width))
        )
        patches = -(-config.rows // PATCH_TILES) * -(-config.columns // PATCH_TILES)
        self.patch_place = nn.Parameter(0.02 * torch.randn(patches, width))
        self.blocks = nn.ModuleList(TransformerBlock(width) for _ in range(config.image_blocks))
        self.norm = Norm(width)
        self.out = nn.Linear(width, config.space, bias=False)

    def forward(self, tiles_u8: UInt8[Tensor, "u v"], grids: Int[Tensor, "b n"]) -> Float[Tensor, "b s"]:
        """Of the screens that `grids` make of distinct small tiles."""
        tiles = self.tile(tiles_u8.float() / 127.5 - 1)
        x = rearrange(functional.embedding(grids, tiles), "b (r q) d -> b d r q", r=self.grid_shape[0])
        for layer in self.merge:
            x = functional.gelu(layer(x))
        x = rearrange(x, "b d r q -> b (r q) d") + self.patch_place.to(x.dtype)
        seen = torch.ones(x.shape[:2], dtype=torch.bool, device=x.device)
        for block in self.blocks:
            x = block(x, seen)
        return functional.normalize(self.out(self.norm(x).mean(dim=1)).float(), dim=1)


class TextTower(nn.Module):
    """Spelled texts to token states and to the shared space."""

    def __init__(self, config: ClipConfig) -> None:
        super().__init__()
        width = config.text_width
        self.byte_value = nn.Embedding(PAD + 1, config.byte_width, padding_idx=PAD)
        self.enter = nn.Linear(PIECE_BYTES * config.byte_width, width)
        self.piece_place = nn.Parameter(0.02 * torch.randn(1 + PIECES, width))
        self.blocks = nn.ModuleList(TransformerBlock(width) for _ in range(config.text_blocks))
        self.norm = Norm(width)
        self.out = nn.Linear(width, config.space, bias=False)

    def forward(self, bytes_: Int[Tensor, "b p y"], there: Bool[Tensor, "b p"]) -> TextStates:
        x = self.enter(self.byte_value(bytes_).flatten(2))
        x = torch.cat([x.new_zeros(len(x), 1, x.shape[2]), x], dim=1) + self.piece_place[: 1 + x.shape[1]].to(x.dtype)
        mask = functional.pad(there, (1, 0), value=True)
        for block in self.blocks:
            x = block(x, mask)
        tokens = self.norm(x)
        mean = (tokens * mask[:, :, None]).sum(dim=1) / mask.sum(dim=1, keepdim=True)
        pooled = functional.normalize(self.out(mean.to(tokens.dtype)).float(), dim=1)
        return TextStates(tokens=tokens, mask=mask, pooled=pooled)


class ClipModel(nn.Module):
    """Both towers, and the learned temperature."""

    def __init__(self, config: ClipConfig) -> None:
        super().__init__()
        self.config = config
        self.image_tower, self.text_tower = ImageTower(config), TextTower(config)
        self.log_scale = nn.Parameter(torch.tensor(1 / FIRST_TEMPERATURE).log())

    @property
    def scale(self) -> Float[Tensor, ""]:
        """1 / temperature."""
        return self.log_scale.clamp(max=float(np.log(1 / LEAST_TEMPERATURE))).exp()

    @property
    def size_px(self) -> tuple[int, int]:
        """(width, height) of the screens."""
        return self.config.columns * TILE_PX, self.config.rows * TILE_PX

    @torch.inference_mode()
    def text(self, texts: Sequence[str]) -> TextStates:
        """Of any texts, the empty one too; what is longer than PIECES pieces is cut (`models.spelling`)."""
        return self.text_tower(*self._tensors(*spell(texts)))

    def image(self, frames_u8: NDArray[np.uint8]) -> Float[Tensor, "b s"]:
        """The places (b, space), of length 1, of frames (b, H, W, 3).

        Raises ValueError for frames of another size.
        """
        width, height = self.size_px
        if frames_u8.shape[1:] != (height, width, 3):
            raise ValueError(
                f"frames of {frames_u8.shape[2]}x{frames_u8.shape[1]} do not fit this CLIP, which is {width}x{height}; "
                "train one on sessions of that size"
            )
        return self.mosaics(Mosaics.of(np.stack([small_tiles(to_tiles(frame_u8)) for frame_u8 in frames_u8])))

    @torch.inference_mode()
    def mosaics(self, mosaics: Mosaics) -> Float[Tensor, "b s"]:
        """The same of frames that are mosaics already."""
        parts = [mosaics.take(part) for part in np.array_split(np.arange(len(mosaics)), -(-len(mosaics) // CHUNK))]
        return torch.cat([self.image_tower(*self._tensors(part.tiles_u8, part.grids)) for part in parts])

    def _tensors(self, *arrays: NDArray[Any]) -> Iterator[Tensor]:
        return (torch.from_numpy(array).to(self.log_scale.device) for array in arrays)


def contrastive_loss(
    image: Float[Tensor, "b s"],
    text: Float[Tensor, "b s"],
    scale: Float[Tensor, ""],
    negative: Bool[Tensor, "b b"],
) -> tuple[Float[Tensor, ""], dict[str, float]]:
    """Symmetric InfoNCE (Radford et al. 2021) of pairs in places of length 1.

    `negative` (image, text) says which text is wrong for which image: no other is told apart from the right one.
    """
    own = torch.eye(len(image), dtype=torch.bool, device=image.device)
    similarity = image.float() @ text.float().T
    logits = (scale.float() * similarity).masked_fill(~(negative | own), -torch.inf)
    right = torch.arange(len(image), device=image.device)
    loss = (functional.cross_entropy(logits, right) + functional.cross_entropy(logits.T, right)) / 2
    found = (logits.argmax(dim=1) == right).float().mean()
    logs = {"found": found, "temperature": 1 / scale, "negatives": negative.float().sum(dim=1).mean()}
    return loss, {name: float(value.detach()) for name, value in logs.items()}


def clip_parts(model: ClipModel) -> tuple[dict[str, Any], dict[str, dict[str, Tensor]]]:
    """What a checkpoint that has this CLIP says in its config, and its weights in bfloat16."""
    weights = {name: value.to(torch.bfloat16) for name, value in model.state_dict().items()}
    return {NAME: asdict(model.config)}, {NAME: weights}


def save_clip(folder: Path, model: ClipModel, training: dict[str, Any]) -> None:
    """Write the CLIP's folder."""
    config, weights = clip_parts(model)
    save_folder(folder, config | {"training": training}, **weights)


def load_clip(folder: Path) -> ClipModel:
    """Read a folder of `save_clip`, or of `save_desk` with a CLIP; ValueError where it is missing or does not fit."""
    try:
        config = ClipConfig(**load_config(folder)[NAME])
    except (KeyError, TypeError) as error:
        raise ValueError(f"{folder}/config.json does not describe a CLIP; name a checkpoint of this version") from error
    model = ClipModel(config)
    load_module(model, folder, NAME)
    return model.eval()
