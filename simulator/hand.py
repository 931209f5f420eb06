"""The hand on mouse and keyboard."""

from recorder.actions import Action, Event, EventKind
from recorder.alignment import ActionBuilder

_KEYS = (EventKind.KEY_DOWN, EventKind.KEY_UP)


class Hand:
    """Turns the user's events into actions; the pointer, at (`x_px`, `y_px`), follows at once."""

    def __init__(self, x_px: int, y_px: int) -> None:
        self.x_px, self.y_px = x_px, y_px
        self.begin()

    def begin(self) -> None:
        """Forget what is held and what was not yet acted on."""
        self._builder = ActionBuilder(self.x_px, self.y_px)
        self._fresh: list[Event] = []

    def feed(self, event: Event) -> None:
        """Take an event; they come in time order."""
        self._builder.feed(event)
        self._fresh.append(event)
        if event.kind not in _KEYS:
            self.x_px, self.y_px = event.x_px, event.y_px

    def act(self) -> tuple[Action, tuple[Event, ...]]:
        """The action since the last one, with the events that it was made of."""
        events = tuple(self._fresh)
        self._fresh.clear()
        return self._builder.cut(), events
