"""Captions are true of their screen, tell what they claim, and training never says what is held out."""

from random import Random

import numpy as np
import pytest

from models.captions import (
    has_unseen,
    is_unseen,
    seen,
    shown_clauses,
    tell,
    told_clauses,
    training_caption,
    unseen,
    whole_caption,
)
from models.facts import NUMBER, Fact, contradict, facts_of, numbers_of
from recorder.explorer.appearance import WALLPAPERS
from recorder.explorer.apps import APPS
from recorder.explorer.words import Phrase, phrases
from tests.models.test_facts import SHOWN, SIZE_PX

KNOWN = facts_of(SHOWN, SIZE_PX)
FADING = facts_of(SHOWN | {"wallpaper_kind": "gradient", "menu": True}, SIZE_PX)
BARE = facts_of(SHOWN | {"open": [], "focused": None, "minimised": [], "windows": []}, SIZE_PX)
WAYS = [
    *(phrases(kind, colour) for kind in ("wallpaper", "plain", "gradient") for colour in WALLPAPERS),
    *(phrases(state, app) for state in ("open", "closed", "focused", "minimised", "maximised") for app in APPS),
]


@pytest.mark.parametrize("known", [KNOWN, FADING, BARE], ids=["windows", "gradient", "bare"])
def test_every_caption_is_true_and_says_something(known: np.ndarray) -> None:
    captions = [training_caption(known, Random(seed)) for seed in range(300)]
    assert all(caption.text and caption.claims.any() for caption in captions)
    assert not contradict(np.stack([caption.claims for caption in captions]), known[None]).any()
    assert len({caption.text for caption in captions}) > 100


def test_a_whole_caption_denies_the_windows_that_it_does_not_name() -> None:
    caption = whole_caption(KNOWN, Random(0))
    of_windows = numbers_of("open", "focused", "minimised", "maximised", "menu", "nothing")
    assert np.array_equal(caption.claims[of_windows], KNOWN[of_windows])
    assert "terminal" in caption.text or "command line" in caption.text
    assert "teal" in caption.text


def test_a_part_leaves_open_what_it_does_not_say() -> None:
    alone = [training_caption(KNOWN, Random(seed)) for seed in range(300)]
    told = {int(np.count_nonzero(caption.claims)) for caption in alone if "," not in caption.text}
    assert told <= {1, 2}  # a wallpaper with its kind is two facts, and so is an application that is closed


def test_a_gradient_is_told_as_one_and_a_plain_wallpaper_with_its_kind_or_without() -> None:
    fading = [whole_caption(FADING, Random(seed)).text for seed in range(50)]
    assert all(
        "gradient of teal" in text or "teal gradient" in text or "teal background that" in text for text in fading
    )
    plain = [whole_caption(KNOWN, Random(seed)) for seed in range(50)]
    assert any("plain teal" in caption.text for caption in plain)
    assert any("teal background" in caption.text for caption in plain)
    assert all(caption.claims[NUMBER[Fact("wallpaper_kind", "plain")]] == 1 for caption in plain)


def test_what_is_held_out_is_made_of_words_and_forms_that_are_read_elsewhere() -> None:
    held_out = [way for ways in WAYS for way in ways if is_unseen(way, ways[0].form)]
    said = [way for ways in WAYS for way in ways if not is_unseen(way, ways[0].form)]
    assert 0.05 < len(held_out) / (len(held_out) + len(said)) < 0.3
    assert {way.form for way in held_out} <= {way.form for way in said}
    assert {way.word for way in held_out} <= {way.word for way in said}


def test_training_never_says_what_is_held_out() -> None:
    held_out = {way.text for ways in WAYS for way in ways if is_unseen(way, ways[0].form)}
    for known in (KNOWN, FADING, BARE):
        for seed in range(500):
            assert not held_out & set(training_caption(known, Random(seed)).text.split(", "))


def test_a_twin_has_the_same_meaning_in_phrases_that_were_held_out() -> None:
    told = told_clauses(KNOWN, Random(1))
    own, twin = tell(told, KNOWN, Random(2), seen), tell(told, KNOWN, Random(3), unseen)
    assert np.array_equal(own.claims, twin.claims) and own.text != twin.text
    assert any(has_unseen(clause) for clause in told)
    said = set(twin.text.split(", "))
    ways = [phrases(clause.attribute, clause.value) for clause in told]
    assert sum(is_unseen(way, forms[0].form) for forms in ways for way in forms if way.text in said) > 0


def test_words_of_the_first_data_set_are_not_held_out() -> None:
    for app in APPS:
        for state in ("open", "focused"):
            ways = phrases(state, app)
            assert not is_unseen(Phrase(ways[0].form, app), ways[0].form)


def test_clauses_tell_only_what_holds() -> None:
    assert {clause.holding[0].value for clause in shown_clauses(KNOWN) if clause.attribute == "open"} == {"terminal"}
