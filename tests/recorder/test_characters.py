"""How often the newest policy types each character: an estimate without a desktop, on screens drawn at random."""

import threading
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest

from recorder.actions import KEYS
from recorder.clock import FakeClock
from recorder.explorer import goals, tasks
from recorder.explorer.apps import APP_CLASS
from recorder.explorer.hand import Hand, keystroke
from recorder.explorer.policy import POLICY
from tests.recorder.test_policy import DreamingEye, Notebook, layout
from tests.recorder.test_tasks import WINDOW, scene_of

SESSION_S, SESSIONS, ASKED_SESSIONS, ASKED_TIMES = 300, 30, 100, 200
CHARACTER = {keystroke(character): character for character in tasks.PRINTABLE}


def characters(notebook: Notebook) -> Counter[str]:
    """What the keys typed."""
    held, typed = set(), Counter[str]()
    for kind, code, down in notebook.rows:
        if kind != "key":
            continue
        if down and not held & {"ControlLeft", "AltLeft"}:
            typed[CHARACTER.get((code, "ShiftLeft" in held), "")] += 1
        (held.add if down else held.discard)(KEYS[code].name)
    return typed


def keys_with_control(notebook: Notebook) -> set[str]:
    """The keys that were pressed right after Control."""
    pressed = [KEYS[code].name for kind, code, down in notebook.rows if kind == "key" and down]
    return {name for before, name in pairwise(pressed) if before == "ControlLeft"}


def session(seed: int) -> Counter[str]:
    """What a session types whose windows come and go by chance, the four applications equally often."""
    notebook, clock, random = Notebook(), FakeClock(), Random(seed)
    hand = Hand(notebook, clock, random, threading.Event())
    eye, where = DreamingEye(Random(f"eye {seed}"), tuple(APP_CLASS.values())), layout(launchers=POLICY.launchers)
    done, end_ns = Counter[goals.Goal](), clock.now_ns() + SESSION_S * 1_000_000_000
    while clock.now_ns() < end_ns:
        goals.pursue(goals.Scene(hand, eye, random, where, None, done, seed), POLICY.choices)
    return characters(notebook)


def test_a_hundred_sessions_type_each_character_often_enough() -> None:
    typed = sum(map(session, range(SESSIONS)), Counter[str]())
    rarest = min(typed[character] for character in tasks.PRINTABLE)
    assert rarest * ASKED_SESSIONS / SESSIONS >= ASKED_TIMES


@pytest.mark.parametrize("app", ["editor", "terminal"])
def test_the_exercises_of_a_session_type_each_character_equally_often(app: str) -> None:
    notebook, scene = scene_of(replace(WINDOW, app=APP_CLASS[app]))
    for _ in range(2 * tasks.SHARES):
        scene.done[tasks.exercise_characters] += 1
        tasks.exercise_characters(scene)
    typed = characters(notebook)
    assert ("KeyU" in keys_with_control(notebook)) == (app == "terminal"), "a command line is taken away"
    assert {typed[character] for character in tasks.PRINTABLE} == {2}


def test_sessions_begin_with_different_shares() -> None:
    begun = [scene_of(WINDOW) for _ in range(tasks.SHARES)]
    for seed, (_, scene) in enumerate(begun):
        scene.seed = seed
        tasks.exercise_characters(scene)
    typed = [set(characters(notebook)) & {*tasks.PRINTABLE} for notebook, _ in begun]
    assert set().union(*typed) == {*tasks.PRINTABLE} and sum(map(len, typed)) == len(tasks.PRINTABLE)
