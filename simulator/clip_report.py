"""Judges a CLIP on sessions that it was not trained on: in come screens with what is known of them, out numbers."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from models.captions import has_unseen, seen, tell, told_clauses, unseen
from models.clip import ClipModel
from models.facts import CHOICES, FACTS, NUMBER, Fact, numbers_of
from models.pairs import Pairs, of_session, read_pairs
from recorder.dataset import COMPOSITIONAL, session_paths
from recorder.explorer.apps import APPS
from recorder.explorer.words import phrases
from recorder.session import Session
from simulator.clip_eye import ClipEye, Eye
from simulator.clip_metrics import (
    Places,
    closest_without,
    keeps_meaning,
    majority,
    middle,
    nearest,
    points_to,
    recall_at,
    share,
)

SCHEMA = 1
PAIRS_A_FACT = 40
RECALL_AT = (1, 5)
UNTOLD = ("panel", "font_pt")  # of which a sentence tells only sometimes
WAYS = {"wallpaper": ("wallpaper", "plain", "gradient")}  # how `words.phrases` calls an attribute, where it differs
CLASSIFIED = ("theme", "wallpaper", "focused")


@dataclass(frozen=True, kw_only=True, eq=False)
class Judged:
    """Screens of one split of which something is known (n, f), their recorded texts and their places (n, s)."""

    known: NDArray[np.int8]
    text: list[str]
    image: Places


def place_of(eye: Eye, attribute: str, value: Any) -> Places:
    """(s,): the place of an attribute with a value, in all ways to say it."""
    ways = WAYS.get(attribute, (attribute,))
    return middle(eye.text([phrase.text for way in ways for phrase in phrases(way, value)]))


def states_of(eye: Eye, name: str) -> Places:
    """(3, s): the places of an application open, closed and minimised."""
    return np.stack([place_of(eye, state, name) for state in ("open", "closed", "minimised")])


def report(model: ClipModel, data: Path, *, seed: int) -> dict[str, Any]:
    """What `python -m simulator clip` writes, without the checkpoint.

    Raises ValueError where there is no test session, or none that tells its attributes.
    """
    eye = ClipEye(model)
    test = _judged(model, session_paths(data, "test"))
    try:
        unknown = _judged(model, session_paths(data, COMPOSITIONAL))
    except ValueError:
        unknown = None
    return {
        "schema": SCHEMA,
        "seed": seed,
        "screens": {"test": len(test.known), COMPOSITIONAL: len(unknown.known) if unknown else 0},
        "recall": recall(test, eye),
        "zero_shot": {"seen": zero_shot(test, eye), "unseen": zero_shot(unknown, eye) if unknown else None},
        "arithmetic": arithmetic(test, eye),
        "paraphrases": paraphrases(test.known, eye, Random(seed)),
        "not_measured": {} if unknown else {"zero_shot.unseen": f"there is no {COMPOSITIONAL} session"},
    }


def recall(judged: Judged, eye: Eye) -> dict[str, Any]:
    """Image to text and back, over screens that differ in what every sentence tells, with the sentences recorded."""
    told = judged.known.copy()
    told[:, numbers_of(*UNTOLD)] = 0
    chosen = np.unique(told, axis=0, return_index=True)[1]
    similarity = judged.image[chosen] @ eye.text([judged.text[place] for place in chosen]).T
    by_count = {f"@{count}": recall_at(similarity, count) for count in RECALL_AT}
    return {
        "candidates": len(chosen),
        "image_to_text": by_count,
        "text_to_image": {f"@{count}": recall_at(similarity.T, count) for count in RECALL_AT},
    }


def zero_shot(judged: Judged, eye: Eye) -> dict[str, Any]:
    """Accuracy by attribute, with what always saying the commonest class reaches; `mean` over the attributes."""
    rows = {
        **{attribute: _choice(judged, eye, attribute) for attribute in CLASSIFIED},
        **{f"open_{name}": _is_open(judged, eye, name) for name in APPS},
        "menu": _menu(judged, eye),
    }
    known = [row["accuracy"] for row in rows.values() if row["accuracy"] is not None]
    return {"mean": float(np.mean(known)), **rows}


def arithmetic(judged: Judged, eye: Eye) -> dict[str, Any]:
    """How often the difference of two screens points to what only one of them has.

    The two are as alike as there are. The target, a theme or an open application, is to be nearer than everything
    that can be said and is not new; that an application also has the keyboard is new as well.
    """
    places = {fact: place_of(eye, *fact) for fact in FACTS if fact.attribute != "wallpaper_kind"}
    found = {
        attribute: [
            right
            for fact, number in NUMBER.items()
            if fact.attribute == attribute
            for right in _pointed(judged, number, places)
        ]
        for attribute in ("theme", "open")
    }
    rights = [right for group in found.values() for right in group]
    return {"pairs": len(rights), "right": share(rights), **{name: share(group) for name, group in found.items()}}


def paraphrases(known: NDArray[np.int8], eye: Eye, random: Random) -> dict[str, Any]:
    """How often a sentence with phrases that training never says is nearer to its twin than to any other meaning."""
    own, twin, meant = [], [], set[bytes]()
    for row in np.unique(known, axis=0):
        told = told_clauses(row, random)
        said, again = tell(told, row, random, seen), tell(told, row, random, unseen)
        if said.claims.tobytes() in meant or not any(has_unseen(clause) for clause in told):
            continue
        meant.add(said.claims.tobytes())
        own.append(said.text)
        twin.append(again.text)
    if not own:
        return {"meanings": 0, "kept": None}
    return {"meanings": len(own), "kept": share(keeps_meaning(eye.text(twin), eye.text(own)).tolist())}


def _judged(model: ClipModel, paths: list[Path]) -> Judged:
    parts = []
    for path in tqdm(paths, desc="screens", unit="session", leave=False):
        with Session(path) as session:
            parts.append(read_pairs(session, partial(of_session, session)))
    pairs = Pairs.join(parts)
    told = np.flatnonzero(pairs.known.any(axis=1))
    if not len(told):
        raise ValueError(f"{paths[0].parent} tells no attributes of its held-out screens; record some with 'explore'")
    pairs = pairs.take(told)
    return Judged(known=pairs.known, text=pairs.text.tolist(), image=model.mosaics(pairs.mosaics).cpu().numpy())


def _choice(judged: Judged, eye: Eye, attribute: str) -> dict[str, Any]:
    """Which value of an attribute, on the screens that have one."""
    values = judged.known[:, numbers_of(attribute)] == 1
    has = values.any(axis=1)
    classes = np.stack([place_of(eye, attribute, value) for value in CHOICES[attribute]])
    return _scored(nearest(judged.image[has], classes), values[has].argmax(axis=1))


def _is_open(judged: Judged, eye: Eye, name: str) -> dict[str, Any]:
    """Whether an application has a window that is not minimised."""
    open_now = judged.known[:, NUMBER[Fact("open", name)]] == 1
    return _scored((nearest(judged.image, states_of(eye, name)) == 0).astype(np.int64), open_now.astype(np.int64))


def _menu(judged: Judged, eye: Eye) -> dict[str, Any]:
    classes = np.stack([place_of(eye, "menu", False), place_of(eye, "menu", True)])
    return _scored(nearest(judged.image, classes), (judged.known[:, NUMBER[Fact("menu", True)]] == 1).astype(np.int64))


def _scored(said: NDArray[np.int64], true: NDArray[np.int64]) -> dict[str, Any]:
    if not len(true):
        return {"accuracy": None, "majority": None, "screens": 0}
    return {"accuracy": float((said == true).mean()), "majority": majority(true), "screens": len(true)}


def _pointed(judged: Judged, number: int, places: dict[Fact, Places]) -> list[bool]:
    target = FACTS[number]
    found = []
    for having, lacking in closest_without(judged.known, number, PAIRS_A_FACT):
        new = (judged.known[having] == 1) & (judged.known[lacking] != 1)
        rivals = np.stack([place for fact, place in places.items() if not new[NUMBER[fact]]])
        found.append(points_to(judged.image[having] - judged.image[lacking], places[target], rivals))
    return found
