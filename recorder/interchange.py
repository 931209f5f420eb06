"""A session without its pixels, as JSON lines: what `export` writes beside the video and `import` reads.

Each line is an object whose `line` names one of the classes below; its other names are the fields of that class. The
first line is the header; events and frames follow in the order of their times.
"""

import base64
import heapq
import io
import json
import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import MISSING, asdict, astuple, dataclass, fields
from itertools import pairwise
from operator import attrgetter
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from PIL import Image

from recorder import schema
from recorder.actions import BUTTONS, KEYS, Event, EventKind, table_hash
from recorder.damage import ANY_COMPLAINT
from recorder.doors import RawKind
from recorder.pointer import PointerShape
from recorder.prompt import Prompt
from recorder.session import Session
from recorder.states import STATE_DTYPE, Keyboard
from recorder.writer import OWN_ATTRIBUTES, SessionWriter

FORMAT, VERSION = "dreamdesk-session", 2
# What a line provokes whose content is broken: in json, base64, Pillow or h5py.
COMPLAINTS = (*ANY_COMPLAINT, SyntaxError, Image.DecompressionBombError)
_LINE = "line"
_KEY_NAMES = tuple(key.name for key in KEYS)
_NAMES = {
    EventKind.BUTTON_DOWN: BUTTONS,
    EventKind.BUTTON_UP: BUTTONS,
    EventKind.KEY_DOWN: _KEY_NAMES,
    EventKind.KEY_UP: _KEY_NAMES,
}


@dataclass(frozen=True, kw_only=True)
class Header:
    """What the session says of itself; `lines` counts the lines that follow."""

    format: str = FORMAT
    version: int = VERSION
    lines: int
    width_px: int
    height_px: int
    fps: float
    action_table: str
    attributes: dict[str, Any]

    @property
    def size_px(self) -> tuple[int, int]:
        """(width, height)."""
        return self.width_px, self.height_px


@dataclass(frozen=True, kw_only=True)
class ShapeLine:
    """A pointer shape, the next number from 0 on; `png` is its RGBA image as a PNG file in base64."""

    png: str
    hot_x_px: int
    hot_y_px: int
    name: str

    @classmethod
    def of(cls, shape: PointerShape) -> "ShapeLine":
        file = io.BytesIO()
        Image.fromarray(shape.rgba).save(file, format="png")
        png = base64.b64encode(file.getvalue()).decode("ascii")
        return cls(png=png, hot_x_px=shape.hot_x_px, hot_y_px=shape.hot_y_px, name=shape.name)

    def shape(self) -> PointerShape:
        """The inverse of `of`."""
        with Image.open(io.BytesIO(base64.b64decode(self.png, validate=True)), formats=("PNG",)) as image:
            rgba = np.asarray(image.convert("RGBA"))
        return PointerShape(rgba=rgba, hot_x_px=self.hot_x_px, hot_y_px=self.hot_y_px, name=self.name)


@dataclass(frozen=True, kw_only=True)
class PromptLine:
    """What the screen shows from frame `frame` on, in words and as a JSON object, empty where that is not known."""

    frame: int
    text: str
    attributes_json: str = ""

    def __post_init__(self) -> None:
        Prompt(self.text, self.attributes_json).attributes()

    def mark(self, writer: SessionWriter) -> None:
        writer.add_prompt(self.text, self.attributes_json)


@dataclass(frozen=True, kw_only=True)
class PauseLine:
    """The recording was paused before frame `frame`; one more than the last where it ended in a pause."""

    frame: int

    def mark(self, writer: SessionWriter) -> None:
        writer.add_pause()


@dataclass(frozen=True, kw_only=True)
class KeyboardLine:
    """What the keyboard has switched on from frame `frame` on, as in `states.Keyboard`."""

    frame: int
    locks: int
    layout: int

    def __post_init__(self) -> None:
        _check_range((self.locks, self.layout), [STATE_DTYPE["locks"], STATE_DTYPE["layout"]])

    def mark(self, writer: SessionWriter) -> None:
        writer.switch_keyboard(Keyboard(locks=self.locks, layout=self.layout))


@dataclass(frozen=True, kw_only=True)
class RawLine:
    """A `doors.RawMove`; `kind` stands for its number."""

    t_ns: int
    kind: str
    dx: float
    dy: float

    @classmethod
    def of(cls, row: np.void) -> "RawLine":
        kind = RawKind(row["kind"]).name.lower()
        return cls(t_ns=int(row["t_ns"]), kind=kind, dx=float(row["dx"]), dy=float(row["dy"]))

    def row(self) -> tuple[int, int, float, float]:
        """The inverse of `of`; raises LookupError or ValueError for what is not in the file format."""
        _check_range((self.t_ns,), [schema.RAW_DTYPE["t_ns"]])
        return self.t_ns, RawKind[self.kind.upper()], self.dx, self.dy


@dataclass(frozen=True, kw_only=True)
class EventLine:
    """An `Event`: `kind` and the button's or key's `name`, empty for the other kinds, stand for its numbers."""

    t_ns: int
    kind: str
    name: str
    x_px: int
    y_px: int
    dx: int
    dy: int
    symbol: int

    @classmethod
    def of(cls, event: Event) -> "EventLine":
        values = {**asdict(event), "kind": event.kind.name.lower(), "name": _names(event.kind)[event.code]}
        del values["code"]
        return cls(**values)

    def event(self) -> Event:
        """The inverse of `of`; raises LookupError or ValueError for what is not in the action table."""
        kind = EventKind[self.kind.upper()]
        values = {**asdict(self), "kind": kind, "code": _names(kind).index(self.name)}
        del values["name"]
        event = Event(**values)
        _check_range(schema.event_row(event), [schema.EVENT_DTYPE[name] for name in schema.EVENT_DTYPE.names or ()])
        return event


@dataclass(frozen=True, kw_only=True)
class FrameLine:
    """A frame's time, lateness and pointer; `shape` is `schema.NO_SHAPE` where it is hidden."""

    t_ns: int
    late_ns: int
    x_px: int
    y_px: int
    shape: int

    def __post_init__(self) -> None:
        _check_range(astuple(self), [np.dtype(name) for name in schema.PER_FRAME.values()])


Mark = PromptLine | PauseLine | KeyboardLine
Line = Header | ShapeLine | Mark | EventLine | RawLine | FrameLine
_LINES: dict[str, type[Line]] = {
    "session": Header,
    "shape": ShapeLine,
    "prompt": PromptLine,
    "pause": PauseLine,
    "keyboard": KeyboardLine,
    "event": EventLine,
    "raw": RawLine,
    "frame": FrameLine,
}
_LINE_OF = {kind: name for name, kind in _LINES.items()}


@dataclass(frozen=True, kw_only=True)
class Transcript:
    """A session but for its pixels."""

    header: Header
    shapes: list[PointerShape]
    events: list[Event]
    frames: list[FrameLine]
    raw: list[tuple[int, int, float, float]]
    marks: list[Mark]


def write_transcript(session: Session, path: Path) -> None:
    """Write all of a session that has no `verify.damage` but its pixels.

    Raises ValueError for an attribute that JSON does not hold.
    """
    lines = _lines(session)
    width_px, height_px = session.size_px
    header = Header(
        lines=len(lines),
        width_px=width_px,
        height_px=height_px,
        fps=session.fps,
        action_table=table_hash(),
        attributes={name: _plain(value) for name, value in session.attributes.items() if name not in OWN_ATTRIBUTES},
    )
    try:
        text = "".join(_dump(line) + "\n" for line in (header, *lines))
    except TypeError as error:
        raise ValueError(f"{session.path} has an attribute that JSON does not hold ({error}); remove it") from error
    path.write_text(text, encoding="utf-8")


def read_transcript(path: Path) -> Transcript:
    """The inverse of `write_transcript`.

    Raises ValueError, with the remedy, for a file that is missing, foreign, cut off, damaged or newer than this
    program.
    """
    if not path.is_file():
        raise ValueError(f"{path} is not there; check the name")
    rows = path.read_bytes().splitlines()
    header = _header(path, rows)
    if len(rows) - 1 != header.lines:
        raise ValueError(f"{path} has {len(rows) - 1} lines of {header.lines} after its first; copy or export it again")
    return _transcript(path, header, rows[1:])


def _lines(session: Session) -> list[Line]:
    columns = (session.t_ns, session.late_ns, session.pointer_x_px, session.pointer_y_px, session.pointer_shape)
    names = [field.name for field in fields(FrameLine)]
    frames = [FrameLine(**dict(zip(names, map(int, row), strict=True))) for row in zip(*columns, strict=True)]
    return [
        *map(ShapeLine.of, session.shapes()),
        *(PromptLine(frame=frame, **prompt._asdict()) for frame, prompt in session.whole_prompts()),
        *(PauseLine(frame=frame) for frame in session.pauses),
        *_keyboard_lines(session),
        *heapq.merge(
            map(EventLine.of, session.events()), map(RawLine.of, session.raw_rows), frames, key=attrgetter("t_ns")
        ),
    ]


def _keyboard_lines(session: Session) -> Iterator[KeyboardLine]:
    before = Keyboard()
    for state in session.states():
        if state.keyboard != before:
            frame = int(np.searchsorted(session.t_ns, state.t_ns))
            yield KeyboardLine(frame=frame, **asdict(state.keyboard))
        before = state.keyboard


def _transcript(path: Path, header: Header, rows: list[bytes]) -> Transcript:
    transcript = Transcript(header=header, shapes=[], events=[], frames=[], raw=[], marks=[])
    for number, row in enumerate(rows, 2):
        with _at_line(path, number):
            match _load(row):
                case ShapeLine() as line:
                    transcript.shapes.append(line.shape())
                case EventLine() as line:
                    transcript.events.append(line.event())
                case FrameLine() as line:
                    transcript.frames.append(line)
                case RawLine() as line:
                    transcript.raw.append(line.row())
                case PromptLine() | PauseLine() | KeyboardLine() as line:
                    transcript.marks.append(line)
                case _:
                    raise ValueError("a second header")
    _check(path, transcript)
    return transcript


def _check(path: Path, transcript: Transcript) -> None:
    frames = transcript.frames
    times = [frame.t_ns for frame in frames]
    shapes = range(schema.NO_SHAPE, len(transcript.shapes))
    faults = {
        "it has no frame": not frames,
        "its frame times do not ascend": any(later <= earlier for earlier, later in pairwise(times)),
        "a frame has a pointer shape that is not there": any(frame.shape not in shapes for frame in frames),
        "a prompt, a pause or a keyboard is of a frame that is not there": any(
            not 0 <= mark.frame <= len(frames) for mark in transcript.marks
        ),
    }
    for fault, found in faults.items():
        if found:
            raise ValueError(f"{path} is damaged: {fault}; copy or export it again")


def _header(path: Path, rows: list[bytes]) -> Header:
    foreign = f"{path} is not the .jsonl file of a session; write one with 'python -m recorder export --format mp4'"
    try:
        first = json.loads(rows[0])
        own, version = first["format"] == FORMAT, first["version"]
    except COMPLAINTS as error:
        raise ValueError(foreign) from error
    if not own or type(version) is not int:
        raise ValueError(foreign)
    if version > VERSION:
        raise ValueError(f"{path} has version {version} and this program reads up to {VERSION}; update dreamdesk")
    with _at_line(path, 1):
        header = _load(rows[0])
        if not isinstance(header, Header) or not (min(header.size_px) > 0 and 0 < header.fps < math.inf):
            raise ValueError("no positive size and rate")
        with h5py.File("trial", "w", driver="core", backing_store=False) as trial:
            trial.attrs.update(header.attributes)
    return header


@contextmanager
def _at_line(path: Path, number: int) -> Iterator[None]:
    """Around reading a line: what its content provokes becomes a ValueError that says where and what to do."""
    try:
        yield
    except COMPLAINTS as error:
        reason = str(error).partition("\n")[0]
        raise ValueError(f"{path}: line {number} can't be read ({reason}); copy or export it again") from error


def _dump(line: Line) -> str:
    return json.dumps({_LINE: _LINE_OF[type(line)], **asdict(line)})


def _load(row: bytes) -> Line:
    values = json.loads(row)
    kind = _LINES[values.pop(_LINE)]
    for field in fields(kind):
        expected: Any = getattr(field.type, "__origin__", field.type)
        if field.name not in values and field.default is not MISSING:
            continue
        if type(values.get(field.name)) is not expected:
            raise ValueError(f"'{field.name}' is missing or of another type than {expected.__name__}")
    return kind(**values)


def _check_range(values: Iterable[int], dtypes: Iterable[np.dtype[Any]]) -> None:
    for value, dtype in zip(values, dtypes, strict=True):
        if not np.iinfo(dtype).min <= value <= np.iinfo(dtype).max:
            raise ValueError(f"{value} is out of range")


def _names(kind: EventKind) -> tuple[str, ...]:
    return _NAMES.get(kind, ("",))


def _plain(value: Any) -> Any:
    """An attribute as JSON has it."""
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value
