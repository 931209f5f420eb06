"""CLIP: its loss in closed form, what is wrong of what, bad input, checkpoints, and that it learns."""

from math import exp, log
from pathlib import Path

import numpy as np
import pytest
import torch

from models import train
from models.captions import Caption
from models.checkpoint import load_tensors
from models.clip import ClipConfig, ClipModel, contrastive_loss, load_clip, save_clip
from models.clip_stage import ClipStage, same_screens, wrong_texts
from models.facts import FACTS, Fact, claims
from models.pairs import Pairs, load_pairs
from models.presets import PRESETS
from models.spelling import PIECES, spell
from models.training import TrainConfig, Trainer
from recorder.clock import FakeClock
from recorder.dataset import session_name
from tests.models.described import screen, write_described_session
from tests.models.toy import StepClock

pytestmark = pytest.mark.xdist_group("test_clip")  # its fixtures are made once
CONFIG = ClipConfig(rows=8, columns=8, **PRESETS["tiny"].clip)
EVERYTHING = torch.ones(2, 2, dtype=torch.bool)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three sessions of two looks each; no look is in two."""
    folder = tmp_path_factory.mktemp("described")
    themes, colours = ("light", "dark"), ("blue", "red", "orange")
    for seed, colour in enumerate(colours):
        looks = [(theme, colour) for theme in themes]
        write_described_session(folder / session_name(seed), looks=looks)
    return folder


@pytest.fixture(scope="module")
def trained(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The CLIP of `train clip`, after a fixed number of steps."""
    out = tmp_path_factory.mktemp("clip")
    threads = torch.get_num_threads()
    order = train.Order(data=data, out=out, preset="tiny", minutes=18.75, resume=False, seed=0, threads=1)
    train.train_clip(order, StepClock())
    torch.set_num_threads(threads)
    return out / "clip"


def model() -> ClipModel:
    """One whose residual blocks, which begin as identity, do something."""
    torch.manual_seed(0)
    clip = ClipModel(CONFIG).eval()
    with torch.no_grad():
        for parameter in clip.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    return clip


def test_the_loss_of_two_pairs_in_closed_form() -> None:
    image = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    text = torch.tensor([[0.6, 0.8], [0.8, 0.6]])  # similarities 0.6 and 0.8: the wrong ones are nearer
    loss, logs = contrastive_loss(image, text, torch.tensor(10.0), ~torch.eye(2, dtype=torch.bool))
    assert loss.item() == pytest.approx(log(1 + exp(2)))
    assert logs["found"] == 0 and logs["negatives"] == 1 and logs["temperature"] == pytest.approx(0.1)


def test_what_is_no_negative_costs_nothing() -> None:
    image = torch.tensor([[1.0, 0.0], [1.0, 0.0]])
    none = torch.zeros(2, 2, dtype=torch.bool)
    assert contrastive_loss(image, image, torch.tensor(10.0), none)[0].item() == 0
    assert contrastive_loss(image, image, torch.tensor(10.0), EVERYTHING)[0].item() == pytest.approx(log(2))


def test_a_text_is_no_negative_of_a_screen_that_it_is_true_of() -> None:
    dark, light, menu = Fact("theme", "dark"), Fact("theme", "light"), Fact("menu", True)
    known = np.stack([claims([dark], [light, menu]), claims([dark, menu], [light]), claims([light], [dark, menu])])
    captions = [Caption("dark", claims([dark])), Caption("a menu", claims([menu])), Caption("light", claims([light]))]
    wrong = wrong_texts(captions, known, np.array([0, 1, 2]))
    assert wrong.tolist() == [[False, True, True], [False, False, True], [True, True, False]]
    assert not wrong_texts(captions, known, np.array([0, 0, 0])).any(), "the same pixels"


def test_free_texts_are_wrong_of_all_screens_that_come_with_others() -> None:
    nothing = claims([])
    captions = [
        Caption("my desk", nothing),
        Caption("my desk", nothing),
        Caption("dark", claims([Fact("theme", "dark")])),
    ]
    known = np.stack([nothing, nothing, claims([Fact("theme", "dark")])])
    wrong = wrong_texts(captions, known, np.array([0, 1, 2]))
    assert wrong.tolist() == [[False, False, True], [False, False, True], [True, True, False]]


def test_screens_with_the_same_tiles_have_the_same_number() -> None:
    numbers = same_screens(np.array([[1, 2], [2, 1], [1, 2]], np.int32))
    assert numbers[0] == numbers[2] != numbers[1]


@pytest.mark.parametrize("text", ["", "\0", "a" * 10_000, "word " * 10_000, "\ud800", "深色主题 🖥️", "\n\t"])
def test_any_text_has_a_place(text: str) -> None:
    states = model().text([text])
    assert states.tokens.shape == (1, 1 + PIECES, CONFIG.text_width) and states.mask[0, 0]
    assert states.pooled.norm().item() == pytest.approx(1, abs=1e-5)


def test_a_text_means_the_same_in_any_batch() -> None:
    clip = model()
    alone, among = clip.text(["dark theme"]), clip.text(["a much longer text, of many words", "dark theme"])
    assert torch.allclose(alone.pooled[0], among.pooled[1], atol=1e-6)
    bytes_, there = (torch.from_numpy(part[:, :5]) for part in spell(["dark theme"]))
    assert torch.allclose(clip.text_tower(bytes_, there).pooled, alone.pooled, atol=1e-6), "and in any length"


def test_the_order_of_words_matters() -> None:
    first, second = model().text(["editor open, terminal minimised", "terminal open, editor minimised"]).pooled
    assert not torch.allclose(first, second, atol=1e-3)


def test_a_screen_has_the_same_place_in_any_batch() -> None:
    clip = model()
    screens = np.stack([screen("dark", "red", False), screen("light", "blue", True)])
    assert torch.allclose(clip.image(screens)[1:], clip.image(screens[1:]), atol=1e-5)
    assert torch.allclose(clip.image(screens).norm(dim=1), torch.ones(2), atol=1e-5)


def test_a_frame_of_another_size_is_one_sentence() -> None:
    with pytest.raises(ValueError, match="64x32 do not fit this CLIP, which is 128x128"):
        model().image(np.zeros((1, 32, 64, 3), np.uint8))


def _pairs(data: Path, tmp_path: Path) -> Pairs:
    return load_pairs(sorted(data.glob("*.h5")), tmp_path / "tracks")


def test_a_resumed_training_takes_the_same_steps(data: Path, tmp_path: Path) -> None:
    pairs = _pairs(data, tmp_path)

    def trainer(folder: str) -> Trainer:
        return Trainer(ClipStage(pairs, CONFIG, 16, seed=3), TrainConfig(minutes=1.0), tmp_path / folder, FakeClock())

    whole, first, second = trainer("whole"), trainer("parts"), trainer("parts")
    for _ in range(4):
        whole.train_step()
    for _ in range(2):
        first.train_step()
    first.write_state()
    second.resume()
    for _ in range(2):
        second.train_step()
    for name, value in whole.stage.module.state_dict().items():
        assert torch.equal(value, second.stage.module.state_dict()[name]), name


def test_it_learns_themes_and_windows(trained: Path) -> None:
    """Each of 12 screens is nearest to the sentence that tells what it shows, among those of all others."""
    clip = load_clip(trained)
    shown = [(t, w, app) for t in ("light", "dark") for w in ("blue", "red", "orange") for app in (False, True)]
    words = {False: "nothing open", True: "terminal open, terminal in front"}
    texts = [f"{theme} theme, {colour} wallpaper, {words[app]}" for theme, colour, app in shown]
    image = clip.image(np.stack([screen(*what) for what in shown]))
    found = (image @ clip.text(texts).pooled.T).argmax(dim=1)
    assert (found == torch.arange(12)).float().mean() >= 0.9
    assert clip.text(["dark theme"]).pooled[0] @ (image[6:].mean(0) - image[:6].mean(0)) > 0


def test_a_clip_survives_saving_and_refuses_what_does_not_fit(trained: Path, tmp_path: Path) -> None:
    clip = load_clip(trained)
    save_clip(tmp_path / "again", clip, {})
    assert all(torch.equal(v, load_clip(tmp_path / "again").state_dict()[n]) for n, v in clip.state_dict().items())
    assert next(iter(load_tensors(trained, "clip").values())).dtype == torch.bfloat16
    (tmp_path / "again" / "clip.safetensors").unlink()
    with pytest.raises(ValueError, match="missing"):
        load_clip(tmp_path / "again")
    with pytest.raises(ValueError, match="no checkpoint"):
        load_clip(tmp_path)


def test_facts_have_room_in_pairs(data: Path, tmp_path: Path) -> None:
    assert _pairs(data, tmp_path).known.shape == (24, len(FACTS))
