"""The tile VAE: one 16x16 tile in, C latent channels out, and back; it sees no other tile.

Kingma and Welling 2014. Because encoder and decoder are functions of exactly one tile, an unchanged tile has a
bit-identical latent, and "dirty" means the same in pixels and in latents. A linear path (the principal components
of the training tiles) carries the bulk; residual MLPs add what a linear map can't, above all sharp text.
"""

from dataclasses import dataclass

import torch
from einops import rearrange
from jaxtyping import Float, UInt8
from torch import Tensor, nn

from models.layers import ResidualMLP
from models.tiles import TILE_PX, TILE_VALUES


@dataclass(frozen=True, kw_only=True)
class VAEConfig:
    """Sizes, and the weights of the loss terms."""

    channels: int = 96
    width: int = 256
    hidden: int = 768
    blocks: int = 2
    kl_weight: float = 1e-5
    edge_weight: float = 1.0
    square_weight: float = 2.0


def to_unit(tiles_u8: UInt8[Tensor, "n v"]) -> Float[Tensor, "n v"]:
    """Pixels 0..255 as -1..1."""
    return tiles_u8.float() / 127.5 - 1


def to_u8(tiles: Float[Tensor, "n v"]) -> UInt8[Tensor, "n v"]:
    """The inverse of `to_unit`, rounded and clipped."""
    return ((tiles.float() + 1) * 127.5).round().clamp(0, 255).to(torch.uint8)


class TileVAE(nn.Module):
    """Gaussian encoder and decoder of single tiles."""

    def __init__(self, config: VAEConfig) -> None:
        super().__init__()
        self.config = config
        width, channels = config.width, config.channels
        self.encode_in = nn.Linear(TILE_VALUES, width)
        self.encode_blocks = nn.Sequential(*(ResidualMLP(width, config.hidden) for _ in range(config.blocks)))
        self.encode_out = nn.Linear(width, 2 * channels)
        self.encode_linear = nn.Linear(TILE_VALUES, channels)
        self.decode_in = nn.Linear(channels, width)
        self.decode_blocks = nn.Sequential(*(ResidualMLP(width, config.hidden) for _ in range(config.blocks)))
        self.decode_out = nn.Linear(width, TILE_VALUES)
        self.decode_linear = nn.Linear(channels, TILE_VALUES)
        nn.init.zeros_(self.encode_out.weight)
        nn.init.zeros_(self.decode_out.weight)
        nn.init.zeros_(self.decode_out.bias)
        with torch.no_grad():
            self.encode_out.bias.copy_(torch.cat([torch.zeros(channels), torch.full((channels,), -6.0)]))

    @torch.no_grad()
    def start_from_components(self, tiles: Float[Tensor, "n v"]) -> None:
        """Set the linear path to the whitened principal components of tiles in -1..1."""
        mean = tiles.mean(0)
        variance, vectors = torch.linalg.eigh((tiles - mean).T @ (tiles - mean) / len(tiles))
        channels = self.config.channels
        variance, vectors = variance.flip(0)[:channels].clamp_min(1e-8), vectors.flip(1)[:, :channels]
        down = (vectors / variance.sqrt()).T
        self.encode_linear.weight.copy_(down)
        self.encode_linear.bias.copy_(-down @ mean)
        self.decode_linear.weight.copy_(vectors * variance.sqrt())
        self.decode_linear.bias.copy_(mean)

    def encode(self, tiles: Float[Tensor, "n v"]) -> tuple[Float[Tensor, "n c"], Float[Tensor, "n c"]]:
        """Mean and log variance of q(z | tile), for tiles in -1..1."""
        mean, log_variance = self.encode_out(self.encode_blocks(self.encode_in(tiles))).chunk(2, dim=-1)
        return mean + self.encode_linear(tiles), log_variance.float().clamp(-14, 4)

    def decode(self, latent_raw: Float[Tensor, "n c"]) -> Float[Tensor, "n v"]:
        """Tiles in about -1..1."""
        return self.decode_out(self.decode_blocks(self.decode_in(latent_raw))) + self.decode_linear(latent_raw)

    def forward(
        self, tiles_u8: UInt8[Tensor, "n v"], noise: Float[Tensor, "n c"]
    ) -> tuple[Float[Tensor, ""], dict[str, float]]:
        """Negative ELBO on a batch of tiles; `noise` is standard normal, for the reparameterised draw."""
        tiles = to_unit(tiles_u8)
        mean, log_variance = self.encode(tiles)
        decoded = self.decode(mean + torch.exp(0.5 * log_variance) * noise)
        reconstruction = self._reconstruction(decoded.float() - tiles)
        kl = gaussian_kl(mean.float(), log_variance).sum(-1).mean()
        loss = reconstruction + self.config.kl_weight * kl
        mse = (decoded.detach().float().clamp(-1, 1) - tiles).square().mean() / 4
        logs = {"reconstruction": reconstruction, "kl": kl, "psnr_db": -10 * mse.log10()}
        return loss, {name: float(value.detach()) for name, value in logs.items()}

    def _reconstruction(self, error: Float[Tensor, "n v"]) -> Float[Tensor, ""]:
        """L1 on pixels and on their differences to the neighbours (edges and text weigh in), and L2."""
        image = rearrange(error, "n (h w c) -> n h w c", h=TILE_PX, w=TILE_PX)
        edges = image.diff(dim=1).abs().mean() + image.diff(dim=2).abs().mean()
        config = self.config
        return error.abs().mean() + config.edge_weight * edges + config.square_weight * error.square().mean()


def gaussian_kl(mean: Float[Tensor, "n c"], log_variance: Float[Tensor, "n c"]) -> Float[Tensor, "n c"]:
    """KL(N(mean, exp(log_variance)) || N(0, 1)) per channel, in nats."""
    return 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance)
