"""Latents of tile sets: raw as the VAE gives them, whitened (mean 0, deviation 1 a channel) as the world reads them."""

from dataclasses import dataclass

import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from models.precision import autocast
from models.vae import TileVAE, to_u8, to_unit

CHUNK_TILES = 8192
MIN_DEVIATION = 0.1  # a channel that hardly varies is not blown up


@dataclass(frozen=True, kw_only=True, eq=False)
class Whitening:
    """Channel statistics of raw latents."""

    mean: Float[Tensor, "c"]
    deviation: Float[Tensor, "c"]

    @classmethod
    def of(cls, latent_raw: Float[Tensor, "n c"]) -> "Whitening":
        return cls(mean=latent_raw.mean(0), deviation=latent_raw.std(0).clamp_min(MIN_DEVIATION))

    def whiten(self, latent_raw: Float[Tensor, "*n c"]) -> Float[Tensor, "*n c"]:
        return (latent_raw - self.mean) / self.deviation

    def unwhiten(self, latent: Float[Tensor, "*n c"]) -> Float[Tensor, "*n c"]:
        return latent * self.deviation + self.mean

    def to(self, device: torch.device) -> "Whitening":
        return Whitening(mean=self.mean.to(device), deviation=self.deviation.to(device))

    def tensors(self) -> dict[str, Tensor]:
        return {"mean": self.mean, "deviation": self.deviation}


@torch.inference_mode()
def encode_tiles(vae: TileVAE, tiles_u8: UInt8[Tensor, "n v"]) -> Float[Tensor, "n c"]:
    """Raw latents (the posterior's means) of a set of tiles."""
    with autocast(tiles_u8.device):
        parts = [vae.encode(to_unit(chunk))[0].float() for chunk in tiles_u8.split(CHUNK_TILES)]
    return torch.cat(parts)


@torch.inference_mode()
def decode_tiles(vae: TileVAE, latent_raw: Float[Tensor, "n c"]) -> UInt8[Tensor, "n v"]:
    """Tiles of a set of raw latents; in bfloat16 everywhere, where each comes out to the bit as it does alone."""
    with torch.autocast(latent_raw.device.type, torch.bfloat16):
        parts = [to_u8(vae.decode(chunk)) for chunk in latent_raw.split(CHUNK_TILES)]
    return torch.cat(parts)
