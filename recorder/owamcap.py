"""OWAMcap, the files of Open World Agents: a session in, OUT.mcap and a video out; `import-owamcap`: the way back.

An MCAP file of profile 'owa' holds JSON messages on the topics `screen` (each points into a video), `mouse`,
`keyboard` and their states. It has no place for pointer images, lateness, prompts, pauses, symbols and raw motion;
keys are Windows' virtual key codes. Log times are the session's own clock. It needs the library mcap.
"""

import json
import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import tyro

from recorder.actions import Event, EventKind, table_hash
from recorder.importer import import_session
from recorder.interchange import FrameLine, Header, Transcript
from recorder.schema import NO_SHAPE
from recorder.session import Session
from recorder.states import State
from recorder.virtual_keys import KEY_BY_VIRTUAL_KEY, VIRTUAL_KEYS

PROFILE = "owa"
OWN_METADATA = "dreamdesk"  # holds what the format has no place for: the nominal rate
_BUTTON_NAMES = ("left", "middle", "right", "x1", "x2")  # of BUTTONS
_TOPICS = {
    "screen": "desktop/ScreenCaptured",
    "mouse": "desktop/MouseEvent",
    "keyboard": "desktop/KeyboardEvent",
    "mouse/state": "desktop/MouseState",
    "keyboard/state": "desktop/KeyboardState",
}
_PRESSES = (EventKind.BUTTON_DOWN, EventKind.KEY_DOWN)
_KEYS = (EventKind.KEY_DOWN, EventKind.KEY_UP)
_REMEDY = "OWAMcap needs the library mcap; install it with: pip install 'dreamdesk[owamcap]'"

Message = tuple[int, str, dict[str, Any]]  # time in ns, topic, content


@dataclass(kw_only=True)
class ImportOwamcap:
    """Make a session of an OWAMcap file and the video beside it.

    Each message on 'screen' is a frame; they must point into one video, frame after frame. Keys that the action table
    lacks are left out.
    """

    source: tyro.conf.Positional[Path]
    """The .mcap file."""
    out: tyro.conf.Positional[Path]
    """The new session."""

    def run(self) -> None:
        tape = read_owamcap(self.source)
        import_session(tape.video, tape.transcript, self.out)
        transcript = tape.transcript
        print(f"{self.out}: {len(transcript.frames)} frames, {len(transcript.events)} events, {tape.left_out} left out")


@dataclass(frozen=True, kw_only=True)
class Tape:
    """What an OWAMcap file holds: `left_out` events say nothing that a session can."""

    video: Path
    transcript: Transcript
    left_out: int


def write_owamcap(session: Session, path: Path, video_name: str) -> None:
    """Write the session's messages; `video_name` is its video's, which will lie beside the file.

    Raises ValueError where the library is missing.
    """
    writer_module = _library("mcap.writer")
    with path.open("wb") as file:
        writer = writer_module.Writer(file)
        writer.start(profile=PROFILE, library="dreamdesk")
        channels = {}
        for topic, name in _TOPICS.items():
            schema = json.dumps({"title": name.partition("/")[2], "type": "object"}).encode()
            number = writer.register_schema(name=name, encoding="jsonschema", data=schema)
            channels[topic] = writer.register_channel(topic=topic, message_encoding="json", schema_id=number)
        messages = [*_screen_messages(session, video_name), *map(_event_message, session.events())]
        messages += [message for state in session.states() for message in _state_messages(state)]
        for t_ns, topic, content in sorted(messages, key=lambda message: message[0]):
            data = json.dumps(content).encode()
            writer.add_message(channel_id=channels[topic], log_time=t_ns, publish_time=t_ns, data=data)
        writer.add_metadata(OWN_METADATA, {"fps": repr(session.fps)})
        writer.finish()


def read_owamcap(path: Path) -> Tape:
    """The inverse of `write_owamcap`, and the reading of files of other recorders.

    Raises ValueError, with the remedy, where the library is missing, and for a file that is missing, foreign, damaged
    or points to more than one video.
    """
    if not path.is_file():
        raise ValueError(f"{path} is not there; check the name")
    reader_module, problems = _library("mcap.reader"), _library("mcap.exceptions")
    reading = _Reading()
    try:
        with path.open("rb") as file:
            reader = reader_module.make_reader(file)
            if reader.get_header().profile != PROFILE:
                raise ValueError("its profile is not 'owa'")
            metadata = {entry.name: entry.metadata for entry in reader.iter_metadata()}
            for _, channel, message in reader.iter_messages():
                take = reading.takers.get(channel.topic)
                if take is not None:
                    take(message.log_time, json.loads(message.data))
        return reading.tape(path, metadata.get(OWN_METADATA, {}))
    except (problems.McapError, LookupError, TypeError, ValueError, ArithmeticError, AttributeError, EOFError) as error:
        raise ValueError(f"{path} can't be read as an OWAMcap file ({error}); copy or record it again") from error


@dataclass
class _Reading:
    """Folds messages into a transcript."""

    events: list[Event] = field(default_factory=list)
    frames: list[FrameLine] = field(default_factory=list)
    sizes: Counter[tuple[int, int]] = field(default_factory=Counter)
    videos: Counter[str] = field(default_factory=Counter)
    held: set[tuple[bool, int]] = field(default_factory=set)
    x_px: int = 0
    y_px: int = 0
    left_out: int = 0

    @property
    def takers(self) -> dict[str, Callable[[int, dict[str, Any]], None]]:
        """What to do with a message, by its topic."""
        return {"screen": self._screen, "mouse": self._mouse, "keyboard": self._keyboard}

    def tape(self, path: Path, metadata: dict[str, str]) -> Tape:
        """All that was read from the file `path`."""
        if len(self.videos) != 1 or len(self.sizes) != 1:
            raise ValueError(f"it points to {len(self.videos)} videos in {len(self.sizes)} sizes, and not to one")
        times = [frame.t_ns for frame in self.frames]
        steps = [after - before for before, after in pairwise(times)]
        if any(step <= 0 for step in steps):
            raise ValueError("its frame times do not ascend")
        fps = float(metadata["fps"]) if "fps" in metadata else 1e9 / median(steps)
        (width, height), (uri,) = next(iter(self.sizes)), self.videos
        header = Header(
            lines=0,
            width_px=width,
            height_px=height,
            fps=fps,
            action_table=table_hash(),
            attributes={"source": "owamcap"},
        )
        if not (min(width, height) > 0 and 0 < fps < math.inf):
            raise ValueError("no positive size and rate")
        transcript = Transcript(header=header, shapes=[], events=self.events, frames=self.frames, raw=[], marks=[])
        return Tape(video=path.parent / uri.removeprefix("file://"), transcript=transcript, left_out=self.left_out)

    def _screen(self, t_ns: int, content: dict[str, Any]) -> None:
        width, height = content["shape"] or content["source_shape"]
        self.sizes[int(width), int(height)] += 1
        self.videos[content["media_ref"]["uri"]] += 1
        self.frames.append(FrameLine(t_ns=t_ns, late_ns=0, x_px=self.x_px, y_px=self.y_px, shape=NO_SHAPE))

    def _mouse(self, t_ns: int, content: dict[str, Any]) -> None:
        self.x_px, self.y_px = int(content["x"]), int(content["y"])
        match content["event_type"]:
            case "move":
                self._add(t_ns, EventKind.MOTION)
            case "scroll":
                self._add(t_ns, EventKind.SCROLL, dx=int(content["dx"] or 0), dy=int(content["dy"] or 0))
            case "click" if content["button"] in _BUTTON_NAMES:
                kind = EventKind.BUTTON_DOWN if content["pressed"] else EventKind.BUTTON_UP
                self._press(t_ns, kind, _BUTTON_NAMES.index(content["button"]))
            case _:
                self.left_out += 1

    def _keyboard(self, t_ns: int, content: dict[str, Any]) -> None:
        code = KEY_BY_VIRTUAL_KEY.get(content["vk"])
        if code is None:
            self.left_out += 1
        else:
            self._press(t_ns, EventKind.KEY_DOWN if content["event_type"] == "press" else EventKind.KEY_UP, code)

    def _press(self, t_ns: int, kind: EventKind, code: int) -> None:
        """Auto-repeat, and releases of what was pressed before the recording, say nothing."""
        what, down = (kind in _KEYS, code), kind in _PRESSES
        if down == (what in self.held):
            self.left_out += 1
            return
        (self.held.add if down else self.held.discard)(what)
        self._add(t_ns, kind, code=code)

    def _add(self, t_ns: int, kind: EventKind, **more: int) -> None:
        self.events.append(Event(t_ns=t_ns, kind=kind, x_px=self.x_px, y_px=self.y_px, **more))


def _screen_messages(session: Session, video_name: str) -> Iterator[Message]:
    for index, t_ns in enumerate(session.t_ns.tolist()):
        place = {"uri": video_name, "pts_ns": round(index * 1e9 / session.fps)}
        shape = list(session.size_px)
        yield t_ns, "screen", {"utc_ns": None, "source_shape": shape, "shape": shape, "media_ref": place}


def _event_message(event: Event) -> Message:
    down = event.kind in _PRESSES
    if event.kind in _KEYS:
        content = {"event_type": "press" if down else "release", "vk": VIRTUAL_KEYS[event.code]}
        return event.t_ns, "keyboard", {**content, "timestamp": event.t_ns}
    content: dict[str, Any] = {"button": None, "pressed": None, "dx": None, "dy": None}
    if event.kind == EventKind.MOTION:
        content["event_type"] = "move"
    elif event.kind == EventKind.SCROLL:
        content |= {"event_type": "scroll", "dx": event.dx, "dy": event.dy}
    else:
        content |= {"event_type": "click", "button": _BUTTON_NAMES[event.code], "pressed": down}
    return event.t_ns, "mouse", {**content, "x": event.x_px, "y": event.y_px, "timestamp": event.t_ns}


def _state_messages(state: State) -> Iterator[Message]:
    keys = [VIRTUAL_KEYS[code] for code in sorted(state.keys)]
    buttons = [_BUTTON_NAMES[code] for code in sorted(state.buttons)]
    yield state.t_ns, "keyboard/state", {"buttons": keys, "timestamp": state.t_ns}
    yield state.t_ns, "mouse/state", {"x": state.x_px, "y": state.y_px, "buttons": buttons, "timestamp": state.t_ns}


def _library(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise ValueError(_REMEDY) from error
