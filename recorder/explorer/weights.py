"""How often the policies after the first pursue which goal, and when one makes sense."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from recorder.explorer import goals, slow, tasks
from recorder.explorer.apps import APP_CLASS
from recorder.explorer.goals import Goal, Scene

ENOUGH = 6  # a goal that a session pursued so often weighs half
WITH_MENU_BAR = (APP_CLASS["files"], APP_CLASS["editor"])


def always(_: Scene) -> bool:
    return True


def wishing(scene: Scene) -> bool:
    return scene.wishes is not None


def room(scene: Scene) -> bool:
    return len(scene.windows) < goals.MAX_WINDOWS


def wishing_and_room(scene: Scene) -> bool:
    return wishing(scene) and room(scene)


def any_window(scene: Scene) -> bool:
    return bool(scene.windows)


def shown(scene: Scene) -> bool:
    return bool(scene.shown)


def several_shown(scene: Scene) -> bool:
    return len(scene.shown) > 1


def maximised(scene: Scene) -> bool:
    return shown(scene) and scene.top.maximised


def movable(scene: Scene) -> bool:
    return shown(scene) and not scene.top.maximised


def in_front(name: str) -> Callable[[Scene], bool]:
    """Whether that application has the keyboard."""

    def condition(scene: Scene) -> bool:
        return shown(scene) and scene.top.active and scene.top.app == APP_CLASS[name]

    return condition


def typing(scene: Scene) -> bool:
    return in_front("editor")(scene) or in_front("terminal")(scene)


def menu_bar(scene: Scene) -> bool:
    return shown(scene) and scene.top.active and scene.top.app in WITH_MENU_BAR


class Row(NamedTuple):
    goal: Goal
    weight: float
    when: Callable[[Scene], bool]


GOALS_2 = (
    Row(goals.wander, 0.6, always),
    Row(goals.idle, 0.4, always),
    Row(goals.click_desktop, 0.3, always),
    Row(goals.context_menu, 0.4, always),
    Row(tasks.rubber_band, 0.2, always),
    Row(slow.walk_panel_menu, 0.5, always),
    Row(slow.walk_context_menu, 0.4, always),
    Row(slow.cross_panel, 0.3, always),
    Row(tasks.wish_look, 0.8, wishing),
    Row(tasks.wish_app, 0.8, wishing_and_room),
    Row(goals.open_from_panel, 1.2, room),
    Row(goals.open_from_menu, 1.0, room),
    Row(slow.open_and_close, 0.6, room),
    Row(goals.use_tasklist, 0.6, any_window),
    Row(goals.close_window, 1.2, shown),
    Row(goals.minimise, 0.4, shown),
    Row(slow.hide_and_show, 0.4, shown),
    Row(slow.grow_and_shrink, 0.3, movable),
    Row(goals.move_window, 0.7, movable),
    Row(slow.drag_window, 0.7, movable),
    Row(goals.resize_window, 0.4, movable),
    Row(goals.maximise, 0.3, shown),
    Row(goals.maximise, 3.0, maximised),
    Row(goals.raise_window, 1.0, several_shown),
    Row(tasks.scroll, 0.5, shown),
    Row(goals.menu_bar, 0.6, menu_bar),
    Row(slow.walk_menu_bar, 0.6, menu_bar),
    Row(slow.type_slowly, 0.5, typing),
    Row(goals.write_text, 1.5, in_front("editor")),
    Row(tasks.random_characters, 1.2, in_front("editor")),
    Row(tasks.type_and_correct, 0.8, in_front("editor")),
    Row(tasks.select_text, 1.0, in_front("editor")),
    Row(goals.run_commands, 2.0, in_front("terminal")),
    Row(tasks.shell_files, 1.5, in_front("terminal")),
    Row(goals.browse_files, 1.5, in_front("files")),
    Row(tasks.make_folder, 0.6, in_front("files")),
    Row(tasks.rename_file, 0.5, in_front("files")),
    Row(tasks.delete_file, 0.3, in_front("files")),
    Row(tasks.drag_file, 0.6, in_front("files")),
    Row(tasks.change_view, 0.4, in_front("files")),
    Row(tasks.calculate, 3.0, in_front("calculator")),
)


def changed(table: Sequence[Row], changes: dict[Goal, tuple[Row, ...]]) -> tuple[Row, ...]:
    """The table with other rows in the places of some goals."""
    return tuple(now for row in table for now in changes.get(row.goal, (row,)))


# The third policy differs in these: it types more of each character, and code.
_IN_THE_THIRD: dict[Goal, tuple[Row, ...]] = {
    tasks.random_characters: (
        Row(tasks.rare_characters, 2.0, in_front("editor")),
        Row(tasks.write_code, 1.0, in_front("editor")),
    ),
    tasks.shell_files: (Row(tasks.plain_shell_files, 1.5, in_front("terminal")),),
}
GOALS_3 = changed(GOALS_2, _IN_THE_THIRD)

# The fourth types all characters equally often, and in the terminal too.
GOALS_4 = changed(GOALS_3, {tasks.rare_characters: (Row(tasks.exercise_characters, 11.0, typing),)})

# The fifth clicks where nothing happens too. Of 1,600 presses of the second's sessions 24 were followed by nothing.
GOALS_5 = (*GOALS_4, Row(tasks.click_idly, 2.5, always))


def choices(table: Sequence[Row], scene: Scene) -> dict[Goal, float]:
    """Goals that make sense now, with their weights; of a goal's rows the last that does.

    What was done often weighs less, so that a session does not repeat what it has enough of.
    """
    return {row.goal: row.weight / (1 + scene.done[row.goal] / ENOUGH) for row in table if row.when(scene)}
