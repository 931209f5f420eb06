"""The applications of the sandbox: how they start, what their windows are called, what people call them."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class App:
    """`command` starts it, `window_class` is the class of its windows in lower case; `words` all mean it."""

    command: str
    window_class: str
    icon: str
    words: tuple[str, ...]


APPS = {
    "terminal": App(
        command="xfce4-terminal --title=Terminal",
        window_class="xfce4-terminal",
        icon="utilities-terminal",
        words=("terminal", "terminal window", "command line"),
    ),
    "files": App(
        command="thunar",
        window_class="thunar",
        icon="system-file-manager",
        words=("file manager", "file browser", "folder window"),
    ),
    "editor": App(
        command="mousepad",
        window_class="mousepad",
        icon="accessories-text-editor",
        words=("text editor", "editor", "notepad"),
    ),
    "calculator": App(
        command="galculator",
        window_class="galculator",
        icon="accessories-calculator",
        words=("calculator", "pocket calculator"),
    ),
}
APP_CLASS = {name: app.window_class for name, app in APPS.items()}
_NAME = {window_class: name for name, window_class in APP_CLASS.items()}


def app_name(window_class: str) -> str:
    """The application's name here; the class itself where it is none of them."""
    return _NAME.get(window_class, window_class)
