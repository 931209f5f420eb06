"""What is known of a screen, and when a text is wrong of it."""

from typing import Any

import numpy as np

from models.facts import FACTS, NUMBER, Fact, bare_share, claims, contradict, facts_of

SIZE_PX = (100, 100)
SHOWN: dict[str, Any] = {
    "theme": "dark", "wallpaper": "teal", "wallpaper_kind": "plain", "panel": "top", "font_pt": 9,
    "open": ["editor", "terminal"], "focused": "terminal", "minimised": ["editor"], "maximised": [], "menu": False,
    "windows": [
        {"app": "editor", "box": [0, 0, 100, 100], "dialog": False, "hidden": True},
        {"app": "terminal", "box": [50, 0, 80, 100], "dialog": False, "hidden": False},
    ],
}  # fmt: skip


def known(**changes: Any) -> dict[Fact, int]:
    return dict(zip(FACTS, facts_of(SHOWN | changes, SIZE_PX).tolist(), strict=True))


def test_each_fact_holds_or_does_not() -> None:
    facts = known()
    holding = {fact for fact, value in facts.items() if value == 1}
    assert holding == {
        Fact("theme", "dark"), Fact("wallpaper", "teal"), Fact("wallpaper_kind", "plain"), Fact("panel", "top"),
        Fact("font_pt", 9), Fact("focused", "terminal"), Fact("open", "terminal"), Fact("minimised", "editor"),
    }  # fmt: skip
    assert all(value == -1 for fact, value in facts.items() if fact not in holding)


def test_a_wallpaper_that_is_covered_is_not_known() -> None:
    window = SHOWN["windows"][1]
    assert bare_share(SHOWN, SIZE_PX) == 0.5
    covered = known(windows=[window | {"box": [-5, 3, 200, 200]}])
    assert {fact.attribute for fact, value in covered.items() if value == 0} == {"wallpaper", "wallpaper_kind"}


def test_an_application_is_open_where_one_of_its_windows_is_no_dialog_and_not_hidden() -> None:
    terminal = SHOWN["windows"][1]
    assert known(windows=[terminal | {"dialog": True}])[Fact("open", "terminal")] == -1
    assert known(windows=[terminal | {"hidden": True}, terminal])[Fact("open", "terminal")] == 1


def test_of_the_attributes_of_others_nothing_is_known() -> None:
    assert not facts_of({"theme": "dark", "mood": "calm"}, SIZE_PX).any()
    assert not facts_of({}, SIZE_PX).any()


def test_a_text_is_wrong_where_it_claims_what_is_known_to_be_otherwise() -> None:
    dark, light, menu = Fact("theme", "dark"), Fact("theme", "light"), Fact("menu", True)
    texts = np.stack([claims([dark]), claims([light]), claims([], [menu]), claims([])])
    screens = np.stack([claims([dark], [light, menu]), claims([menu], [])])
    assert contradict(texts, screens).tolist() == [[False, False], [True, False], [False, True], [False, False]]
    assert claims([dark])[NUMBER[dark]] == 1 and np.count_nonzero(claims([dark])) == 1
