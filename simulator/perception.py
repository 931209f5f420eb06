"""The door to LPIPS, which asks a pretrained network how different two pictures look."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.measure import Perceive

_WEIGHTS = "alexnet-owt-*.pth"  # as torchvision keeps them


def missing_reason() -> str | None:
    """Why LPIPS is not measured; None where torchmetrics, torchvision and AlexNet's weights are here already."""
    libraries = [name for name in ("torchmetrics", "torchvision") if find_spec(name) is None]
    if libraries:
        return f"{' and '.join(libraries)} with AlexNet's weights would be needed"
    import torch

    if not any(Path(torch.hub.get_dir(), "checkpoints").glob(_WEIGHTS)):
        return "AlexNet's pretrained weights are not on this machine"
    return None


def load_lpips() -> Perceive:
    """Zhang et al. 2018 with AlexNet: how far two frames (H, W, 3) are apart, 0 for equal ones, about 1 for unlike."""
    import torch

    module: Any = import_module("torchmetrics.image.lpip")  # a library that nothing else here needs
    network = module.LearnedPerceptualImagePatchSimilarity(net_type="alex", normalize=True).eval()

    def perceive(true_u8: NDArray[np.uint8], shown_u8: NDArray[np.uint8]) -> float:
        pair = [torch.from_numpy(frame.copy()).permute(2, 0, 1)[None] / 255 for frame in (true_u8, shown_u8)]
        with torch.inference_mode():
            return float(network(*pair))

    return perceive
