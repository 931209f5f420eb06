"""Events and frame times in, one action a frame out: the only place where raw events become actions."""

from collections.abc import Iterable, Sequence

from recorder.actions import Action, Event, EventKind

_PRESS = {EventKind.BUTTON_DOWN, EventKind.KEY_DOWN}
_RELEASE = {EventKind.BUTTON_UP, EventKind.KEY_UP}
_BUTTON = {EventKind.BUTTON_DOWN, EventKind.BUTTON_UP}


class ActionBuilder:
    """Folds events into actions: `feed` each event, `cut` at each frame."""

    def __init__(self, x_px: int = 0, y_px: int = 0, buttons: Iterable[int] = (), keys: Iterable[int] = ()) -> None:
        self._x_px, self._y_px = x_px, y_px
        self._buttons, self._keys = set(buttons), set(keys)
        self._events: list[Event] = []

    def feed(self, event: Event) -> None:
        """Take one event; events come in time order."""
        if event.kind != EventKind.KEY_DOWN and event.kind != EventKind.KEY_UP:
            self._x_px, self._y_px = event.x_px, event.y_px
        held = self._buttons if event.kind in _BUTTON else self._keys
        if event.kind in _PRESS:
            held.add(event.code)
        elif event.kind in _RELEASE:
            held.discard(event.code)
        if event.kind != EventKind.MOTION:
            self._events.append(event)

    def cut(self) -> Action:
        """The action since the last cut."""
        action = Action(
            x_px=self._x_px,
            y_px=self._y_px,
            buttons=frozenset(self._buttons),
            keys=frozenset(self._keys),
            events=tuple(self._events),
        )
        self._events.clear()
        return action


def frame_actions(
    events: Iterable[Event],
    frame_t_ns: Sequence[int],
    start_px: tuple[int, int] = (0, 0),
    buttons: Iterable[int] = (),
    keys: Iterable[int] = (),
) -> list[Action]:
    """One action for each frame: all events with t in (previous frame's t, this frame's t].

    The pointer is at `start_px`, and `buttons` and `keys` are held, before the first event. Events after the last frame
    belong to no frame. Frame times and events must ascend.
    """
    builder = ActionBuilder(*start_px, buttons, keys)
    pending = iter(events)
    event = next(pending, None)
    actions: list[Action] = []
    for t_ns in frame_t_ns:
        while event is not None and event.t_ns <= t_ns:
            builder.feed(event)
            event = next(pending, None)
        actions.append(builder.cut())
    return actions
