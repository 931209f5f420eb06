"""The stages that the training loop runs: the tile VAE, then the world model on its latents."""

import numpy as np
import torch
from torch import Tensor

from models.diffusion import draw_times
from models.losses import world_loss
from models.own_output import own_pasts
from models.track import Track
from models.transitions import Draw, Transitions
from models.vae import TileVAE, VAEConfig, to_unit
from models.world import WorldConfig, WorldModel

VAE_BATCH = 1024
COMPONENT_TILES = 30_000
COMMON_SHARE = 0.5  # of a batch is drawn by how often tiles are shown (plain ones), the rest from all alike (text)


class VAEStage:
    """Trains the VAE on the distinct tiles of tracks."""

    def __init__(self, tracks: list[Track], config: VAEConfig, seed: int) -> None:
        counts: dict[bytes, int] = {}
        for track in tracks:
            times = np.bincount(track.grids[track.dirty()], minlength=len(track.tiles_u8))
            for tile, count in zip(track.tiles_u8, times, strict=True):
                key = tile.tobytes()
                counts[key] = counts.get(key, 0) + int(count)
        self._tiles = torch.from_numpy(np.frombuffer(b"".join(counts), np.uint8).reshape(len(counts), -1).copy())
        shown = torch.tensor(list(counts.values()), dtype=torch.float64)
        weights = COMMON_SHARE * shown / shown.sum() + (1 - COMMON_SHARE) / len(shown)
        self._cumulative = weights.cumsum(0)
        self._seed = seed
        torch.manual_seed(seed)
        self.module = TileVAE(config)
        some = torch.randperm(len(self._tiles), generator=torch.Generator().manual_seed(seed))[:COMPONENT_TILES]
        self.module.start_from_components(to_unit(self._tiles[some]))

    def loss(self, step: int) -> tuple[Tensor, dict[str, float]]:
        generator = torch.Generator().manual_seed(self._seed * 1_000_003 + step)
        drawn = torch.searchsorted(self._cumulative, torch.rand(VAE_BATCH, generator=generator, dtype=torch.float64))
        noise = torch.randn(VAE_BATCH, self.module.config.channels, generator=generator)
        with torch.autocast("cpu", torch.bfloat16):
            return self.module(self._tiles[drawn.clamp_max(len(self._tiles) - 1)], noise)


class WorldStage:
    """Trains the world model on whitened latents."""

    def __init__(
        self, tracks: list[Track], latents: Tensor, config: WorldConfig, draw: Draw, shape_names: list[str], seed: int
    ) -> None:
        self._transitions = Transitions(tracks, latents, draw, shape_names)
        self._seed, self._own = seed, draw.own
        torch.manual_seed(seed)
        self.module = WorldModel(config)

    def loss(self, step: int) -> tuple[Tensor, dict[str, float]]:
        random = np.random.default_rng([self._seed, step])
        moments, weights = self._transitions.draw(random)
        with torch.autocast("cpu", torch.bfloat16):
            own = own_pasts(self.module, self._transitions, moments, self._own, random)
            batch = self._transitions.assemble(moments, weights, random, own)
            generator = torch.Generator().manual_seed(self._seed * 1_000_003 + step)
            noise = torch.randn(batch.target.shape, generator=generator)
            return world_loss(self.module, batch, noise, draw_times(len(noise), generator))
