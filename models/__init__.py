"""The mathematics: tile VAE, world model, diffusion, latents, checkpoints, one training loop.

Axes in shape annotations: b batch (frames or transitions), n tiles in a set, r tile rows, q tile columns, g global
tokens, e events, c latent channels, d width, h w pixels of a tile, k history.
"""
