"""The tile VAE: strictly local, closed-form KL, whole and part agree."""

import numpy as np
import pytest
import torch

from models.latents import Whitening, decode_tiles, encode_tiles
from models.tiles import grid_shape, to_frame, to_tiles
from models.vae import TileVAE, VAEConfig, gaussian_kl, to_u8, to_unit

CONFIG = VAEConfig(channels=8, width=64, hidden=64, blocks=1)


def test_tiles_and_back() -> None:
    frame = np.random.default_rng(0).integers(0, 256, (32, 48, 3), np.uint8)
    assert np.array_equal(to_frame(to_tiles(frame), 3), frame)
    assert np.array_equal(to_tiles(frame)[4].reshape(16, 16, 3), frame[16:32, 16:32])


def test_a_frame_that_does_not_divide_is_refused() -> None:
    with pytest.raises(ValueError, match="multiple"):
        grid_shape((500, 384))


def test_u8_and_unit_are_inverse() -> None:
    values = torch.arange(256, dtype=torch.uint8)[None]
    assert torch.equal(to_u8(to_unit(values)), values)


def test_one_pixel_changes_one_latent_and_one_latent_one_tile() -> None:
    vae = TileVAE(CONFIG)
    vae.start_from_components(torch.randn(100, 768))
    tiles = torch.randint(0, 256, (24, 768), dtype=torch.uint8)
    touched = tiles.clone()
    touched[5, 100] ^= 255
    before, after = encode_tiles(vae, tiles), encode_tiles(vae, touched)
    assert [place for place in range(24) if not torch.equal(before[place], after[place])] == [5]
    changed = before.clone()
    changed[7] += 1
    pixels, others = decode_tiles(vae, before), decode_tiles(vae, changed)
    assert [place for place in range(24) if not torch.equal(pixels[place], others[place])] == [7]


def test_a_set_of_tiles_decodes_as_in_the_full_frame() -> None:
    vae = TileVAE(CONFIG)
    vae.start_from_components(torch.randn(100, 768))
    latent = torch.randn(768, 8)
    full, part = decode_tiles(vae, latent), decode_tiles(vae, latent[10:26])
    assert (full[10:26].int() - part.int()).abs().max() <= 1


def test_kl_against_torch() -> None:
    mean, log_variance = torch.randn(4, 3), torch.randn(4, 3)
    normal = torch.distributions.Normal
    expected = torch.distributions.kl_divergence(
        normal(mean, torch.exp(0.5 * log_variance)), normal(torch.zeros(4, 3), torch.ones(4, 3))
    )
    assert torch.allclose(gaussian_kl(mean, log_variance), expected, atol=1e-5)


def test_principal_components_reconstruct_what_lies_in_their_span() -> None:
    """With as many channels as the data has directions, the linear path alone is exact."""
    vae = TileVAE(CONFIG)
    tiles = torch.randn(500, 8) @ torch.randn(8, 768) * 0.1
    vae.start_from_components(tiles)
    mean, _ = vae.encode(tiles)
    assert torch.allclose(vae.decode(mean), tiles, atol=2e-2)


def test_whitening_gives_mean_zero_and_deviation_one() -> None:
    generator = torch.Generator().manual_seed(0)
    latents = torch.randn(1000, 4, generator=generator) * torch.tensor([1.0, 5.0, 0.3, 2.0]) + 3
    whitening = Whitening.of(latents)
    white = whitening.whiten(latents)
    assert torch.allclose(white.mean(0), torch.zeros(4), atol=1e-4)
    assert torch.allclose(white.std(0), torch.ones(4), atol=1e-4)
    assert torch.allclose(whitening.unwhiten(white), latents, atol=1e-4)
