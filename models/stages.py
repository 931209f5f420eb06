"""The stages that the training loop runs: the tile VAE, then the world model on its latents."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from models.adopt import adopt
from models.clip import ClipModel
from models.desk import Desk, Tokenizer
from models.latents import encode_tiles
from models.library import gather
from models.losses import draw_noise, world_loss
from models.moment import Draw
from models.own_output import own_pasts
from models.parallel import ALONE, Ranks
from models.precision import CPU, autocast
from models.track import Track
from models.transitions import Transitions
from models.vae import TileVAE, VAEConfig, to_unit
from models.world import WorldModel
from models.world_config import WorldConfig

VAE_BATCH = 1024
KNOWN_PART, HOLD_WEIGHT = 4, 0.05  # contents that a start knows are a quarter as many, and weigh so much
COMPONENT_TILES = 30_000
OWN_FROM_STEP = 300  # before that the model paints nothing worth learning from
OWN_EVERY = 2  # steps: to paint a past costs as much as to learn from one
COMMON_SHARE = 0.5  # of a batch is drawn by how often tiles are shown (plain ones), the rest from all alike (text)


class VAEStage:
    """Trains the VAE on the distinct tiles of tracks.

    From a `start` on, the latents of the contents that it knows are held, so that its world model goes on understanding
    them.
    """

    def __init__(
        self, tracks: list[Track], config: VAEConfig, seed: int, ranks: Ranks = ALONE, start: Desk | None = None
    ) -> None:
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
        self._seed, self._ranks = seed, ranks
        torch.manual_seed(seed)
        self.module = TileVAE(config)
        self._known = _Known.of(start) if start else None
        if start:
            try:
                self.module.load_state_dict(start.tokenizer.vae.state_dict())
            except RuntimeError as error:
                raise ValueError(
                    "the desk has a VAE of other sizes; train with its preset, or without --from-desk"
                ) from error
            return
        some = torch.randperm(len(self._tiles), generator=torch.Generator().manual_seed(seed))[:COMPONENT_TILES]
        self.module.start_from_components(to_unit(self._tiles[some]))

    def loss(self, step: int) -> tuple[Tensor, dict[str, float]]:
        generator, count = _generator(self._seed, step, self._ranks), self._ranks.share(VAE_BATCH)
        drawn = torch.searchsorted(self._cumulative, torch.rand(count, generator=generator, dtype=torch.float64))
        noise = torch.randn(count, self.module.config.channels, generator=generator)
        with autocast(CPU):
            loss, logs = self.module(self._tiles[drawn.clamp_max(len(self._tiles) - 1)], noise)
            if self._known:
                moved = self._known.moved(self.module, count // KNOWN_PART, generator)
                loss, logs = loss + HOLD_WEIGHT * moved, logs | {"moved": float(moved.detach())}
            return loss, logs


@dataclass(frozen=True, kw_only=True, eq=False)
class _Known:
    """Contents with their latents, and the deviation of each channel."""

    tiles: UInt8[Tensor, "k v"]
    latent_raw: Float[Tensor, "k c"]
    deviation: Float[Tensor, "c"]

    @classmethod
    def of(cls, start: Desk) -> "_Known":
        tiles = torch.from_numpy(start.library.tiles_u8.copy())
        latent_raw = encode_tiles(start.tokenizer.vae, tiles)
        return cls(tiles=tiles, latent_raw=latent_raw, deviation=start.tokenizer.whitening.deviation)

    def moved(self, vae: TileVAE, count: int, generator: torch.Generator) -> Float[Tensor, ""]:
        """How far some of the latents are from where they were, in squared deviations of their channels."""
        some = torch.randint(len(self.tiles), (count,), generator=generator)
        mean, _ = vae.encode(to_unit(self.tiles[some]))
        return ((mean.float() - self.latent_raw[some]) / self.deviation).square().mean()


class WorldStage:
    """Trains the world model on whitened latents."""

    def __init__(
        self,
        tracks: list[Track],
        tokenizer: Tokenizer,
        config: WorldConfig,
        draw: Draw,
        shape_names: list[str],
        seed: int,
        ranks: Ranks = ALONE,
        start: Desk | None = None,
        clip: ClipModel | None = None,
    ) -> None:
        self._seed, self._own, self._ranks = seed, draw.own, ranks
        self._tokenizer, self.library = tokenizer, gather(tracks, config.palette, config.pictures)
        palette_u8 = self.library.tiles_u8[: config.palette]
        self._transitions = Transitions(tracks, tokenizer, draw, shape_names, palette_u8, clip)
        torch.manual_seed(seed)
        self.module = WorldModel(config)
        self.module.fill(self.library, tokenizer.encode(palette_u8))
        self.module.place.sizes.expect(self.library.pictures)
        self._own_from = OWN_FROM_STEP
        if start:
            adopt(self.module, self.library, shape_names, start)
            self._own_from = 0

    def loss(self, step: int) -> tuple[Tensor, dict[str, float]]:
        moments, weights = self._transitions.draw(np.random.default_rng([self._seed, step]), self._ranks)
        random = np.random.default_rng([self._seed, step, self._ranks.rank])
        with autocast(CPU):
            share = self._own if step >= self._own_from and step % OWN_EVERY == 0 else 0.0
            own = own_pasts(self.module, self._tokenizer, self._transitions, moments, share, random)
            batch = self._transitions.assemble(moments, weights, random, own)
            noise, t = draw_noise(batch, _generator(self._seed, step, self._ranks))
            return world_loss(self.module, batch, noise, t)


def _generator(seed: int, step: int, ranks: Ranks) -> torch.Generator:
    """The randomness of one step in one process."""
    return torch.Generator().manual_seed((seed * 1_000_003 + step) * ranks.size + ranks.rank)
