"""A policy: how a session looks, what its user does, and the words for it. Its name is in every file it made."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from random import Random

from recorder.explorer import NEWEST_POLICY, goals, weights
from recorder.explorer.appearance import Appearance, draw, draw_often_plain, draw_plain
from recorder.explorer.narrator import Grammar
from recorder.explorer.words import plain_sentence, sentence


@dataclass(frozen=True, kw_only=True)
class Policy:
    """`launchers` are the applications in the panel, `choices` the goals that make sense now, with their weights.

    In the share `live` of its sessions texts cause changes too.
    """

    name: str
    draw: Callable[[Random], Appearance]
    launchers: tuple[str, ...]
    choices: goals.Choices
    grammar: Grammar
    live: float


GOALS_1 = Policy(
    name="goals-1",
    draw=draw_plain,
    launchers=("terminal", "files", "editor"),
    choices=goals.choices,
    grammar=plain_sentence,
    live=0,
)
GOALS_2 = Policy(
    name="goals-2",
    draw=draw,
    launchers=("terminal", "files", "editor", "calculator"),
    choices=partial(weights.choices, weights.GOALS_2),
    grammar=sentence,
    live=0.5,
)
GOALS_3 = replace(GOALS_2, name="goals-3", choices=partial(weights.choices, weights.GOALS_3))
GOALS_4 = replace(GOALS_2, name="goals-4", choices=partial(weights.choices, weights.GOALS_4))
GOALS_5 = replace(GOALS_2, name="goals-5", choices=partial(weights.choices, weights.GOALS_5))
GOALS_6 = replace(GOALS_5, name=NEWEST_POLICY, draw=draw_often_plain)
POLICY = GOALS_6
POLICIES = {policy.name: policy for policy in (GOALS_1, GOALS_2, GOALS_3, GOALS_4, GOALS_5, GOALS_6)}


def find_policy(name: str) -> Policy:
    """Raises ValueError, with the names that there are, for another."""
    if name not in POLICIES:
        raise ValueError(f"policy '{name}' is not one of {', '.join(POLICIES)}")
    return POLICIES[name]
