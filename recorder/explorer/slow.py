"""Short interactions, slow and alone: stillness, one cause, its effect, stillness. They teach best what causes what."""

from recorder.box import Box
from recorder.doors import Window
from recorder.explorer.apps import APP_CLASS
from recorder.explorer.goals import (
    CLOSE_DX_PX,
    MAXIMISE_DX_PX,
    MENUBAR_DY_PX,
    MENUBAR_X_PX,
    MINIMISE_DX_PX,
    TITLE_DY_PX,
    WORDS,
    Scene,
)
from recorder.explorer.hand import LEFT, RIGHT

SLOWNESS = 2.5
ROW_PX = 24
MAX_ROWS = 9


def walk_panel_menu(scene: Scene) -> None:
    """Open the menu of the panel, stop at each row, close it."""
    _walk_menu_of(scene, scene.layout.menu_button_px, LEFT)


def walk_menu_bar(scene: Scene) -> None:
    """The same for a menu of the window in front."""
    box = scene.top.box
    _walk_menu_of(scene, (box.x_px + scene.random.choice(MENUBAR_X_PX), box.y_px + MENUBAR_DY_PX), LEFT)


def walk_context_menu(scene: Scene) -> None:
    """The same for the menu of the desktop."""
    spot = scene.bare_desktop()
    if spot is not None:
        _walk_menu_of(scene, spot, RIGHT)


def _walk_menu_of(scene: Scene, spot_px: tuple[float, float], button: int) -> None:
    _pause(scene)
    scene.hand.move(*spot_px, slowness=SLOWNESS)
    _pause(scene)
    scene.hand.click(button)
    _pause(scene)
    for menu in scene.eye.menus()[-1:]:
        _walk_rows(scene, menu)
    while scene.eye.menus():
        scene.hand.chord("Escape")
        _pause(scene)


def _walk_rows(scene: Scene, menu: Box) -> None:
    """From the row that is nearest, so that a menu above the panel is walked upwards."""
    rows_px = [*range(menu.y_px + ROW_PX // 2, menu.bottom_px - ROW_PX // 4, ROW_PX)]
    downwards = abs(scene.hand.y_px - menu.y_px) <= abs(scene.hand.y_px - menu.bottom_px)
    x_px = menu.x_px + min(menu.width_px / 2, 60)
    for y_px in (rows_px if downwards else rows_px[::-1])[:MAX_ROWS]:
        scene.hand.move(x_px, y_px, slowness=SLOWNESS)
        scene.hand.wait(scene.random.uniform(0.3, 0.6))


def open_and_close(scene: Scene) -> None:
    """Open an application from the panel, drag its window slowly, stop, close it."""
    name = scene.random.choice([name for name in scene.layout.launchers if APP_CLASS[name] not in scene.apps()])
    _pause(scene)
    scene.hand.move(*scene.layout.launcher_px[name], slowness=SLOWNESS)
    _pause(scene)
    scene.hand.click()
    scene.hand.wait(scene.random.uniform(1.5, 2.2))
    opened = _window_of(scene, name)
    if opened is not None:
        _drag(scene, opened)
        moved = _window_of(scene, name)
        if moved is not None:
            _press_button(scene, moved, CLOSE_DX_PX)


def drag_window(scene: Scene) -> None:
    """Drag the window in front slowly, stop twice on the way, let go."""
    _pause(scene)
    _drag(scene, scene.top)


def hide_and_show(scene: Scene) -> None:
    """Minimise the window in front, wait, have one back by the list that alt+tab shows."""
    _pause(scene)
    _press_button(scene, scene.top, MINIMISE_DX_PX)
    scene.hand.wait(scene.random.uniform(0.5, 3.0))
    scene.hand.chord("AltLeft", "Tab")
    _pause(scene)


def grow_and_shrink(scene: Scene) -> None:
    """Maximise the window in front, wait, restore it."""
    _pause(scene)
    for _ in range(2):
        windows = [window for window in scene.eye.windows() if window.number == scene.top.number]
        for window in windows:
            _press_button(scene, window, MAXIMISE_DX_PX)


def cross_panel(scene: Scene) -> None:
    """Go over the panel from one end to the other and away."""
    _pause(scene)
    for x_px, y_px in (scene.layout.menu_button_px, *scene.layout.launcher_px.values()):
        scene.hand.move(x_px, y_px, slowness=SLOWNESS)
        scene.hand.wait(scene.random.uniform(0.3, 0.6))
    spot = scene.bare_desktop()
    if spot is not None:
        scene.hand.move(*spot, slowness=SLOWNESS)
    _pause(scene)


def type_slowly(scene: Scene) -> None:
    """One character at a time, each with its effect, then all away again."""
    word = scene.random.choice(WORDS)
    _pause(scene)
    for character in word:
        scene.hand.type(character)
        scene.hand.wait(scene.random.uniform(0.25, 0.5))
    for _ in word:
        scene.hand.chord("Backspace")
        scene.hand.wait(scene.random.uniform(0.25, 0.5))


def _drag(scene: Scene, window: Window) -> None:
    box, random, hand = window.box, scene.random, scene.hand
    hand.move(box.x_px + random.uniform(40, max(41, box.width_px - 110)), box.y_px + TITLE_DY_PX, slowness=SLOWNESS)
    _pause(scene)
    hand.press()
    for _ in range(2):
        x_px = min(max(hand.x_px + random.uniform(-90, 90), 40), scene.width_px - 40)
        y_px = min(max(hand.y_px + random.uniform(-50, 50), scene.layout.top_px + 12), scene.layout.bottom_px - 40)
        hand.move(x_px, y_px, slowness=SLOWNESS)
        _pause(scene)
    hand.release()
    _pause(scene)


def _press_button(scene: Scene, window: Window, dx_px: int) -> None:
    """A button of the title bar, by its distance from the right edge."""
    scene.hand.move(window.box.right_px - dx_px, window.box.y_px + TITLE_DY_PX, slowness=SLOWNESS)
    _pause(scene)
    scene.hand.click()
    scene.hand.wait(scene.random.uniform(0.8, 1.4))


def _window_of(scene: Scene, name: str) -> Window | None:
    found = [window for window in scene.eye.windows() if window.app == APP_CLASS[name] and not window.dialog]
    return found[-1] if found else None


def _pause(scene: Scene) -> None:
    scene.hand.wait(scene.random.uniform(0.4, 0.8))
