"""The deny-list: nothing that a policy types, opens or holds ends or damages its sandbox."""

import re
from collections.abc import Iterator
from itertools import permutations, product
from random import Random

import pytest

from recorder.actions import KEYS
from recorder.explorer import dotfiles, goals, tasks
from recorder.explorer.appearance import draw
from recorder.explorer.apps import APPS
from recorder.explorer.forbidden import FORBIDDEN
from recorder.explorer.live import commands
from recorder.explorer.policy import POLICIES
from tests.recorder.test_policy import layout, pursue
from tests.recorder.test_tasks import scene_of


def shell_lines() -> Iterator[str]:
    yield from goals.COMMANDS
    yield from (f"echo {first} {second}" for first, second in product(goals.WORDS, repeat=2))
    for line in (*tasks.SHELL_LINES, *tasks.PLAIN_LINES):
        yield from (line.format(*names) for names in permutations(tasks.NAMES, 2))


def entries() -> Iterator[str]:
    """Of menus and panel, with what they start."""
    yield from re.findall("<Name>(.*)</Name>", dotfiles.MENU)
    yield from (f"{name} {app.command}" for name, app in APPS.items())


def wishes() -> Iterator[str]:
    """What changes the look of a desktop while it is used."""
    looks = [draw(Random(seed)) for seed in range(12)]
    for before, after in product(looks, repeat=2):
        yield from (" ".join(command) for command in commands(before, after, tuple(APPS)))


@pytest.mark.parametrize(
    "lines", [shell_lines(), tasks.CODE, entries(), wishes()], ids=["shell", "code", "menus", "wishes"]
)
def test_no_line_of_the_policies_has_what_is_forbidden(lines: Iterator[str]) -> None:
    told = list(lines)
    assert told
    assert [line for line in told if FORBIDDEN.found_in(line)] == []


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_no_policy_holds_keys_that_are_forbidden_together(policy) -> None:
    held, together = set(), set()
    for kind, code, down in pursue(policy.choices, layout(launchers=policy.launchers)).rows:
        if kind == "key":
            (held.add if down else held.discard)(KEYS[code].name)
            together.add(frozenset(held))
    assert frozenset({"AltLeft", "F4"}) in together
    assert [keys for keys in together for chord in FORBIDDEN.chords if chord <= keys] == []


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("sudo ls", ["sudo"]),
        ("rm -rf plans", ["rm -rf"]),
        ("cat ~/.bashrc", ["~/", ".bashrc"]),
        ("echo x > /etc/hosts", ["/etc"]),
        ("Log Out", ["log out"]),
        ("rm -f plans.txt", []),
        ("echo exits", []),
    ],
)
def test_the_list_knows_its_words(line: str, found: list[str]) -> None:
    assert FORBIDDEN.found_in(line) == found


def test_what_is_forbidden_is_not_typed() -> None:
    notebook, scene = scene_of()
    with pytest.raises(AssertionError, match="reboot"):
        goals.enter_command(scene, "reboot")
    assert notebook.rows == []
