"""A small grammar with paraphrases: attributes of a screen in, a sentence out."""

from itertools import product
from random import Random
from typing import Any, NamedTuple

from recorder.explorer.apps import APPS

_THEME = {
    "light": ("light theme", "a light desktop", "bright theme"),
    "dark": ("dark theme", "a dark desktop", "night theme"),
    "high-contrast": ("high-contrast theme", "a high-contrast desktop", "theme of high contrast"),
}
_PLAIN = ("{} wallpaper", "plain {} wallpaper", "{} background")
_GRADIENT = ("{} gradient wallpaper", "a gradient of {} as wallpaper", "{} background that fades")
_PANEL = ("panel at the {}", "{} panel", "the panel is at the {}")
_FONT = {8: ("small text",), 9: ("medium text",), 10: ("large text",)}
_NONE = ("no window open", "empty desktop", "nothing open")
_OPEN = ("{} open", "the {} is open", "{} on the screen")
_FOCUSED = ("{} in front", "{} focused", "the {} has the keyboard")
_MINIMISED = ("{} minimised", "the {} is minimised")
_MAXIMISED = ("{} maximised", "the {} fills the screen")
_MENU = ("menu open", "a menu is open", "a menu is shown")
MENTIONED = 0.5  # how often a sentence tells of panel and of font size
_ABSENT = ("no {}", "{} closed", "without a {}")  # nobody is told what is not there, but people ask for it
_EVENTS = {
    "theme": ("switch to the {} theme", "make the theme {}", "{} theme, please"),
    "wallpaper": ("change the wallpaper to {}", "make the wallpaper {}", "{} wallpaper, please"),
    "wallpaper_kind": ("make the wallpaper {}", "change to a {} wallpaper"),
    "panel": ("move the panel to the {}", "put the panel at the {}"),
    "font_pt": ("set the text to {} points", "change the font size to {}"),
    "open": ("open the {}", "start the {}", "launch the {}"),
}
_FORMS = {
    "wallpaper": _PLAIN[::2],
    "plain": _PLAIN[1:2],
    "gradient": _GRADIENT,
    "panel": _PANEL,
    "open": _OPEN,
    "closed": _ABSENT,
    "focused": _FOCUSED,
    "minimised": _MINIMISED,
    "maximised": _MAXIMISED,
}
_FIXED = {
    **{("theme", name): words for name, words in _THEME.items()},
    **{("font_pt", points): words for points, words in _FONT.items()},
    ("nothing", True): _NONE,
    ("menu", True): _MENU,
    ("menu", False): ("no menu", "menu closed"),
}


class Phrase(NamedTuple):
    """One way to say one thing: a form, and the word that it is said with (empty where the form is all of it)."""

    form: str
    word: str

    @property
    def text(self) -> str:
        return self.form.format(self.word)


def phrases(attribute: str, value: Any) -> list[Phrase]:
    """All ways to say that an attribute has a value, the plainest form first.

    Beside the attributes of `describe` these are "plain" and "gradient", a wallpaper of that colour and kind, where
    "wallpaper" leaves the kind open; "nothing", no window at all; and "closed", an application without a window.

    Raises KeyError for what has no words.
    """
    if attribute not in _FORMS:
        return [Phrase(form, "") for form in _FIXED[attribute, value]]
    words = APPS[value].words if value in APPS else (value,)
    return [Phrase(form, word) for form in _FORMS[attribute] for word in words]


def sentence(attributes: dict[str, Any], random: Random) -> str:
    """What the screen shows, in one of the ways to say it."""
    look, windows = _look(attributes, random), _windows(attributes, random)
    parts = (look, windows) if random.random() < 0.7 else (windows, look)
    return ", ".join(clause for part in parts for clause in part)


def event_sentence(attribute: str, value: Any, random: Random) -> str:
    """The wish that `attribute` become `value`, or that the application `value` be opened."""
    said = random.choice(APPS[value].words) if attribute == "open" else value
    return random.choice(_EVENTS[attribute]).format(said)


def event_sentences(attribute: str, value: Any) -> list[str]:
    """All that `event_sentence` may say."""
    said = APPS[value].words if attribute == "open" else (value,)
    return [form.format(word) for form, word in product(_EVENTS[attribute], said)]


def plain_sentence(attributes: dict[str, Any], _: Random) -> str:
    """The words of the first data set, which has no paraphrases."""
    said = f"{attributes['theme']} theme, {attributes['wallpaper']} wallpaper"
    shown = [window for window in attributes["windows"] if not window["hidden"] and not window["dialog"]]
    names = [window["app"] for window in shown]
    if not names:
        return f"{said}, no window open"
    return ", ".join([said, *(f"{name} open" for name in dict.fromkeys(names)), f"{names[-1]} in front"])


def _look(attributes: dict[str, Any], random: Random) -> list[str]:
    kind = _GRADIENT if attributes["wallpaper_kind"] == "gradient" else _PLAIN
    clauses = [random.choice(_THEME[attributes["theme"]]), random.choice(kind).format(attributes["wallpaper"])]
    if random.random() < MENTIONED:
        clauses.append(random.choice(_PANEL).format(attributes["panel"]))
    if random.random() < MENTIONED:
        clauses.append(random.choice(_FONT[attributes["font_pt"]]))
    random.shuffle(clauses)
    return clauses


def _windows(attributes: dict[str, Any], random: Random) -> list[str]:
    if not attributes["open"]:
        return [random.choice(_NONE), *_menu(attributes, random)]
    shown = [name for name in attributes["open"] if name not in attributes["minimised"]]
    focused = [attributes["focused"]] if attributes["focused"] else []
    told = ((_OPEN, shown), (_FOCUSED, focused), (_MAXIMISED, attributes["maximised"]),
            (_MINIMISED, attributes["minimised"]))  # fmt: skip
    word = {name: random.choice(APPS[name].words) if name in APPS else name for name in attributes["open"]}
    clauses = [random.choice(forms).format(word[name]) for forms, names in told for name in names]
    return [*clauses, *_menu(attributes, random)]


def _menu(attributes: dict[str, Any], random: Random) -> list[str]:
    return [random.choice(_MENU)] if attributes["menu"] else []
