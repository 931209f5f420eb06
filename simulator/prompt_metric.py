"""Does a world show what it is asked for? In come a world and a CLIP that looks at it, out come shares of right looks.

It is asked for every theme with every wallpaper, of which training has seen most (`recorder.explorer.appearance`), and
for every application in every theme. Whether what was asked for is there is told by zero-shot classification (Radford
et al. 2021): of all values of an attribute, the one whose words are nearest to the screen. A world that chooses its
first screen by the same CLIP is judged there by its own taste: that part says whether it has screens for the words.
"""

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from models.facts import CHOICES
from recorder.actions import Action
from recorder.explorer.appearance import HELD_OUT
from recorder.explorer.apps import APPS
from recorder.explorer.words import event_sentences, phrases
from simulator.clip_eye import Eye
from simulator.clip_metrics import nearest, share
from simulator.clip_report import place_of, states_of
from simulator.plan import spread
from simulator.world import World

WISH_FRAMES = 30  # a recorded wish has come true after 22
ASKED = ("theme", "wallpaper")
_Choice = TypeVar("_Choice")


class Look(NamedTuple):
    """What a desktop is asked to look like: a value of each of ASKED."""

    theme: str
    wallpaper: str

    @property
    def text(self) -> str:
        """A prompt that says so."""
        return _plainest(self._asdict())

    @property
    def group(self) -> str:
        return "unseen" if self in HELD_OUT else "seen"


LOOKS = [Look(*values) for values in product(*(CHOICES[name] for name in ASKED))]


OPENED = [(theme, name) for name in APPS for theme in CHOICES["theme"]]


def prompt_accuracy(world: World, eye: Eye, looks: int = len(LOOKS), *, seed: int) -> dict[str, float | None]:
    """Shares in [0, 1] of looks that were trained on ("seen") and of held-out ones ("unseen"), and of applications
    ("open"); of at most so many looks, and of half as many applications.

    "begun": of theme and wallpaper, or of an application, of a prompt, on the screen that the world begins at.
    "wished": of the theme or the wallpaper, in turn, that a world is asked to change, or of an application that it is
    asked to open and does not show, WISH_FRAMES idle frames later. Always saying the same would reach 1/3 of themes and
    1/8 of wallpapers.
    """
    found: dict[str, list[bool]] = {
        f"{how}, {group}": [] for how in ("begun", "wished") for group in ("seen", "unseen", "open")
    }
    classes = {name: np.stack([place_of(eye, name, value) for value in CHOICES[name]]) for name in ASKED}

    def shows(frame_u8: NDArray[np.uint8], look: Look, asked: Sequence[str]) -> list[bool]:
        place = eye.image(frame_u8[None])
        said = {name: CHOICES[name][nearest(place, classes[name])[0]] for name in asked}
        return [said[name] == getattr(look, name) for name in asked]

    chosen = _some(LOOKS, looks)
    for number, look in enumerate(tqdm(chosen, desc="prompts", unit="look", leave=False)):
        found[f"begun, {look.group}"] += shows(world.reset(seed=seed, prompt=look.text).frame_u8, look, ASKED)
        wished = ASKED[number % len(ASKED)]
        found[f"wished, {look.group}"] += shows(_look_wished(world, look, wished, seed=seed), look, [wished])
    for theme, name in tqdm(_some(OPENED, looks // 2), desc="prompts", unit="application", leave=False):
        begun_u8 = world.reset(seed=seed, prompt=_plainest({"theme": theme, "open": name})).frame_u8
        found["begun, open"].append(is_open(eye, begun_u8, name))
        bare_u8 = world.reset(seed=seed, prompt=_plainest({"theme": theme, "nothing": True})).frame_u8
        if not is_open(eye, bare_u8, name):
            found["wished, open"].append(is_open(eye, _after_wish(world, "open", name), name))
    return {part: share(rights) for part, rights in found.items()}


def is_open(eye: Eye, frame_u8: NDArray[np.uint8], name: str) -> bool:
    """Whether an application is nearer to being open than to being closed or minimised."""
    return bool(nearest(eye.image(frame_u8[None]), states_of(eye, name))[0] == 0)


def _look_wished(world: World, look: Look, wished: str, *, seed: int) -> NDArray[np.uint8]:
    """The screen of a world that began with another value of one attribute and was asked for that of the look."""
    values, value = CHOICES[wished], getattr(look, wished)
    other = look._replace(**{wished: values[values.index(value) - 1]})
    world.reset(seed=seed, prompt=other.text)
    return _after_wish(world, wished, value)


def _after_wish(world: World, attribute: str, value: str) -> NDArray[np.uint8]:
    """The screen of a world WISH_FRAMES idle frames after it was asked for a value of an attribute."""
    world.set_prompt(event_sentences(attribute, value)[0])
    width, height = world.size_px
    idle = Action(x_px=width // 2, y_px=height // 2)
    return [world.step(idle) for _ in range(WISH_FRAMES)][-1].frame_u8


def _plainest(told: Mapping[str, Any]) -> str:
    """A prompt that says so, in the plainest words."""
    return ", ".join(phrases(name, value)[0].text for name, value in told.items())


def _some(choices: Sequence[_Choice], most: int) -> list[_Choice]:
    return [choices[place] for place in spread(len(choices), most)]
