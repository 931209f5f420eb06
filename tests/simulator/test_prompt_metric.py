"""Worlds that do what they are asked, or only a part of it, get what they deserve."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from models.facts import CHOICES
from recorder.actions import Action
from recorder.explorer.appearance import HELD_OUT
from recorder.explorer.apps import APPS
from recorder.explorer.words import phrases
from simulator.clip_report import WAYS
from simulator.evaluate import Aids, evaluate, open_footage
from simulator.fake_world import FakeWorld
from simulator.plan import Effort
from simulator.prompt_metric import ASKED, LOOKS, WISH_FRAMES, Look, prompt_accuracy
from simulator.world import Step
from tests.simulator.held_out import FPS, SIZE_PX, write_held_out

MEANT = {
    phrase.text: value
    for name in ASKED
    for value in CHOICES[name]
    for way in WAYS.get(name, (name,))
    for phrase in phrases(way, value)
}
VALUES = [value for name in ASKED for value in CHOICES[name]]
OPEN = {phrase.text: (name, 1) for name in APPS for phrase in phrases("open", name)}
NOT_OPEN = {
    phrase.text: (name, -1) for name in APPS for state in ("closed", "minimised") for phrase in phrases(state, name)
}


class Painter(FakeWorld):
    """Shows the numbers of theme, wallpaper and open application as grey levels; `obey` says what becomes of a look
    that is asked for, `opens` whether applications open.

    A wish comes true `late` frames after it.
    """

    def __init__(self, obey: Callable[[Look], Look] = lambda look: look, late: int = 1, opens: bool = True) -> None:
        self._obey, self._late, self._opens = obey, late, opens
        self._look = Look("light", "blue")
        super().__init__(SIZE_PX, FPS)

    def reset(self, *, seed: int, prompt: str = "", frame_u8: np.ndarray | None = None) -> Step:
        self._wish, self._waited = "", 0
        self._look = self._obey(self._read(prompt))
        self._open = self._opened(prompt)
        return super().reset(seed=seed, frame_u8=self._painted() if frame_u8 is None else frame_u8)

    def set_prompt(self, prompt: str) -> None:
        self._wish, self._waited = prompt, 0

    def step(self, action: Action) -> Step:
        self._waited += 1
        if self._wish and self._waited == self._late:
            self._look, self._open = self._obey(self._read(self._wish)), self._opened(self._wish)
            self._frame_u8 = self._painted()
        return super().step(action)

    def _read(self, text: str) -> Look:
        said = re.findall(r"[\w-]+", text)
        told = {name: value for name in ASKED for value in CHOICES[name] if value in said}
        return self._look._replace(**told)

    def _opened(self, text: str) -> int:
        """The number of the application that a text asks for, from 1 on; 0 where there is none."""
        named = [number for number, name in enumerate(APPS, start=1) if APPS[name].words[0] in text]
        return named[0] if named and self._opens else 0

    def _painted(self) -> np.ndarray:
        frame_u8 = np.zeros((SIZE_PX[1], SIZE_PX[0], 3), np.uint8)
        frame_u8[:] = [*(VALUES.index(value) for value in self._look), self._open]
        return frame_u8


class Reader:
    """A CLIP that knows what the painter means."""

    space = len(VALUES) + len(APPS)

    def image(self, frames_u8: np.ndarray) -> np.ndarray:
        looks = np.eye(len(VALUES), dtype=np.float32)[frames_u8[:, 0, 0, :2]].sum(axis=1)
        numbers = np.arange(1, len(APPS) + 1)
        applications = np.where(frames_u8[:, 0, 0, 2:] == numbers, 1, -1).astype(np.float32)
        return np.concatenate([looks, applications], axis=1) / np.float32((2 + len(APPS)) ** 0.5)

    def text(self, texts: Sequence[str]) -> np.ndarray:
        return np.stack([self._place(text) for text in texts])

    def _place(self, text: str) -> np.ndarray:
        place = np.zeros(self.space, np.float32)
        if text in MEANT:
            place[VALUES.index(MEANT[text])] = 1
        else:
            name, sign = (OPEN | NOT_OPEN)[text]
            place[len(VALUES) + list(APPS).index(name)] = sign
        return place


def only_as_trained(look: Look) -> Look:
    """A held-out pair comes in the colour of another."""
    return look._replace(wallpaper="grey") if look in HELD_OUT else look


def test_every_look_is_asked_for_in_plain_words() -> None:
    assert len(LOOKS) == 24 and sum(look.group == "unseen" for look in LOOKS) == len(HELD_OUT)
    assert Look("dark", "teal").text == "dark theme, teal wallpaper" and Look("dark", "teal").group == "unseen"


@pytest.mark.parametrize(
    ("world", "expected"),
    [
        (Painter(), [1, 1, 1, 1, 1, 1]),
        (Painter(late=WISH_FRAMES), [1, 1, 1, 1, 1, 1]),
        (Painter(late=WISH_FRAMES + 1), [1, 1, 1, 0, 0, 0]),
        # every theme comes, of wallpapers none that is held out; half of the wishes are for a theme
        (Painter(only_as_trained), [1, 0.5, 1, 1, 0.5, 1]),
        # one theme in three and one colour in eight: of 20 seen looks 7 are light and 3 blue
        (Painter(lambda _: Look("light", "blue")), [10 / 40, 1 / 8, 1, None, None, 1]),
        (Painter(opens=False), [1, 1, 0, 1, 1, 0]),
    ],
    ids=["obedient", "slow", "too slow", "only as trained", "deaf", "closed"],
)
def test_a_world_scores_what_it_shows(world: Painter, expected: list[float | None]) -> None:
    found = prompt_accuracy(world, Reader(), seed=0)
    assert list(found) == [f"{how}, {group}" for how in ("begun", "wished") for group in ("seen", "unseen", "open")]
    for value, due in zip(found.values(), expected, strict=True):
        assert due is None or value == pytest.approx(due)


def test_it_is_in_the_report_where_there_is_an_eye(tmp_path: Path) -> None:
    data = write_held_out(tmp_path, sessions=1, frames=40)
    effort = Effort(minutes=0.02, events=0, tracks=0, texts=0)
    with open_footage(data) as footage:
        asked, blind = (evaluate(Painter(), footage, effort, seed=0, aids=Aids(eye=eye)) for eye in (Reader(), None))
    key = "prompt_attribute_accuracy"
    assert set(asked.report["metrics"][key].values()) == {1} and key not in asked.report["not_measured"]
    assert asked.report["baselines"]["copy_last"][key] is None
    assert f"baselines.copy_last.{key}" in asked.report["not_measured"]
    assert blind.report["metrics"][key] is None and "no CLIP" in blind.report["not_measured"][key]


class Listener(Painter):
    """Notes what it is asked for; the first application is open from the beginning."""

    def __init__(self) -> None:
        super().__init__()
        self.begun: list[str] = []
        self.wished: list[str] = []

    def reset(self, *, seed: int, prompt: str = "", frame_u8: np.ndarray | None = None) -> Step:
        if prompt:
            self.begun.append(prompt)
        return super().reset(seed=seed, prompt=prompt, frame_u8=frame_u8)

    def set_prompt(self, prompt: str) -> None:
        self.wished.append(prompt)
        super().set_prompt(prompt)

    def _opened(self, text: str) -> int:
        return super()._opened(text) or 1


def test_an_application_that_is_there_already_is_not_wished_for() -> None:
    world = Listener()
    found = prompt_accuracy(world, Reader(), seed=0)
    there, *others = (app.words[0] for app in APPS.values())
    assert found["begun, open"] == found["wished, open"] == 1
    assert not any(there in wish for wish in world.wished)
    assert all(f"open the {other}" in world.wished for other in others)


def test_fewer_are_asked_for() -> None:
    world = Listener()
    prompt_accuracy(world, Reader(), 6, seed=0)
    assert len(world.begun) == 6 * 2 + 3 * 2
