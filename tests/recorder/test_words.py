"""What the explorer says of the screen: every attribute in words and as data, the same from the same seed."""

from dataclasses import replace
from itertools import product
from random import Random
from typing import Any

from recorder.box import Box
from recorder.doors import Window
from recorder.explorer.appearance import FONTS_PT, PANELS, THEMES, WALLPAPER_KINDS, WALLPAPERS, Appearance
from recorder.explorer.apps import APPS
from recorder.explorer.attributes import describe
from recorder.explorer.live import commands
from recorder.explorer.narrator import Narrator
from recorder.explorer.wish import VALUES
from recorder.explorer.words import event_sentence, phrases, plain_sentence, sentence

LOOK = Appearance(wallpaper="teal", theme="dark", wallpaper_kind="gradient", panel="bottom", font_pt=9)
TERMINAL = Window(
    number=1, app="xfce4-terminal", box=Box(x_px=1, y_px=2, width_px=30, height_px=40), dialog=False, hidden=False,
    maximised=True, active=True, title="Terminal",
)  # fmt: skip
EDITOR = replace(TERMINAL, number=2, app="mousepad", hidden=True, maximised=False, active=False, title="notes.txt")
MENU = Box(x_px=5, y_px=6, width_px=70, height_px=80)
DESCRIBED = describe(LOOK, [EDITOR, TERMINAL], [MENU])


def sentences(attributes: dict[str, Any], count: int = 200) -> set[str]:
    return {sentence(attributes, Random(seed)) for seed in range(count)}


def test_attributes_say_what_is_where() -> None:
    assert {name: DESCRIBED[name] for name in ("theme", "wallpaper", "wallpaper_kind", "panel", "font_pt")} == {
        "theme": "dark", "wallpaper": "teal", "wallpaper_kind": "gradient", "panel": "bottom", "font_pt": 9,
    }  # fmt: skip
    assert (DESCRIBED["open"], DESCRIBED["focused"]) == (["editor", "terminal"], "terminal")
    assert (DESCRIBED["minimised"], DESCRIBED["maximised"]) == (["editor"], ["terminal"])
    assert (DESCRIBED["menu"], DESCRIBED["menus"]) == (True, [[5, 6, 70, 80]])
    assert DESCRIBED["windows"][1] == {
        "app": "terminal", "title": "Terminal", "box": [1, 2, 30, 40], "dialog": False, "hidden": False,
        "maximised": True, "focused": True,
    }  # fmt: skip


def test_a_sentence_tells_of_theme_wallpaper_and_windows_in_many_ways() -> None:
    said = sentences(DESCRIBED)
    assert len(said) > 100
    assert all("teal" in text and "menu" in text and "minimised" in text for text in said)
    assert any("panel" in text for text in said) and any("panel" not in text for text in said)


def test_different_looks_are_told_apart() -> None:
    looks = product(THEMES, WALLPAPERS, WALLPAPER_KINDS)
    told = [sentences(describe(Appearance(theme=t, wallpaper=w, wallpaper_kind=k), [], []), 20) for t, w, k in looks]
    assert sum(map(len, told)) == len(set().union(*told))


def test_every_look_and_wish_has_words() -> None:
    for panel, font_pt in product(PANELS, FONTS_PT):
        assert sentences(describe(replace(LOOK, panel=panel, font_pt=font_pt), [], []), 9)
    wishes = [(name, value) for name, values in VALUES.items() for value in values] + [("open", "files")]
    assert len({event_sentence(name, value, Random(0)) for name, value in wishes}) == len(wishes)


def test_the_words_of_the_first_data_set_stay() -> None:
    plain = describe(Appearance(wallpaper="blue"), [EDITOR, TERMINAL], [])
    assert plain_sentence(plain, Random(0)) == "light theme, blue wallpaper, terminal open, terminal in front"
    bare = describe(Appearance(wallpaper="grey"), [EDITOR], [])
    assert plain_sentence(bare, Random(0)) == "light theme, grey wallpaper, no window open"


def test_a_narrator_speaks_once_a_change_and_repeats_itself_where_only_boxes_change() -> None:
    narrator = Narrator(LOOK, sentence, seed=3)
    first = narrator.take()
    assert first is not None and narrator.take() is None
    narrator.see([TERMINAL], [])
    opened = narrator.take()
    narrator.see([replace(TERMINAL, box=MENU)], [])
    moved = narrator.take()
    assert opened is not None and moved is not None
    assert opened.text == moved.text != first.text and opened.attributes_json != moved.attributes_json


def test_the_same_seed_says_the_same() -> None:
    for _ in range(2):
        narrators = [Narrator(LOOK, sentence, seed) for seed in (5, 5, 6)]
        for narrator in narrators:
            narrator.take()
            narrator.see([TERMINAL], [MENU])
        same, again, other = [narrator.take() for narrator in narrators]
        assert same == again != other


def test_a_wish_stands_until_its_effect_is_there() -> None:
    narrator = Narrator(LOOK, sentence, seed=1)
    narrator.begin("theme", "light")
    wish = narrator.take()
    narrator.change("theme", "light")
    changed = narrator.take()
    narrator.end()
    after = narrator.take()
    assert wish is not None and changed is not None and after is not None
    assert wish.text == changed.text == (changed.attributes() or {})["event"] and "light" in wish.text
    assert [(prompt.attributes() or {})["theme"] for prompt in (wish, changed, after)] == ["dark", "light", "light"]
    assert "event" not in (after.attributes() or {}) and after.text != wish.text


def test_a_live_change_sets_what_a_fresh_desktop_would_have() -> None:
    assert list(commands(LOOK, LOOK, ["files"])) == []
    (command,) = commands(LOOK, replace(LOOK, panel="top"), ["files"])
    assert command[:5] == ["xfconf-query", "-c", "xfce4-panel", "-p", "/panels/panel-1/position"]
    (theme,) = commands(LOOK, replace(LOOK, theme="light"), ["files"])
    assert theme[-2:] == ["-s", "Adwaita"]
    (colour, fade) = commands(LOOK, replace(LOOK, wallpaper="red"), ["files"])
    assert colour.count("double") == fade.count("double") == 4


def test_a_sentence_is_made_of_phrases_that_mean_what_it_describes() -> None:
    said = {("plain", "teal"), ("gradient", "teal"), ("theme", "dark"), ("panel", "bottom"), ("font_pt", 9),
            ("open", "terminal"), ("focused", "terminal"), ("maximised", "terminal"), ("minimised", "editor"),
            ("menu", True)}  # fmt: skip
    known = {phrase.text for attribute, value in said for phrase in phrases(attribute, value)}
    assert {clause for text in sentences(DESCRIBED) for clause in text.split(", ")} <= known


def test_no_phrase_means_two_things() -> None:
    meanings = [
        *(("theme", theme) for theme in THEMES),
        *((kind, colour) for kind in ("wallpaper", "plain", "gradient") for colour in WALLPAPERS),
        *(("panel", panel) for panel in PANELS),
        *(("font_pt", points) for points in FONTS_PT),
        *((state, app) for state in ("open", "closed", "focused", "minimised", "maximised") for app in APPS),
        ("nothing", True), ("menu", True), ("menu", False),
    ]  # fmt: skip
    texts = [phrase.text for attribute, value in meanings for phrase in phrases(attribute, value)]
    assert len(texts) == len(set(texts)) > 200


def test_plain_words_come_first() -> None:
    assert phrases("wallpaper", "red")[0].text == "red wallpaper"
    assert phrases("closed", "editor")[0].text == "no text editor"
