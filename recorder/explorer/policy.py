"""A policy: how a session looks, what its user does, and the words for it. Its name is in every file it made."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from recorder.explorer import NEWEST_POLICY, goals, weights
from recorder.explorer.appearance import Appearance, draw, draw_plain
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
    name=NEWEST_POLICY,
    draw=draw,
    launchers=("terminal", "files", "editor", "calculator"),
    choices=weights.choices,
    grammar=sentence,
    live=0.5,
)
POLICY = GOALS_2
POLICIES = {policy.name: policy for policy in (GOALS_1, GOALS_2)}


def find_policy(name: str) -> Policy:
    """Raises ValueError, with the names that there are, for another."""
    if name not in POLICIES:
        raise ValueError(f"policy '{name}' is not one of {', '.join(POLICIES)}")
    return POLICIES[name]
