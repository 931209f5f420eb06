"""bfloat16 where matrices are multiplied in it by hardware, and nowhere else."""

import pytest
import torch

from models.precision import CPU, autocast, best_dtype


@pytest.mark.parametrize(
    ("features", "dtype"),
    [
        ({"avx512": True}, torch.float32),
        ({"avx512_bf16": True, "amx_bf16": False}, torch.bfloat16),
        ({"amx_bf16": True}, torch.bfloat16),
        ({}, torch.float32),
    ],
)
def test_a_cpu_multiplies_in_what_it_has_hardware_for(
    monkeypatch: pytest.MonkeyPatch, features: dict[str, bool], dtype: torch.dtype
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: features)
    assert best_dtype(CPU) == dtype
    with autocast(CPU):
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype == dtype


def test_a_gpu_multiplies_in_bfloat16() -> None:
    assert best_dtype(torch.device("cuda")) == torch.bfloat16
