"""What a benchmark ran on."""

import resource
import sys
from typing import Any

import torch

from recorder.machine import processor

_MIB = 1 << 20


def describe_machine(device: torch.device) -> dict[str, Any]:
    """`device` in words and `threads`."""
    words = torch.cuda.get_device_name(device) if device.type == "cuda" else f"cpu ({processor()})"
    return {"device": words, "threads": torch.get_num_threads()}


def peak_memory_mb(device: torch.device) -> float:
    """The most memory that this process held so far, in MiB: tensors on a GPU, else resident."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device) / _MIB
    resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return resident / _MIB if sys.platform == "darwin" else resident / 1024
