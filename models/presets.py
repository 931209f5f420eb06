"""Sizes by name: Python values, each written once."""

from dataclasses import dataclass, field

from models.moment import Draw
from models.vae import VAEConfig

SHIPPED = {"vae": 0.05, "clip": 0.02, "world": 0.93}
SMALL = {"vae": 0.2, "clip": 0.1, "world": 0.7}  # the VAE has to show something before the world model can


@dataclass(frozen=True, kw_only=True)
class Preset:
    """`world` and `clip` hold the sizes of WorldConfig and ClipConfig that do not follow from the data; `shares`
    are the stages' of the minutes of all."""

    vae: VAEConfig
    world: dict[str, int] = field(default_factory=dict)
    draw: Draw = field(default_factory=Draw)
    clip: dict[str, int] = field(default_factory=dict)
    clip_batch: int = 128
    shares: dict[str, float] = field(default_factory=lambda: SHIPPED)


PRESETS = {
    "desk": Preset(vae=VAEConfig(), draw=Draw(changed=64, near=24, idle=6, asked=6, cells=128, own=0.15)),
    "tiny": Preset(
        vae=VAEConfig(channels=16, width=64, hidden=64, blocks=1),
        world={"width": 64, "blocks": 1, "local_width": 32, "local_blocks": 1, "memory": 16, "head_width": 64,
               "head_blocks": 1, "palette": 2},
        draw=Draw(changed=6, near=2, idle=2, cells=16, own=0.3),
        clip={"space": 32, "tile_width": 16, "image_width": 32, "image_blocks": 1, "text_width": 32, "text_blocks": 1},
        clip_batch=32,
        shares=SMALL,
    ),
    "toy": Preset(
        vae=VAEConfig(channels=16, width=64, hidden=64, blocks=1),
        world={"width": 64, "blocks": 1, "local_width": 64, "local_blocks": 1, "memory": 32, "head_width": 64,
               "head_blocks": 1, "palette": 1024, "pictures": 512, "sizes": 128},
        draw=Draw(changed=12, near=4, idle=2, asked=1, cells=48, own=0.1),
        clip={"space": 32, "tile_width": 16, "image_width": 64, "image_blocks": 1, "text_width": 64, "text_blocks": 1},
        shares=SMALL,
    ),
}  # fmt: skip
