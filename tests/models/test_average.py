"""The mean of two desks: between them weight by weight, and what is said of a content goes to the same content."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from models.__main__ import main
from models.average import averaged
from models.desk import Desk, load_desk, save_desk
from tests.models.random_desk import random_desk


def _other(desk: Desk) -> Desk:
    """Another training of the same sizes, whose palette has its first two contents the other way round."""
    other = random_desk()
    with torch.no_grad():
        for parameter in other.world.parameters():
            parameter.add_(1.0)
        other.world.palette.bias[:2] = torch.tensor([10.0, 20.0])
    order = [1, 0, *range(2, len(desk.library.tiles_u8))]
    return replace(other, library=replace(desk.library, tiles_u8=desk.library.tiles_u8[order]))


def test_weights_lie_between_and_contents_keep_their_own() -> None:
    desk = random_desk()
    other = _other(desk)
    mean = averaged(desk, other, 0.25)
    mine, theirs, ours = (each.world.backbone.patch.weight for each in (desk, other, mean))
    assert torch.allclose(ours, 0.75 * mine + 0.25 * theirs)
    assert torch.allclose(mean.world.palette.bias[:2], 0.75 * desk.world.palette.bias[:2] + torch.tensor([5.0, 2.5]))
    assert mean.library is desk.library and mean.about["averaged"]["share"] == 0.25
    same = averaged(desk, other, 0.0).world.state_dict()
    assert all(torch.equal(same[name], value) for name, value in desk.world.state_dict().items())


def test_what_cannot_be_averaged_is_one_sentence() -> None:
    desk, other = random_desk(), random_desk()
    with pytest.raises(ValueError, match="from 0 to 1"):
        averaged(desk, other, 1.5)
    with torch.no_grad():
        next(other.tokenizer.vae.parameters()).add_(1.0)
    with pytest.raises(ValueError, match="different VAEs"):
        averaged(desk, other, 0.5)


def test_the_command_writes_a_desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = random_desk()
    save_desk(tmp_path / "a", desk)
    save_desk(tmp_path / "b", _other(desk))
    places = [str(tmp_path / name) for name in ("a", "b", "c")]
    monkeypatch.setattr("sys.argv", ["models", "average", *places[:2], "--out", places[2]])
    main()
    assert load_desk(tmp_path / "c").about["averaged"]["share"] == 0.5
