"""Worlds that others wrote, by name."""

import importlib
from pathlib import Path
from typing import Any

from simulator.world import World


def load_world(name: str, checkpoint: Path, *, device: str | None) -> World:
    """Call `module:function` with the checkpoint; the function is found from the folder that Python runs in.

    Raises ValueError, with the remedy, where there is no such function, and whatever it raises itself.
    """
    module, _, path = name.partition(":")
    try:
        make: Any = importlib.import_module(module)
        for attribute in path.split("."):
            make = getattr(make, attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise ValueError(f"there is no world '{name}' ({error}); give it as module:function") from error
    return make(checkpoint, device=device)
