"""Goals of the second policy: files, selections, the calculator, scrolling, dragging, every character, wishes."""

import string
from collections.abc import Sequence

from recorder.box import Box
from recorder.doors import active
from recorder.explorer.apps import APP_CLASS
from recorder.explorer.goals import (
    FILE_COLUMNS_PX,
    FILE_ROWS_PX,
    TITLE_DY_PX,
    WORDS,
    Scene,
    enter_command,
    type_with_mistakes,
)

PRINTABLE = string.printable[:95]
SHARES = 3  # of the printable characters; one fits into the terminal's line
COMMON = string.ascii_lowercase + string.digits + " "
CODE = (
    "for (int i = 0; i < 10; i++) {",
    "    print(f'{name}: {100 * share:.1f} %')",
    'if x != 2 and not (y >= 7 or z[0] == "A"):',
    "#include <stdio.h>  // input & output",
    "SELECT * FROM PLACES WHERE CITY = 'Oslo';",
    "const next = (a, b) => a ^ b | ~a;",
    "echo $HOME | grep -v '^#' > out.txt; cd ~",
    "JUMP LOOP, R1 @ 0x1F ? Q : Z",
    "</body> <!-- end of page -->",
    "MAX_KEY = {'w': [1, 2], 'V': `X`}",
)
NAMES = ("plans", "photos", "old", "ideas", "report", "garden", "recipes", "draft")
SHELL_LINES = (
    "touch {0}.txt",
    "mkdir {0}",
    "mv {0}.txt {1}.txt",
    "rm -f {0}.txt",
    "rmdir {0}",
    "ls",
    "seq 40",
    "ls -l",
)
PLAIN_LINES = (*SHELL_LINES[:-1], "ls -1")  # without owners and times, which no seed decides
# The middle of the calculator's buttons, from its window's corner.
_COLUMNS_PX, _ROWS_PX = (38, 99, 160, 221, 282), (180, 220, 260, 300)
_BUTTON_ROWS = ("789/", "456*", "123-", "0.n+")
BUTTON_PX = {
    button: (x_px, y_px)
    for buttons, y_px in zip(_BUTTON_ROWS, _ROWS_PX, strict=True)
    for button, x_px in zip(buttons, _COLUMNS_PX, strict=False)
} | {"=": (282, 280), "c": (229, 94)}
_EDITOR_TEXT_DY_PX = 56  # from the editor's upper edge to its first line
_LINE_PX = 14


def random_characters(scene: Scene) -> None:
    """Any printable ones, in no order: nothing else types a backquote."""
    _type_some(scene, [1] * len(PRINTABLE), scene.random.randint(10, 30))


def rare_characters(scene: Scene) -> None:
    """The same, more of them, and most of those that words and code hardly have."""
    weights = [1 if character in COMMON else 3 for character in PRINTABLE]
    _type_some(scene, weights, scene.random.randint(20, 50))


def exercise_characters(scene: Scene) -> None:
    """A share of the printable ones, in no order; then the next share, so that a session types all equally often.

    With which share a session begins follows from its seed: so do many sessions, however short they are.
    """
    share = [*PRINTABLE[(scene.seed + scene.done[exercise_characters]) % SHARES :: SHARES]]
    scene.random.shuffle(share)
    scene.hand.type("".join(share))
    scene.hand.hesitate()
    if scene.top.app == APP_CLASS["terminal"]:
        scene.hand.chord("ControlLeft", "KeyU")  # it is no command
    else:
        scene.hand.chord("Enter")


def _type_some(scene: Scene, weights: Sequence[int], count: int) -> None:
    text = "".join(scene.random.choices(PRINTABLE, weights, k=count))
    scene.hand.type(text + scene.random.choice(("", "\n")))
    scene.hand.hesitate()


def write_code(scene: Scene) -> None:
    """A line or two of a program."""
    for _ in range(scene.random.randint(1, 2)):
        type_with_mistakes(scene, scene.random.choice(CODE))
        scene.hand.chord("Enter")
        scene.hand.hesitate(0.3, 0.7)


def type_and_correct(scene: Scene) -> None:
    """Words of which one is noticed to be wrong only when more was written."""
    random, hand = scene.random, scene.hand
    wrong = "".join(random.sample(string.ascii_lowercase, random.randint(2, 5)))
    hand.type(wrong)
    hand.hesitate(0.3, 0.8)
    for _ in wrong:
        hand.chord("Backspace")
        hand.hesitate(0.05, 0.12)
    type_with_mistakes(scene, " ".join(random.choices(WORDS, k=3)) + random.choice(" \n"))


def select_text(scene: Scene) -> None:
    """By keys, by a double click or by dragging; then replace, copy or leave it."""
    random, hand, box = scene.random, scene.hand, scene.top.box
    line = box.x_px + random.uniform(10, 60), box.y_px + _EDITOR_TEXT_DY_PX + _LINE_PX * random.randint(0, 3)
    way = random.choice(("keys", "word", "drag"))
    if way == "keys":
        hand.chord("Home" if random.random() < 0.5 else "ArrowLeft")
        for _ in range(random.randint(3, 9)):
            hand.chord("ShiftLeft", random.choice(("ArrowLeft", "ArrowRight", "ArrowUp")))
    elif way == "word":
        hand.move(*line)
        hand.double_click()
    else:
        hand.drag(line, (line[0] + random.uniform(40, 160), line[1] + _LINE_PX * random.randint(0, 2)), slowness=1.5)
    hand.hesitate(0.3, 0.8)
    _use_selection(scene)


def _use_selection(scene: Scene) -> None:
    hand, what = scene.hand, scene.random.choice(("type", "delete", "copy", "leave"))
    if what == "type":
        hand.type(scene.random.choice(WORDS))
    elif what == "delete":
        hand.chord("Delete")
    elif what == "copy":
        hand.chord("ControlLeft", "KeyC")
        hand.chord("ArrowRight")
        hand.hesitate(0.2, 0.5)
        hand.chord("ControlLeft", "KeyV")
    else:
        hand.chord("ArrowRight")


def make_folder(scene: Scene) -> None:
    scene.hand.chord("ControlLeft", "ShiftLeft", "KeyN")
    _answer_with_name(scene)


def rename_file(scene: Scene) -> None:
    _pick_file(scene)
    scene.hand.chord("F2")
    _answer_with_name(scene)


def delete_file(scene: Scene) -> None:
    """For good, as the dialog that comes says; sometimes it is thought better of."""
    hand, random = scene.hand, scene.random
    _pick_file(scene)
    hand.chord("Delete")
    hand.wait(random.uniform(0.6, 1.2))
    window = active(scene.eye.windows())
    if window is not None and window.dialog:
        hand.chord("Enter" if random.random() < 0.7 else "Escape")
        hand.hesitate(0.5, 0.9)


def drag_file(scene: Scene) -> None:
    """One of the second row into what is above it: into a folder it moves, elsewhere nothing happens."""
    hand, random, corner = scene.hand, scene.random, scene.top.box
    above, below = (corner.y_px + row_px for row_px in FILE_ROWS_PX)
    start = corner.x_px + random.choice(FILE_COLUMNS_PX), below
    end = corner.x_px + random.choice(FILE_COLUMNS_PX) + random.uniform(-8, 8), above
    if corner.contains(*start) and corner.contains(*end):
        hand.drag(start, end, slowness=2.0)
        hand.hesitate(0.5, 0.9)


def change_view(scene: Scene) -> None:
    """Files as a list, and back to icons."""
    for digit in ("Digit2", "Digit1"):
        scene.hand.chord("ControlLeft", digit)
        scene.hand.hesitate(0.8, 1.6)


def _pick_file(scene: Scene) -> None:
    """Select by its first letters one that may be there: never a folder that the desktop needs."""
    scene.hand.chord("Escape")  # nothing is selected any more
    scene.hand.hesitate(0.2, 0.4)
    scene.hand.type(scene.random.choice((*NAMES, "notes", "todo"))[:4])
    scene.hand.hesitate(0.4, 0.8)
    scene.hand.chord("Escape")  # the search is over
    scene.hand.hesitate(0.2, 0.5)


def _answer_with_name(scene: Scene) -> None:
    """Type a name into the dialog that was asked for, if it came."""
    hand, random = scene.hand, scene.random
    hand.wait(random.uniform(0.6, 1.0))
    window = active(scene.eye.windows())
    if window is None or not window.dialog:
        return
    hand.chord("ControlLeft", "KeyA")
    type_with_mistakes(scene, f"{random.choice(NAMES)} {random.randint(1, 99)}")
    hand.hesitate(0.3, 0.6)
    hand.chord("Enter" if random.random() < 0.85 else "Escape")
    hand.hesitate(0.5, 0.9)


def shell_files(scene: Scene) -> None:
    """Make, rename and remove files in the terminal."""
    _work_on_files(scene, SHELL_LINES)


def plain_shell_files(scene: Scene) -> None:
    """The same, and nothing on the screen that another recording of the seed would not show."""
    _work_on_files(scene, PLAIN_LINES)


def _work_on_files(scene: Scene, lines: Sequence[str]) -> None:
    for _ in range(scene.random.randint(1, 3)):
        enter_command(scene, scene.random.choice(lines).format(*scene.random.sample(NAMES, 2)))


def calculate(scene: Scene) -> None:
    """By clicks on the buttons or by keys."""
    random = scene.random
    task = f"{random.randint(1, 999)}{random.choice('+-*/')}{random.randint(1, 99)}="
    if random.random() < 0.4:
        scene.hand.type(task)
        scene.hand.hesitate(0.3, 0.7)
        return
    corner = scene.top.box
    for button in ("c" if random.random() < 0.3 else "") + task:
        dx_px, dy_px = BUTTON_PX[button]
        scene.hand.click_at(corner.x_px + dx_px + random.uniform(-14, 14), corner.y_px + dy_px + random.uniform(-8, 8))
        scene.hand.hesitate(0.05, 0.25)


def scroll(scene: Scene) -> None:
    """Down and mostly up again, over what the window shows."""
    hand, random = scene.hand, scene.random
    hand.move(*scene.point(_inner(scene.top.box)))
    for _ in range(random.randint(1, 3)):
        hand.scroll(random.choice((-1, -1, 1)) * random.randint(1, 5))
        hand.hesitate(0.2, 0.6)


def rubber_band(scene: Scene) -> None:
    """Drag a frame over bare desktop."""
    start, end = scene.bare_desktop(), scene.bare_desktop()
    if start and end:
        scene.hand.drag(start, end, slowness=1.5)
        scene.hand.hesitate(0.2, 0.5)


def click_idly(scene: Scene) -> None:
    """Clicks that mostly do nothing, as people's do: on a window's title or inside it, on the panel's end, the desktop.

    A recording without them says that each click has an effect, and who learns from it gives each one.
    """
    layout, random = scene.layout, scene.random
    spots = [
        (scene.width_px - random.uniform(8, 40), layout.panel_top_px + random.uniform(4, 24)),
        scene.bare_desktop(),
    ]
    if scene.shown:
        box = scene.top.box
        title_px = box.x_px + random.uniform(40, box.width_px - 100), box.y_px + TITLE_DY_PX
        spots += [title_px, *(scene.point(_inner(box)) for _ in range(3))]
    there = [spot for spot in spots if spot]
    for spot in random.sample(there, random.randint(1, min(3, len(there)))):
        scene.hand.click_at(*spot)
        scene.hand.hesitate(0.3, 1.2)


def wish_look(scene: Scene) -> None:
    """Another look, because a prompt asks for it."""
    if scene.wishes is not None:
        scene.wishes.change_look(scene.hand, scene.random)


def wish_app(scene: Scene) -> None:
    """An application that is not open, because a prompt asks for it."""
    closed = [name for name in scene.layout.launchers if APP_CLASS[name] not in scene.apps()]
    if scene.wishes is not None and closed:
        scene.wishes.open_app(scene.hand, scene.random.choice(closed))


def _inner(box: Box) -> Box:
    """A window without its title and menu bar."""
    top_px = 2 * TITLE_DY_PX + 30
    return Box(x_px=box.x_px, y_px=box.y_px + top_px, width_px=box.width_px, height_px=box.height_px - top_px)
