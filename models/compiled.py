"""The calls of a world model that take the time in play, compiled (`torch.compile`); on a GPU they run as CUDA graphs.

They give what the plain calls give, to rounding. The look is compiled for one moment without a text, which is what play
asks for in almost every frame; the head once for any number of cells, for one compilation for each of `models.buckets`
would take minutes. CUDA graphs are recorded for each bucket, which takes no compilation.
"""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any, TypeVar

import torch
from jaxtyping import Float
from torch import Tensor

from models.context import Context
from models.head import Condition, Estimate, Head
from models.world import Outlook, WorldModel

INDUCTOR = "inductor"
CUDA_GRAPHS = "reduce-overhead"
_T = TypeVar("_T", Outlook, Estimate)


class CompiledOutlook:
    """`WorldModel.outlook`; contexts of several moments or with a text go to the model itself."""

    def __init__(self, world: WorldModel, backend: str, *, graphs: bool) -> None:
        self._plain = world.outlook
        self._fast = _compiled(world.outlook, backend, graphs=graphs, dynamic=False)

    def __call__(self, context: Context) -> Outlook:
        alone = len(context.latent) == 1 and not context.text.shape[1]
        return self._fast(context) if alone else self._plain(context)


class CompiledHead:
    """A head whose look at the cells of a change is compiled; the rest is the head's own."""

    def __init__(self, head: Head, backend: str, *, graphs: bool) -> None:
        self.condition, self.choice = head.condition, head.choice
        self._fast = _compiled(head, backend, graphs=graphs, dynamic=True)

    def __call__(self, x: Float[Tensor, "n c"], t: Float[Tensor, "n"], condition: Condition) -> Estimate:
        """Of the cells of the first frame; what fills the batch up after them gets an estimate of no meaning."""
        assert isinstance(condition.counts, list)
        there = torch.arange(len(x), device=x.device) < condition.counts[0]
        return self._fast(x, t, replace(condition, tokens=condition.tokens[:1], counts=there))


def _compiled(call: Callable[..., _T], backend: str, *, graphs: bool, dynamic: bool) -> Callable[..., _T]:
    if not graphs:
        return torch.compile(call, backend=backend, dynamic=dynamic)
    fast = torch.compile(call, backend=backend, dynamic=dynamic, mode=CUDA_GRAPHS)

    def kept(*inputs: Any) -> _T:
        """The next run of the graph overwrites what it gave."""
        torch.compiler.cudagraph_mark_step_begin()
        gave = fast(*inputs)
        return replace(gave, **{field.name: getattr(gave, field.name).clone() for field in fields(gave)})

    return kept
