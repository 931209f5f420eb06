"""Two desks in, one out that has the mean of their world models' weights (model soups, Wortsman et al. 2022).

Of a training and what it went on from, the mean often plays better than either: what the last steps unlearned is still
half there.
"""

from copy import deepcopy
from dataclasses import replace

import torch

from models.adopt import adopt
from models.desk import Desk
from models.train import DESCENT


def averaged(desk: Desk, other: Desk, share: float) -> Desk:
    """The `desk` with `share` of the `other`'s weights in its world model; what the other says of a content, a size or
    a pointer shape counts for the same one.

    Raises ValueError where the two have other sizes or see through different VAEs, or share is none.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"a share of {share:g} is none; give one from 0 to 1")
    vaes = (each.tokenizer.vae.state_dict() for each in (desk, other))
    mine, theirs = (torch.cat([value.flatten() for value in vae.values()]) for vae in vaes)
    if not torch.equal(mine, theirs):
        raise ValueError("the two desks have different VAEs; average desks of which one went on from the other")
    world = deepcopy(desk.world)
    adopt(world, desk.library, [shape.name for shape in desk.shapes], other)
    weights = {name: value.lerp(desk.world.state_dict()[name], 1 - share) for name, value in world.state_dict().items()}
    world.load_state_dict(weights)
    told = {name: other.about[name] for name in DESCENT if name in other.about}
    return replace(desk, world=world, about=desk.about | {"averaged": {"with": told, "share": share}})
