"""The door to password fields: programs that speak AT-SPI, the accessibility bus of free desktops, name them."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from jeepney import DBusAddress, DBusErrorResponse, MatchRule, Message, message_bus, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from jeepney.wrappers import unwrap_msg

from recorder.box import Box
from recorder.doors import DisplayGone, Passwords

PASSWORD_ROLE = 40  # ATSPI_ROLE_PASSWORD_TEXT
_FOCUSED_STATE, _SHOWING_STATE = 1 << 12, 1 << 25
_SCREEN_COORDINATES = 0
_ANSWER_S, _LOOK_S = 1.0, 0.1
_START_S = 10.0  # in which a desktop brings up the bus that was asked for
_MOST_WALKED = 2000  # accessible objects that are looked at when recording begins
_SPI = "org.a11y.atspi."
_ROOT = ("org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root")
_SETTINGS = DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.freedesktop.DBus.Properties")
_COMPLAINTS = (OSError, EOFError, KeyError, RuntimeError, DBusErrorResponse, TimeoutError, StopIteration)

Accessible = tuple[str, str]  # bus name and object path


class AtSpiPasswords(Passwords):
    """Password fields of programs that speak AT-SPI: where they are, and whether one takes the keys.

    A field stays known while it shows, also when it is made to show its text. Raises ValueError where no
    accessibility bus answers.
    """

    def __init__(self) -> None:
        try:
            self._session = open_dbus_connection("SESSION")
            self._bus = open_dbus_connection(self._ask_session_for_the_bus())
            self._events: deque[Message] = deque()
            self._watch_focus()
        except _COMPLAINTS as error:
            raise ValueError("no accessibility bus answers; install at-spi2-core, log in to a desktop") from error
        self._fields: dict[Accessible, Box | None] = {}
        self._focused: Accessible | None = None
        self._walk()
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._run, name="at-spi", daemon=True)
        self._thread.start()

    def asked(self) -> bool:
        self._check()
        return self._focused is not None

    def boxes(self) -> list[Box]:
        self._check()
        return [box for box in list(self._fields.values()) if box]

    def close(self) -> None:
        self._ends.set()
        self._thread.join()
        with suppress(*_COMPLAINTS):
            self._enable(self._was_enabled)
        self._bus.close()
        self._session.close()

    def _check(self) -> None:
        if not self._thread.is_alive():
            raise DisplayGone("the accessibility bus, which tells of password fields, went away")

    def _ask_session_for_the_bus(self) -> str:
        """Switch accessibility on, which some toolkits wait for; the address of its own bus."""
        status = ("org.a11y.Status", "IsEnabled")
        (_, self._was_enabled) = _call(self._session, new_method_call(_SETTINGS, "Get", "ss", status))[0]
        self._enable(True)
        address = DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Bus")
        return _call(self._session, new_method_call(address, "GetAddress"))[0]

    def _enable(self, on: bool) -> None:
        body = ("org.a11y.Status", "IsEnabled", ("b", on))
        _call(self._session, new_method_call(_SETTINGS, "Set", "ssv", body))

    def _watch_focus(self) -> None:
        rule = MatchRule(type="signal", interface=_SPI + "Event.Object", member="StateChanged")
        self._bus.filter(rule, queue=self._events)
        _call(self._bus, message_bus.AddMatch(rule))
        registry = DBusAddress("/org/a11y/atspi/registry", "org.a11y.atspi.Registry", "org.a11y.atspi.Registry")
        _call(self._bus, new_method_call(registry, "RegisterEvent", "s", ("object:state-changed:focused",)))

    def _run(self) -> None:
        with suppress(OSError, EOFError):  # with the connection ends the thread, which `_check` sees
            while not self._ends.is_set():
                with suppress(TimeoutError):
                    self._take(self._bus.recv_until_filtered(self._events, timeout=_LOOK_S))
                while self._events:
                    self._take(self._events.popleft())
                for field in list(self._fields):
                    self._look_at(field)

    def _take(self, event: Message) -> None:
        """A focus event; the keys are given up by one object before the next has them."""
        detail, gained = event.body[:2]
        if detail != "focused":
            return
        place = (event.header.fields[7], event.header.fields[1])  # the sender and its object
        if gained and self._is_password(place):
            self._fields.setdefault(place, None)
            self._focused = place
            self._look_at(place)
        elif gained or place == self._focused:
            self._focused = None

    def _is_password(self, place: Accessible) -> bool:
        """A program that is too busy to say what has the focus may have a password there."""
        try:
            return self._ask(place, "Accessible", "GetRole")[0] == PASSWORD_ROLE
        except TimeoutError:
            return True
        except DBusErrorResponse:
            return False

    def _look_at(self, field: Accessible) -> None:
        """Where a field is now; one that has gone is forgotten."""
        try:
            showing = _bits(self._ask(field, "Accessible", "GetState")[0]) & _SHOWING_STATE
            extents = self._ask(field, "Component", "GetExtents", "u", (_SCREEN_COORDINATES,))[0]
        except TimeoutError:
            return
        except DBusErrorResponse:
            del self._fields[field]
            self._focused = None if self._focused == field else self._focused
            return
        x_px, y_px, width_px, height_px = extents
        self._fields[field] = Box(x_px=x_px, y_px=y_px, width_px=width_px, height_px=height_px) if showing else None

    def _walk(self) -> None:
        """Find the password fields that are there already."""
        for place, _ in zip(self._objects(), range(_MOST_WALKED)):
            with suppress(TimeoutError, DBusErrorResponse):
                if self._ask(place, "Accessible", "GetRole")[0] == PASSWORD_ROLE:
                    self._fields[place] = None
                    self._look_at(place)
                    if _bits(self._ask(place, "Accessible", "GetState")[0]) & _FOCUSED_STATE:
                        self._focused = place

    def _objects(self) -> Iterator[Accessible]:
        """Every accessible object, nearest to the root first."""
        waiting = deque([_ROOT])
        while waiting:
            place = waiting.popleft()
            yield place
            with suppress(TimeoutError, DBusErrorResponse):
                waiting.extend(self._ask(place, "Accessible", "GetChildren")[0])

    def _ask(self, place: Accessible, interface: str, method: str, signature: str = "", body: Any = ()) -> Any:
        address = DBusAddress(place[1], place[0], _SPI + interface)
        return _call(self._bus, new_method_call(address, method, signature, body), _ANSWER_S)


def _call(connection: DBusConnection, message: Message, timeout_s: float = _START_S) -> Any:
    """What a method returns; raises DBusErrorResponse and TimeoutError."""
    return unwrap_msg(connection.send_and_get_reply(message, timeout=timeout_s))


def _bits(words: list[int]) -> int:
    """An AT-SPI set of states, the low 32 first, as one number."""
    return words[0] | words[1] << 32
