"""Does a world show what it is asked for? In come a world and a CLIP that looks at it, out come shares of right looks.

It is asked for every theme with every wallpaper, of which training has seen most (`recorder.explorer.appearance`).
Whether what was asked for is there is told by zero-shot classification (Radford et al. 2021): of all values of an
attribute, the one whose words are nearest to the screen. A world that chooses its first screen by the same CLIP is
judged there by its own taste: that part says whether it has screens for the words.
"""

from collections.abc import Sequence
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from models.facts import CHOICES
from recorder.actions import Action
from recorder.explorer.appearance import HELD_OUT
from recorder.explorer.words import event_sentences, phrases
from simulator.clip_eye import Eye
from simulator.clip_metrics import nearest, share
from simulator.clip_report import place_of
from simulator.plan import spread
from simulator.world import World

WISH_FRAMES = 30  # a recorded wish has come true after 22
ASKED = ("theme", "wallpaper")


class Look(NamedTuple):
    """What a desktop is asked to look like: a value of each of ASKED."""

    theme: str
    wallpaper: str

    @property
    def text(self) -> str:
        """A prompt that says so, in the plainest words."""
        return ", ".join(phrases(name, value)[0].text for name, value in zip(ASKED, self, strict=True))

    @property
    def group(self) -> str:
        return "unseen" if self in HELD_OUT else "seen"


LOOKS = [Look(*values) for values in product(*(CHOICES[name] for name in ASKED))]


def prompt_accuracy(world: World, eye: Eye, looks: int = len(LOOKS), *, seed: int) -> dict[str, float | None]:
    """Shares in [0, 1] of looks that were trained on ("seen") and of held-out ones ("unseen"); of at most so many.

    "begun": of theme and wallpaper of a prompt, on the screen that the world begins at. "wished": of the theme or the
    wallpaper, in turn, that a world is asked to change, WISH_FRAMES idle frames later. Always saying the same would
    reach 1/3 of themes and 1/8 of wallpapers.
    """
    found: dict[str, list[bool]] = {
        f"{how}, {group}": [] for how in ("begun", "wished") for group in ("seen", "unseen")
    }
    classes = {name: np.stack([place_of(eye, name, value) for value in CHOICES[name]]) for name in ASKED}

    def shows(frame_u8: NDArray[np.uint8], look: Look, asked: Sequence[str]) -> list[bool]:
        place = eye.image(frame_u8[None])
        said = {name: CHOICES[name][nearest(place, classes[name])[0]] for name in asked}
        return [said[name] == getattr(look, name) for name in asked]

    chosen = [LOOKS[place] for place in spread(len(LOOKS), looks)]
    for number, look in enumerate(tqdm(chosen, desc="prompts", unit="look", leave=False)):
        found[f"begun, {look.group}"] += shows(world.reset(seed=seed, prompt=look.text).frame_u8, look, ASKED)
        wished = ASKED[number % len(ASKED)]
        found[f"wished, {look.group}"] += shows(_after_wish(world, look, wished, seed=seed), look, [wished])
    return {part: share(rights) for part, rights in found.items()}


def _after_wish(world: World, look: Look, wished: str, *, seed: int) -> NDArray[np.uint8]:
    """The screen of a world that began with another value of one attribute and was asked for that of the look."""
    values, value = CHOICES[wished], getattr(look, wished)
    other = look._replace(**{wished: values[values.index(value) - 1]})
    step = world.reset(seed=seed, prompt=other.text)
    world.set_prompt(event_sentences(wished, value)[0])
    width, height = world.size_px
    for _ in range(WISH_FRAMES):
        step = world.step(Action(x_px=width // 2, y_px=height // 2))
    return step.frame_u8
