"""What the screen shows, as data: the attributes that are stored beside each sentence."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from recorder.box import Box
from recorder.doors import Window
from recorder.explorer.appearance import Appearance
from recorder.explorer.apps import app_name
from recorder.prompt import EVENT

UNWORDED = ("windows", "menus")  # of the attributes: what no sentence tells


def describe(
    appearance: Appearance, windows: Sequence[Window], menus: Sequence[Box], event: str = ""
) -> dict[str, Any]:
    """The attributes (docs/session.md lists them) of these windows, bottom of the stack first."""
    ours = [window for window in windows if window.app and not window.dialog]
    return {
        **asdict(appearance),
        "open": _names(ours),
        "focused": next((app_name(window.app) for window in ours if window.active and not window.hidden), None),
        "minimised": _names([window for window in ours if window.hidden]),
        "maximised": _names([window for window in ours if window.maximised and not window.hidden]),
        "menu": bool(menus),
        "menus": [_numbers(box) for box in menus],
        "windows": [_window(window) for window in windows],
    } | ({EVENT: event} if event else {})


def worded(attributes: dict[str, Any]) -> dict[str, Any]:
    """The attributes that a sentence tells."""
    return {name: value for name, value in attributes.items() if name not in UNWORDED}


def _names(windows: Sequence[Window]) -> list[str]:
    return sorted({app_name(window.app) for window in windows})


def _window(window: Window) -> dict[str, Any]:
    return {
        "app": app_name(window.app),
        "title": window.title,
        "box": _numbers(window.box),
        "dialog": window.dialog,
        "hidden": window.hidden,
        "maximised": window.maximised,
        "focused": window.active,
    }


def _numbers(box: Box) -> list[int]:
    return [box.x_px, box.y_px, box.width_px, box.height_px]
