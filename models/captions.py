"""What is known of a screen in, a caption out: all of it, a part, or one thing, in words drawn anew each time.

Some phrases are never said in training, though their form and their word occur in others ("the notepad has the
keyboard" is one): with them the evaluation asks whether a sentence that was never read keeps its meaning.
"""

import hashlib
from collections.abc import Callable, Iterable
from random import Random
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.facts import FACTS, MENU, NUMBER, Fact, claims, holding_facts, numbers_of
from recorder.explorer.words import MENTIONED, Phrase, phrases

WHOLE, PART = 0.4, 0.35  # of captions tell all, or a part; the rest tell one thing
UNSEEN_OF = 4  # one in so many phrases that could be held out is
BARE_COLOUR = 2 / 3  # of plain wallpapers are told without a kind
_ORDER = ("nothing", "open", "focused", "maximised", "minimised", "menu")  # of what is said of windows
_CLOSED_WORLD = np.isin(np.arange(len(FACTS)), numbers_of("wallpaper_kind", *_ORDER))

Choose = Callable[[list[Phrase], Random], Phrase]


class Clause(NamedTuple):
    """A thing that a caption can say: how `words.phrases` calls it, and what it claims."""

    attribute: str
    value: str | int | bool
    holding: tuple[Fact, ...]
    absent: tuple[Fact, ...] = ()


class Caption(NamedTuple):
    """A text, and what it claims (len(FACTS),) in -1, 0, 1."""

    text: str
    claims: NDArray[np.int8]


def is_unseen(phrase: Phrase, plainest: str) -> bool:
    """Whether training never says this; the plainest form of a thing is always said, and what has no word in it."""
    digest = hashlib.sha256(phrase.text.encode()).digest()
    return bool(phrase.word) and phrase.form != plainest and digest[0] % UNSEEN_OF == 0


def seen(ways: list[Phrase], random: Random) -> Phrase:
    """One of the ways that training may use."""
    return random.choice([way for way in ways if not is_unseen(way, ways[0].form)])


def unseen(ways: list[Phrase], random: Random) -> Phrase:
    """One of the ways that training never uses, where there is one."""
    held_out = [way for way in ways if is_unseen(way, ways[0].form)]
    return random.choice(held_out) if held_out else seen(ways, random)


def has_unseen(clause: Clause) -> bool:
    """Whether there is a way to say this that training never uses."""
    ways = phrases(clause.attribute, clause.value)
    return any(is_unseen(way, ways[0].form) for way in ways)


def training_caption(known: NDArray[np.int8], random: Random) -> Caption:
    """A caption that is true of a screen of which this (len(FACTS),) is known: whole, a part or one thing."""
    kind = random.random()
    if kind < WHOLE:
        return whole_caption(known, random)
    clauses = [*shown_clauses(known), *absent_clauses(known)]
    by_attribute: dict[str, list[Clause]] = {}
    for clause in clauses:
        by_attribute.setdefault(clause.attribute, []).append(clause)
    most = len(by_attribute) if kind < WHOLE + PART else 1
    told = random.sample(sorted(by_attribute), random.randint(1, most))
    chosen = [random.choice(by_attribute[attribute]) for attribute in told]
    random.shuffle(chosen)
    return say(chosen, random, seen)


def whole_caption(known: NDArray[np.int8], random: Random) -> Caption:
    """What the explorer's sentence tells: the look, and all windows, so that what it leaves out is not there."""
    return tell(told_clauses(known, random), known, random, seen)


def tell(told: list[Clause], known: NDArray[np.int8], random: Random, choose: Choose) -> Caption:
    """A whole caption that says this of the look and of windows."""
    said = say(_ordered(told, random), random, choose)
    return Caption(said.text, np.where(_CLOSED_WORLD & (said.claims == 0), known, said.claims))


def told_clauses(known: NDArray[np.int8], random: Random) -> list[Clause]:
    """What a whole caption says: of panel and font only sometimes; a wallpaper of which it tells no kind is plain."""
    left_out = {name for name in ("panel", "font_pt") if random.random() >= MENTIONED}
    left_out.add("plain" if random.random() < BARE_COLOUR else "wallpaper")
    clauses = [clause for clause in shown_clauses(known) if clause.attribute not in left_out]
    fades = any(clause.attribute == "gradient" for clause in clauses)
    return [clause for clause in clauses if not (fades and clause.attribute == "wallpaper")]


def say(clauses: Iterable[Clause], random: Random, choose: Choose) -> Caption:
    """These clauses, in this order."""
    clauses = list(clauses)
    text = ", ".join(choose(phrases(clause.attribute, clause.value), random).text for clause in clauses)
    holding = [fact for clause in clauses for fact in clause.holding]
    return Caption(text, claims(holding, [fact for clause in clauses for fact in clause.absent]))


def shown_clauses(known: NDArray[np.int8]) -> list[Clause]:
    """All that can be said of what is there, a wallpaper both with its kind and without."""
    facts = holding_facts(known)
    colours = [fact for fact in facts if fact.attribute == "wallpaper"]
    kinds = [fact for fact in facts if fact.attribute == "wallpaper_kind"]
    wallpapers = [Clause(kind.value, colour.value, (colour, kind)) for colour in colours for kind in kinds]
    return [
        *(Clause(fact.attribute, fact.value, (fact,)) for fact in facts if fact.attribute != "wallpaper_kind"),
        *wallpapers,
    ]


def absent_clauses(known: NDArray[np.int8]) -> list[Clause]:
    """All that can be said of what is not there: applications without a window, and a menu."""
    apps = [fact for fact, value in zip(FACTS, known, strict=True) if value == -1 and fact.attribute == "open"]
    gone = [fact for fact in apps if known[NUMBER[Fact("minimised", fact.value)]] == -1]
    menu = [Clause("menu", False, (), (MENU,))] if known[NUMBER[MENU]] == -1 else []
    return [*(Clause("closed", fact.value, (), (fact, Fact("minimised", fact.value))) for fact in gone), *menu]


def _ordered(told: list[Clause], random: Random) -> list[Clause]:
    """As the explorer orders them: the look in any order, before the windows or after."""
    look = [clause for clause in told if clause.attribute not in _ORDER]
    random.shuffle(look)
    windows = sorted((c for c in told if c.attribute in _ORDER), key=lambda clause: _ORDER.index(clause.attribute))
    return [*look, *windows] if random.random() < 0.7 else [*windows, *look]
