"""A tiny desk of random weights, which shows nothing that means anything, for tests of how it is computed."""

import numpy as np
import torch
from torch import nn

from models.desk import Desk, Tokenizer
from models.latents import Whitening
from models.library import Library
from models.tiles import TILE_PX, TILE_VALUES
from models.vae import TileVAE, VAEConfig
from models.world import WorldModel
from models.world_config import WorldConfig
from tests.models.plain_pictures import plain_pictures
from tests.models.toy import ARROW, FPS

CONFIG = WorldConfig(
    rows=8, columns=8, channels=16, shapes=1, width=64, blocks=1, local_width=32, local_blocks=1, memory=16,
    head_width=64, head_blocks=1, palette=8, pictures=2, sizes=4,
)  # fmt: skip


def random_desk(seed: int = 0, first_screens: int = 2) -> Desk:
    """128x128 pixels, in float32; no layer's output is zero, as those of many are before training."""
    random = np.random.default_rng(seed)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        vae = TileVAE(VAEConfig(channels=CONFIG.channels, width=64, hidden=64, blocks=1)).eval()
        world = WorldModel(CONFIG).eval()
        for weights in world.parameters():
            nn.init.normal_(weights, std=0.2)
    statistics = Whitening(mean=torch.zeros(CONFIG.channels), deviation=torch.ones(CONFIG.channels))
    library = Library(
        tiles_u8=random.integers(256, size=(CONFIG.palette, TILE_VALUES), dtype=np.uint8),
        pictures=plain_pictures([], [], []),
    )
    tokenizer = Tokenizer(vae=vae, whitening=statistics)
    world.fill(library, tokenizer.encode(library.tiles_u8))
    height, width = CONFIG.rows * TILE_PX, CONFIG.columns * TILE_PX
    return Desk(
        tokenizer=tokenizer,
        world=world,
        starts_u8=random.integers(256, size=(first_screens, height, width, 3), dtype=np.uint8),
        library=library,
        shapes=[ARROW],
        fps=FPS,
        rest_frames=30,
        about={},
    )
