"""Beginning a training with what another desk knows: what is said of a content, a size or a pointer shape goes to the
same one, wherever the new library has it.
"""

from collections.abc import Hashable, Sequence

import numpy as np
import torch
from torch import Tensor

from models.cells import fingerprints
from models.desk import Desk
from models.library import Library
from models.world import WorldModel

OF_CONTENTS, OF_SIZES, OF_SHAPES = ("palette.bias",), ("place.sizes.key_say", "place.sizes.bias"), ("shape.",)


def adopt(world: WorldModel, library: Library, shape_names: Sequence[str], start: Desk) -> None:
    """Give a `world` that was filled with a `library` the weights of a `start`.

    What the start does not know stays as it is. Raises ValueError where the start is of other sizes.
    """
    contents = _places(
        _contents(start.library, len(start.world.palette.bias)), _contents(library, world.config.palette)
    )
    sizes = _places(_sizes(start.library, start.world.config.sizes), _sizes(library, world.config.sizes))
    shapes = _places([shape.name for shape in start.shapes], shape_names)
    state = world.state_dict()
    for name, old in start.world.state_dict().items():
        rows = contents if name in OF_CONTENTS else sizes if name in OF_SIZES else None
        rows = shapes if name.startswith(OF_SHAPES) else rows
        if name not in state or (rows is None and state[name].shape != old.shape):
            raise ValueError(f"the desk has another '{name}'; train with its preset, or without --from-desk")
        if rows is None:
            state[name] = old
        else:
            state[name][rows[1]] = old[rows[0]]
    world.load_state_dict(state)


def _contents(library: Library, size: int) -> list[int]:
    return fingerprints(library.tiles_u8[:size]).tolist()


def _sizes(library: Library, most: int) -> list[tuple[int, int]]:
    return [(width, height) for width, height in library.pictures.sizes()[0][:most].tolist()]


def _places(old: Sequence[Hashable], new: Sequence[Hashable]) -> tuple[Tensor, Tensor]:
    """Of what is in both: its places in the old and in the new."""
    place = {item: number for number, item in enumerate(old)}
    both = np.array([(place[item], number) for number, item in enumerate(new) if item in place], np.int64)
    where_old, where_new = torch.from_numpy(both.reshape(-1, 2)).unbind(dim=1)
    return where_old, where_new
