"""What is exported as OWAMcap comes back; files of others are read as far as they go; a mistake leaves nothing."""

import json
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from recorder.actions import KEY_INDEX, KEYS, Event, EventKind
from recorder.export import Export
from recorder.owamcap import ImportOwamcap, read_owamcap
from recorder.pointer import PointerState
from recorder.session import Session
from recorder.verify import faults
from recorder.video import write_video
from recorder.virtual_keys import KEY_BY_VIRTUAL_KEY, VIRTUAL_KEYS
from recorder.writer import SessionWriter
from tests.recorder.sessions import PERIOD_NS, SIZE_PX, frame, recorder, write_session

FRAMES = 12
EVENTS = [
    Event(t_ns=100, kind=EventKind.MOTION, x_px=3, y_px=4),
    Event(t_ns=PERIOD_NS + 7, kind=EventKind.KEY_DOWN, code=KEY_INDEX["KeyA"], x_px=3, y_px=4),
    Event(t_ns=2 * PERIOD_NS, kind=EventKind.BUTTON_DOWN, code=4, x_px=-2, y_px=5),
    Event(t_ns=2 * PERIOD_NS, kind=EventKind.SCROLL, dx=-1, dy=3, x_px=-2, y_px=5),
    Event(t_ns=3 * PERIOD_NS, kind=EventKind.BUTTON_UP, code=4, x_px=-2, y_px=6),
    Event(t_ns=3 * PERIOD_NS, kind=EventKind.KEY_UP, code=KEY_INDEX["KeyA"], x_px=-2, y_px=6),
]


@pytest.fixture
def mcap() -> SimpleNamespace:
    reason = "mcap is missing: pip install -e '.[owamcap]'"
    return SimpleNamespace(
        writer=pytest.importorskip("mcap.writer", reason=reason),
        reader=pytest.importorskip("mcap.reader", reason=reason),
    )


def write_plain_session(path: Path) -> Path:
    """A session of which OWAMcap keeps all: no symbols, no pointer images, no lateness."""
    with SessionWriter(path, size_px=SIZE_PX, fps=12.5, attributes={"source": "owamcap"}) as writer:
        writer.add_events(EVENTS)
        for index in range(FRAMES):
            t_ns = (index + 1) * PERIOD_NS
            told = [event for event in EVENTS if event.t_ns < t_ns]
            writer.add_frame(frame(index), t_ns, PointerState(x_px=told[-1].x_px, y_px=told[-1].y_px, shape=None))
    return path


def test_every_key_has_one_virtual_key() -> None:
    assert len({*VIRTUAL_KEYS}) == len(KEYS)
    assert [KEY_BY_VIRTUAL_KEY[number] for number in VIRTUAL_KEYS] == list(range(len(KEYS)))
    assert VIRTUAL_KEYS[KEY_INDEX["KeyA"]] == 65 and VIRTUAL_KEYS[KEY_INDEX["F12"]] == 0x7B


@pytest.mark.usefixtures("mcap")
def test_lossless_and_back_is_the_same_session(tmp_path: Path) -> None:
    source = write_plain_session(tmp_path / "a.h5")
    Export(source=source, out=tmp_path / "deep" / "b.mcap", format="owamcap", lossless=True).run()
    assert sorted(path.name for path in (tmp_path / "deep").iterdir()) == ["b.mcap", "b.mp4"]
    ImportOwamcap(source=tmp_path / "deep" / "b.mcap", out=tmp_path / "c.h5").run()
    assert faults(tmp_path / "c.h5") == []
    with Session(source) as before, Session(tmp_path / "c.h5") as after:
        for name in ("t_ns", "late_ns", "pointer_x_px", "pointer_y_px", "pointer_shape", "event_rows", "state_rows"):
            np.testing.assert_array_equal(getattr(after, name), getattr(before, name), err_msg=name)
        np.testing.assert_array_equal(after.frames[:], before.frames[:])
        assert after.events() == EVENTS
        assert after.attributes == before.attributes


def test_messages_are_those_of_the_format(mcap: SimpleNamespace, tmp_path: Path) -> None:
    Export(source=write_plain_session(tmp_path / "a.h5"), out=tmp_path / "b", format="owamcap").run()
    with (tmp_path / "b.mcap").open("rb") as file:
        reader = mcap.reader.make_reader(file)
        assert reader.get_header().profile == "owa"
        told = [
            (schema, channel.topic, json.loads(message.data)) for schema, channel, message in reader.iter_messages()
        ]
    assert {(topic, schema.name, schema.encoding) for schema, topic, _ in told} == {
        ("screen", "desktop/ScreenCaptured", "jsonschema"),
        ("mouse", "desktop/MouseEvent", "jsonschema"),
        ("keyboard", "desktop/KeyboardEvent", "jsonschema"),
        ("mouse/state", "desktop/MouseState", "jsonschema"),
        ("keyboard/state", "desktop/KeyboardState", "jsonschema"),
    }
    screens = [content for _, topic, content in told if topic == "screen"]
    assert screens[2]["media_ref"] == {"uri": "b.mp4", "pts_ns": 160_000_000} and screens[2]["shape"] == [12, 8]
    keys = [content for _, topic, content in told if topic == "keyboard"]
    assert [(content["event_type"], content["vk"]) for content in keys] == [("press", 65), ("release", 65)]


def write_foreign(
    mcap: SimpleNamespace, path: Path, messages: list[tuple[int, str, dict]], profile: str = "owa"
) -> Path:
    with path.open("wb") as file:
        writer = mcap.writer.Writer(file)
        writer.start(profile=profile)
        schema = writer.register_schema(name="any", encoding="jsonschema", data=b"{}")
        channels = {topic: writer.register_channel(topic, "json", schema) for _, topic, _ in messages}
        for t_ns, topic, content in messages:
            data = json.dumps(content).encode()
            writer.add_message(channel_id=channels[topic], log_time=t_ns, publish_time=t_ns, data=data)
        writer.finish()
    return path


def screen(t_ns: int, uri: str = "video.mkv") -> tuple[int, str, dict]:
    return t_ns, "screen", {"shape": list(SIZE_PX), "media_ref": {"uri": uri, "pts_ns": t_ns}}


def test_another_recorders_file_is_read_without_repeats_and_unknown_keys(mcap: SimpleNamespace, tmp_path: Path) -> None:
    keys = [(20 + index, "keyboard", {"event_type": kind, "vk": vk}) for index, (kind, vk) in enumerate(
        [("press", 0x10), ("press", 0x10), ("press", 0xFF), ("release", 0x10), ("release", 0x41)])]  # fmt: skip
    path = write_foreign(mcap, tmp_path / "a.mcap", [screen(10), *keys, (40, "window", {}), screen(60), screen(110)])
    frames = [frame(90), frame(120), frame(200)]
    write_video(tmp_path / "video.mkv", frames, size_px=SIZE_PX, fps=20, lossless=True)
    done = recorder("import-owamcap", path, tmp_path / "b.h5")
    assert done.returncode == 0, done.stderr
    assert "3 frames, 2 events, 3 left out" in done.stdout
    with Session(tmp_path / "b.h5") as session:
        assert session.fps == 1e9 / 50 and session.t_ns.tolist() == [10, 60, 110]
        assert [event.code for event in session.events()] == [KEY_INDEX["ShiftLeft"]] * 2
        np.testing.assert_array_equal(session.frames[:], frames)


def test_mistakes_are_one_sentence_and_leave_nothing(mcap: SimpleNamespace, tmp_path: Path) -> None:
    whole = write_foreign(mcap, tmp_path / "whole.mcap", [screen(10), screen(60)])
    cut_off = tmp_path / "cut.mcap"
    cut_off.write_bytes(whole.read_bytes()[:200])
    there = {
        write_foreign(mcap, tmp_path / "two.mcap", [screen(10), screen(60, "other.mkv")]): "points to 2 videos",
        write_foreign(mcap, tmp_path / "none.mcap", [(1, "mouse", {"x": 0, "y": 0, "event_type": "move"})]): "0 videos",
        write_foreign(mcap, tmp_path / "one.mcap", [screen(10)]): "can't be read as an OWAMcap file",
        write_foreign(mcap, tmp_path / "ros.mcap", [screen(10)], profile="ros2"): "its profile is not 'owa'",
        write_session(tmp_path / "a.h5"): "can't be read as an OWAMcap file",
        whole: "video.mkv is not there",
        cut_off: "can't be read as an OWAMcap file",
        tmp_path / "missing.mcap": "is not there",
    }
    before = sorted(tmp_path.iterdir())
    for path, said in there.items():
        with pytest.raises(ValueError, match=said):
            ImportOwamcap(source=path, out=tmp_path / "new.h5").run()
    assert sorted(tmp_path.iterdir()) == before


def test_without_the_library_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("mcap", "mcap.writer", "mcap.reader"):
        monkeypatch.setitem(sys.modules, name, None)
    source = write_session(tmp_path / "a.h5")
    with pytest.raises(ValueError, match="pip install 'dreamdesk\\[owamcap\\]'"):
        Export(source=source, out=tmp_path / "b", format="owamcap").run()
    with pytest.raises(ValueError, match="OWAMcap needs the library mcap"):
        read_owamcap(source)
    assert list(tmp_path.iterdir()) == [source]
