"""What the user was doing when a frame was shown."""

from collections.abc import Sequence

from recorder.actions import Action, EventKind

CLASSES = ("hover", "click", "type", "drag", "scroll", "window")
LOOK_BACK_S = 1.0
_CLASS_OF = {
    EventKind.BUTTON_DOWN: "click",
    EventKind.BUTTON_UP: "click",
    EventKind.SCROLL: "scroll",
    EventKind.KEY_DOWN: "type",
    EventKind.KEY_UP: "type",
}


def event_classes(actions: Sequence[Action], fps: float) -> list[str]:
    """For each frame the class of the last thing that the user did in the second that ends with it.

    Buttons, keys and the wheel come first: `click`, `type`, `scroll`, or `drag` while the pointer moves with a button
    held and at the release that ends it. `hover`: the pointer moved and nothing else happened. `window`: the user
    did nothing, the screen changes by itself (a window that opens late).
    """
    look_back = round(LOOK_BACK_S * fps)
    classes: list[str] = []
    last_deed, deed_at, moved_at, dragging = "", -look_back, -look_back, False
    for frame, action in enumerate(actions):
        before = actions[max(0, frame - 1)]
        moved = (action.x_px, action.y_px) != (before.x_px, before.y_px)
        dragging_before, dragging = dragging, bool(action.buttons) and (dragging or (moved and bool(before.buttons)))
        if moved:
            moved_at = frame
        if dragging or dragging_before:
            last_deed, deed_at = "drag", frame
        elif action.events:
            last_deed, deed_at = _CLASS_OF[action.events[-1].kind], frame
        if frame - deed_at < look_back:
            classes.append(last_deed)
        else:
            classes.append("hover" if frame - moved_at < look_back else "window")
    return classes
