"""Random numbers in, rounds of tasks out."""

from collections.abc import Callable, Iterator
from random import Random
from typing import NamedTuple

from recorder.explorer.appearance import WALLPAPERS, Appearance
from recorder.explorer.words import event_sentence, plain_sentence
from simulator import shipped

APPS = ("terminal", "files", "editor")  # where the panel has its first three launchers in every look
COMMANDS = ("ls -l", "echo hello", "date", "cat todo.txt", "echo two words", "pwd", "seq 3", "uname")
LINES = ("good morning", "seven green apples", "we meet at noon", "dear anna", "this is written by hand")
CLOSINGS = ("close", "alt+f4")
_OTHER_LOOKS = 0.5  # of the new starts; the others are in the look that what ships knows best


class Task(NamedTuple):
    """One thing to do, by the name of its kind, and with what: an application, a text or nothing."""

    kind: str
    what: str = ""


def rounds(random: Random) -> Iterator[list[Task]]:
    """Rounds without end: the first plain, each later one with a new start, a prompt during play, or neither."""
    yield _round(random, begin=[], wish=[])
    while True:
        kind = random.choice(("start", "wish", "neither"))
        begin = [Task("start", _first_prompt(random))] if kind == "start" else []
        wish = _wish(random) if kind == "wish" else []
        yield _round(random, begin, wish)


def _round(random: Random, begin: list[Task], wish: list[Task]) -> list[Task]:
    """Two or three windows opened and used one after the other, then closed, the last one first; then Home, maybe.

    A wish comes when all is closed: what a window gives back when it closes is what was there when it opened.
    """
    apps = random.sample(APPS, random.choice((2, 3, 3)))
    tasks = [*begin]
    for app in apps:
        tasks += [Task("open", app), *_DEEDS[app](random)]
        tasks += random.choice((_PANEL_MENU, _DESKTOP_MENU, [Task("idle")], []))
    if random.random() < 0.6:
        tasks += [Task("minimise"), Task("bring back")]
    tasks += [Task(random.choice(CLOSINGS)) for _ in apps]
    if random.random() < 0.5:
        tasks += [Task("home"), Task("drag"), Task(random.choice(CLOSINGS))]
    return [*tasks, *wish, *random.choice((_PANEL_MENU, _DESKTOP_MENU))]


def _use_terminal(random: Random) -> list[Task]:
    tasks = []
    for command in random.sample(COMMANDS, random.choice((1, 2))):
        tasks += [Task("type", command), Task("enter")]
    return tasks + random.choice(([Task("click")], [Task("drag")], [Task("click"), Task("drag")]))


def _use_files(random: Random) -> list[Task]:
    return random.choice(([Task("drag")], [Task("click")], [Task("drag"), Task("click")]))


def _use_editor(random: Random) -> list[Task]:
    return [Task("type", random.choice(LINES)), *random.choice(([Task("click")], [Task("drag")], [Task("enter")]))]


def _first_prompt(random: Random) -> str:
    """Of a look that training has, which is half of the time the one that what ships begins in."""
    if random.random() > _OTHER_LOOKS:
        return shipped.PROMPT
    while True:
        look = Appearance(wallpaper=random.choice(sorted(WALLPAPERS)), theme=random.choice(("light", "dark")))
        if not look.held_out:
            return plain_sentence({"theme": look.theme, "wallpaper": look.wallpaper, "windows": []}, random)


def _wish(random: Random) -> list[Task]:
    """For another look, or for an application, which is closed again."""
    attribute, values = random.choice(
        (("wallpaper", sorted(WALLPAPERS)), ("theme", ("light", "dark")), ("open", ("calculator",)))
    )
    wish = Task("wish", event_sentence(attribute, random.choice(values), random))
    return [wish, Task(random.choice(CLOSINGS))] if attribute == "open" else [wish]


_PANEL_MENU = [Task("panel menu"), Task("walk"), Task("escape")]
_DESKTOP_MENU = [Task("desktop menu"), Task("walk"), Task("escape")]
_DEEDS: dict[str, Callable[[Random], list[Task]]] = {
    "terminal": _use_terminal,
    "files": _use_files,
    "editor": _use_editor,
}
