"""What `export` writes `import` reads back, all of it when lossless, all but pixels else; a mistake leaves nothing."""

import io
import json
import tarfile
from collections.abc import Callable
from errno import ENOSPC
from itertools import pairwise
from math import inf, nan
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recorder.actions import BUTTONS, KEYS, Event, EventKind, table_hash
from recorder.cut import Cut, frame_range
from recorder.doors import RawKind
from recorder.export import Export
from recorder.importer import Import
from recorder.interchange import VERSION, EventLine, ShapeLine, read_transcript
from recorder.pointer import PointerShape, PointerState
from recorder.schema import SHA256
from recorder.session import Session
from recorder.states import Keyboard
from recorder.verify import faults
from recorder.writer import SessionWriter
from tests.recorder.sessions import ARROW, PERIOD_NS, SIZE_PX, recorder, write_session

HAND = PointerShape(
    rgba=np.random.default_rng(1).integers(0, 256, (4, 3, 4), dtype=np.uint8),
    hot_x_px=2,
    hot_y_px=3,
    name="hand \u2028",
)


def write_rich_session(path: Path, size_px: tuple[int, int] = (13, 7), seed: int = 0) -> Path:
    """9 frames of noise with everything that a session can hold: all kinds, pauses, hidden pointer, attributes."""
    random = np.random.default_rng(seed)
    attributes = {
        "note": 'a "note"\n\u2028é',
        "seed": 7,
        "ratio": 0.1,
        "seen": True,
        "places": [3, 4],
        "platform": "beos",
    }
    with SessionWriter(path, size_px=size_px, fps=12.5, attributes=attributes) as writer:
        writer.add_events(
            [
                Event(t_ns=10, kind=EventKind.KEY_DOWN, code=len(KEYS) - 1, symbol=2**32 - 1),
                Event(t_ns=9, kind=EventKind.BUTTON_DOWN, code=4, x_px=-5, y_px=2**31 - 1),  # 1 ns askew
                Event(t_ns=300, kind=EventKind.SCROLL, dx=-3, dy=2, x_px=1, y_px=2),
                Event(t_ns=301, kind=EventKind.MOTION, x_px=5, y_px=6),
                Event(t_ns=302, kind=EventKind.BUTTON_UP, code=4),
                Event(t_ns=10_000, kind=EventKind.KEY_UP, code=len(KEYS) - 1),  # after the last frame
            ]
        )
        writer.add_raw([(150, RawKind.MOTION, -3.0, 0.5), (301, RawKind.SCROLL, 0.0, 0.1), (9_999, 1, 1.0, 0.0)])
        for index in range(9):
            if index in (2, 3):
                writer.add_pause()
            for text in {0: ["", "first"], 3: ["é\n\u2028"]}.get(index, []):
                writer.add_prompt(text)
            if index in (0, 5):
                writer.switch_keyboard(Keyboard(locks=index % 3, layout=1))
            shape = (ARROW, None, HAND)[index % 3]
            frame = random.integers(0, 256, (size_px[1], size_px[0], 3), dtype=np.uint8)
            writer.add_frame(
                frame, 100 * (index + 1), PointerState(x_px=-index, y_px=index, shape=shape), late_ns=index
            )
        writer.add_pause()
    return path


def export(source: Path, out: Path, **options: bool) -> tuple[Path, Path]:
    Export(source=source, out=out, format="mp4", **options).run()
    return out.with_name(out.name + ".mp4"), out.with_name(out.name + ".jsonl")


def assert_same_but_pixels(one: Session, other: Session) -> None:
    assert dict(one.attributes).keys() == dict(other.attributes).keys()
    for name, value in one.attributes.items():
        if name == SHA256:  # of the pixels too
            continue
        np.testing.assert_array_equal(other.attributes[name], value)
    for name in (
        "t_ns",
        "late_ns",
        "pointer_x_px",
        "pointer_y_px",
        "pointer_shape",
        "event_rows",
        "state_rows",
        "raw_rows",
    ):
        np.testing.assert_array_equal(getattr(other, name), getattr(one, name))
    assert (other.prompts(), other.pauses) == (one.prompts(), one.pauses)
    assert [(shape.key(), shape.name) for shape in other.shapes()] == [
        (shape.key(), shape.name) for shape in one.shapes()
    ]


@pytest.mark.parametrize("size_px", [(13, 7), (64, 48)])
def test_lossless_and_back_is_the_same_session(tmp_path: Path, size_px: tuple[int, int]) -> None:
    source = write_rich_session(tmp_path / "a.h5", size_px)
    video, told = export(source, tmp_path / "deep" / "b", lossless=True)
    Import(video=video, events=told, out=tmp_path / "c.h5").run()
    assert faults(tmp_path / "c.h5") == []
    with Session(source) as before, Session(tmp_path / "c.h5") as after:
        assert_same_but_pixels(before, after)
        assert after.pauses == [2, 3, 9]
        np.testing.assert_array_equal(after.frames[:], before.frames[:])
        assert after.actions() == before.actions()
        assert after.actions()[1].keys == {len(KEYS) - 1}


def test_lossy_keeps_all_but_pixels_and_those_nearly(tmp_path: Path) -> None:
    source = write_session(tmp_path / "a.h5")
    video, told = export(source, tmp_path / "b")
    Import(video=video, events=told, out=tmp_path / "c.h5").run()
    with Session(source) as before, Session(tmp_path / "c.h5") as after:
        assert_same_but_pixels(before, after)
        difference = np.abs(after.frames[:].astype(int) - before.frames[:])
        assert 0 < difference.max() <= 4


def test_out_may_end_in_mp4(tmp_path: Path) -> None:
    Export(source=write_session(tmp_path / "a.h5", 2), out=tmp_path / "b.mp4", format="mp4").run()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.h5", "b.jsonl", "b.mp4"]


def test_the_lines_name_things(tmp_path: Path) -> None:
    """Another program reads these names: a change of them is a change of VERSION."""
    _, told = export(write_session(tmp_path / "a.h5", 21), tmp_path / "b")
    lines = [json.loads(line) for line in told.read_text().splitlines()]
    assert lines[0] == {
        "line": "session",
        "format": "dreamdesk-session",
        "version": 2,
        "lines": len(lines) - 1,
        "width_px": SIZE_PX[0],
        "height_px": SIZE_PX[1],
        "fps": 10.0,
        "action_table": table_hash(),
        "attributes": lines[0]["attributes"],
    }
    assert [line["line"] for line in lines[1:4]] == ["shape", "prompt", "prompt"]
    assert lines[3] == {"line": "prompt", "frame": 15, "text": "second", "attributes_json": ""}
    where = {"x_px": 10, "y_px": 0, "dx": 0, "dy": 0, "symbol": 0}
    click = {"line": "event", "t_ns": 11 * PERIOD_NS - 5, "kind": "button_down", "name": "right", **where}
    at = lines.index(click)
    assert lines[at + 1] == {**click, "kind": "button_up"}
    assert lines[at + 2] == {
        "line": "frame", "t_ns": 11 * PERIOD_NS, "late_ns": 0, "x_px": 10, "y_px": 2, "shape": 0,
    }  # fmt: skip
    assert [line["name"] for line in lines if line.get("kind") == "key_down"] == [KEYS[0].name]


@st.composite
def any_event(draw: st.DrawFn) -> Event:
    kind = draw(st.sampled_from(EventKind))
    codes = {EventKind.MOTION: 1, EventKind.SCROLL: 1, EventKind.BUTTON_DOWN: len(BUTTONS), EventKind.BUTTON_UP: 5}
    small, wide = st.integers(-(2**15), 2**15 - 1), st.integers(-(2**31), 2**31 - 1)
    return Event(
        t_ns=draw(st.integers(-(2**63), 2**63 - 1)),
        kind=kind,
        code=draw(st.integers(0, codes.get(kind, len(KEYS)) - 1)),
        x_px=draw(wide),
        y_px=draw(wide),
        dx=draw(small),
        dy=draw(small),
        symbol=draw(st.integers(0, 2**32 - 1)),
    )


@given(any_event())
def test_every_event_has_a_line(event: Event) -> None:
    assert EventLine.of(event).event() == event


@settings(max_examples=20)
@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 2**32 - 1))
def test_every_shape_has_a_line(width: int, height: int, seed: int) -> None:
    rgba = np.random.default_rng(seed).integers(0, 256, (height, width, 4), dtype=np.uint8)
    shape = PointerShape(rgba=rgba, hot_x_px=seed % 9, hot_y_px=1, name="x")
    assert (back := ShapeLine.of(shape).shape()).key() == shape.key()
    assert back.name == "x"


# Each takes the lines of a good file apart; the second word is what the sentence must say.
SPOILT: dict[str, tuple[Callable[[list[str]], list[str]], str]] = {
    "empty": (lambda _: [], "not the .jsonl file of a session"),
    "foreign": (lambda _: ["hello"], "not the .jsonl file of a session"),
    "foreign json": (lambda _: ['{"format": "gpx", "version": 1}'], "not the .jsonl file of a session"),
    "json of no object": (lambda _: ["[1]"], "not the .jsonl file of a session"),
    "newer": (lambda lines: [lines[0].replace(f'"version": {VERSION}', '"version": 99'), *lines[1:]], "update"),
    "cut off between lines": (lambda lines: lines[:-3], "after its first"),
    "cut off within a line": (lambda lines: [*lines[:-1], lines[-1][:9]], "can't be read"),
    "line of no object": (lambda lines: [*lines[:-1], "5"], "can't be read"),
    "no attribute": (lambda lines: [lines[0].replace('"platform": ', '"platform": null, "x": '), *lines[1:]], "line 1"),
    "no size": (lambda lines: [lines[0].replace('"width_px": 12', '"width_px": 0'), *lines[1:]], "positive size"),
    "no rate": (lambda lines: [lines[0].replace('"fps": 10.0', '"fps": NaN'), *lines[1:]], "positive size"),
    "header without size": (lambda lines: [lines[0].replace("width_px", "width"), *lines[1:]], "'width_px' is missing"),
    "second header": (lambda lines: [lines[0], lines[0], *lines[2:]], "second header"),
    "unknown line": (lambda lines: [*lines[:-1], lines[-1].replace("frame", "fraim")], "fraim"),
    "unknown key": (lambda lines: [line.replace(KEYS[0].name, "Hyper") for line in lines], "can't be read"),
    "unknown kind": (lambda lines: [line.replace("key_down", "key_left") for line in lines], "KEY_LEFT"),
    "text for a number": (lambda lines: [line.replace('"dx": 0', '"dx": "0"') for line in lines], "another type"),
    "number too large": (lambda lines: [line.replace('"dx": 0', '"dx": 99999') for line in lines], "out of range"),
    "time too large": (lambda lines: [line.replace('"late_ns": 0', f'"late_ns": {2**64}') for line in lines], "range"),
    "field too many": (lambda lines: [*lines[:-1], lines[-1].replace("{", '{"z": 1, ')], "unexpected keyword"),
    "no picture": (lambda lines: [line.replace('"png": "', '"png": "AAAA') for line in lines], "line 2 can't be read"),
    "no frames": (lambda lines: [lines[0].replace(f'"lines": {len(lines) - 1}', '"lines": 0')], "it has no frame"),
    "times that descend": (lambda lines: [line.replace("100000000,", "9900000000,") for line in lines], "not ascend"),
    "shape that is not there": (lambda lines: [line.replace('"shape": 0', '"shape": 1') for line in lines], "shape"),
    "attributes of no object": (
        lambda lines: [line.replace('_json": ""', '_json": "[1]"') for line in lines],
        "JSON",
    ),
    "prompt after the end": (lambda lines: [line.replace('"frame": 15', '"frame": 150') for line in lines], "prompt"),
}


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("pair")
    return export(write_session(folder / "a.h5"), folder / "b")


@pytest.mark.parametrize("how", SPOILT)
def test_a_spoilt_transcript_is_refused_in_one_sentence(how: str, pair: tuple[Path, Path], tmp_path: Path) -> None:
    spoil, expected = SPOILT[how]
    good = pair[1].read_text().splitlines()
    spoilt = tmp_path / "spoilt.jsonl"
    spoilt.write_text("\n".join(spoil(good)))
    assert spoilt.read_text() != pair[1].read_text().removesuffix("\n")
    with pytest.raises(ValueError, match=r"spoilt\.jsonl.*; ") as caught:
        Import(video=pair[0], events=spoilt, out=tmp_path / "c.h5").run()
    assert expected in str(caught.value)
    assert "\n" not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["spoilt.jsonl"]


def test_bytes_that_changed_are_refused_in_one_sentence_or_read(pair: tuple[Path, Path], tmp_path: Path) -> None:
    good, random = pair[1].read_bytes(), Random(0)
    refused = 0
    for _ in range(200):
        spoilt = bytearray(good)
        spoilt[random.randrange(len(good) // 3)] = random.randrange(256)  # header, shapes and prompts above all
        (tmp_path / "spoilt.jsonl").write_bytes(spoilt)
        try:
            read_transcript(tmp_path / "spoilt.jsonl")
        except ValueError as error:
            refused += 1
            assert "\n" not in str(error)
            assert "; " in str(error)
    assert refused > 50


def test_a_video_that_does_not_fit_is_refused(pair: tuple[Path, Path], tmp_path: Path) -> None:
    video, told = pair
    garbage, cut_off = tmp_path / "garbage.mp4", tmp_path / "cut.mp4"
    garbage.write_bytes(b"no video")
    cut_off.write_bytes(video.read_bytes()[:-300])
    short, _ = export(write_session(tmp_path / "short.h5", 39), tmp_path / "short")
    long, _ = export(write_session(tmp_path / "long.h5", 41), tmp_path / "long")
    large, _ = export(write_rich_session(tmp_path / "large.h5"), tmp_path / "large")
    before = sorted(tmp_path.iterdir())
    for path, expected in {
        garbage: "can't read it as a video",
        cut_off: "cut.mp4",
        short: "fewer frames than its events' 40",
        long: "more frames than its events' 40",
        large: "is 13x7 px and its events are of 12x8 px",
        tmp_path / "none.mp4": "is not there",
        tmp_path: "is not there",
    }.items():
        with pytest.raises(ValueError, match=expected) as caught:
            Import(video=path, events=told, out=tmp_path / "c.h5").run()
        assert "\n" not in str(caught.value)
    with pytest.raises(ValueError, match="is not there"):
        Import(video=video, events=tmp_path / "none.jsonl", out=tmp_path / "c.h5").run()
    assert sorted(tmp_path.iterdir()) == before


def test_what_is_there_is_not_overwritten(pair: tuple[Path, Path], tmp_path: Path) -> None:
    source = write_session(tmp_path / "a.h5")
    there = {name: tmp_path / name for name in ("x.mp4", "y.jsonl", "z-000007.tar", "c.h5")}
    for path in there.values():
        path.write_text("mine")
    commands = [
        Export(source=source, out=tmp_path / "x", format="mp4"),
        Export(source=source, out=tmp_path / "y", format="mp4"),
        Export(source=source, out=tmp_path / "z", format="webdataset"),
        Import(video=pair[0], events=pair[1], out=there["c.h5"]),
        Cut(source=source, out=there["c.h5"]),
    ]
    for command in commands:
        with pytest.raises(ValueError, match="exists already"):
            command.run()
    assert {path.read_text() for path in there.values()} == {"mine"}
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["a.h5", *there])


@pytest.mark.parametrize("format", ["mp4", "webdataset"])
def test_an_export_that_fails_leaves_nothing(tmp_path: Path, format: str, monkeypatch: pytest.MonkeyPatch) -> None:
    source = write_session(tmp_path / "a.h5")
    partial = write_session(tmp_path / "cut.h5", finish=False)
    before = sorted(tmp_path.iterdir())

    def refused(path: Path, out: Path, expected: str) -> None:
        with pytest.raises(ValueError, match=expected):
            Export(source=path, out=out, format=format, clip_frames=8, shard_clips=1).run()  # pyright: ignore
        assert sorted(tmp_path.iterdir()) == before

    refused(tmp_path / "none.h5", tmp_path / "b", "is not there")
    refused(partial, tmp_path / "b", "verify --repair")
    refused(source, source / "b", "can't write")
    refused(source, Path("/proc/b"), "can't write")

    def full_disk(*_: object) -> None:
        raise OSError(ENOSPC, "full")

    monkeypatch.setattr("recorder.export.write_transcript", full_disk)
    monkeypatch.setattr("recorder.shards.tarfile.TarFile.addfile", full_disk)
    refused(source, tmp_path / "b", "No space left on device.*; free space")


def test_a_video_that_ffmpeg_does_not_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = write_session(tmp_path / "a.h5")
    for name, broken in {
        "LOSSY": ("nonsense", "yuv444p", "12"),
        "imageio_ffmpeg.count_frames_and_secs": lambda _: (39, 3.9),  # what a full disk leaves
    }.items():
        with monkeypatch.context() as patch, pytest.raises(ValueError, match="could not be written whole") as caught:
            patch.setattr(f"recorder.video.{name}", broken)
            export(source, tmp_path / "b")
        assert "\n" not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["a.h5"]


def test_shards_hold_the_session(tmp_path: Path) -> None:
    source = write_session(tmp_path / "a.b.h5")
    Export(source=source, out=tmp_path / "s", format="webdataset", clip_frames=12, shard_clips=3).run()
    shards = sorted(tmp_path.glob("s-*"))
    assert [path.name for path in shards] == ["s-000000.tar", "s-000001.tar"]
    samples: dict[str, dict[str, bytes]] = {}
    for shard in shards:
        with tarfile.open(shard) as tar:
            for member in tar:
                assert (member.mtime, member.uid, member.uname) == (0, 0, "")
                file = tar.extractfile(member)
                assert file is not None
                key, _, ending = member.name.partition(".")
                samples.setdefault(key, {})[ending] = file.read()
    assert list(samples) == [f"a_b-{start:08d}" for start in (0, 12, 24, 36)]
    assert all(list(sample) == ["npz", "json"] for sample in samples.values())
    arrays = [np.load(io.BytesIO(sample["npz"])) for sample in samples.values()]
    told = [json.loads(sample["json"]) for sample in samples.values()]
    with Session(source) as session:
        np.testing.assert_array_equal(np.concatenate([clip["frames"] for clip in arrays]), session.frames[:])
        np.testing.assert_array_equal(np.concatenate([clip["t_ns"] for clip in arrays]), session.t_ns)
        pointer = np.concatenate([clip["pointer"] for clip in arrays])
        np.testing.assert_array_equal(pointer[:, 0], session.pointer_x_px)
        np.testing.assert_array_equal(pointer[:, 1:], [(2, 0)] * 40)
        actions = [action for clip in told for action in clip["actions"]]
        assert [action["keys"] for action in actions] == [
            [KEYS[code].name for code in sorted(action.keys)] for action in session.actions()
        ]
        assert [[event["kind"] for event in action["events"]] for action in actions] == [
            [event.kind.name.lower() for event in action.events] for action in session.actions()
        ]
        assert [action["x_px"] for action in actions] == [action.x_px for action in session.actions()]
    assert [event["name"] for event in actions[10]["events"]] == ["right", "right"]
    assert [clip["prompts"] for clip in told] == [[[0, "first"]], [[0, "first"], [3, "second"]]] + [[[0, "second"]]] * 2
    assert ShapeLine(**told[3]["shapes"]["0"]).shape().key() == ARROW.key()
    assert (told[3]["first_frame"], told[3]["size_px"], told[3]["fps"]) == (36, list(SIZE_PX), 10)


def test_clips_hold_states_and_raw_motion(tmp_path: Path) -> None:
    source = write_rich_session(tmp_path / "a.h5")
    Export(source=source, out=tmp_path / "s", format="webdataset", clip_frames=2, shard_clips=9).run()
    with tarfile.open(tmp_path / "s-000000.tar") as tar:
        clips = [np.load(io.BytesIO(tar.extractfile(name).read())) for name in tar.getnames() if name.endswith("npz")]  # pyright: ignore
    with Session(source) as session:
        np.testing.assert_array_equal(np.concatenate([clip["raw"] for clip in clips]), session.raw_rows)
        np.testing.assert_array_equal(np.concatenate([clip["late_ns"] for clip in clips]), session.late_ns)
        first, second = session.state_rows
    told = [clip["states"].tolist() for clip in clips]
    for states, expected in zip(told, [[first], [first], [first, second], [second], [second]], strict=True):
        assert str(states) == str([row.item() for row in expected])
    assert [clip["raw"]["t_ns"].tolist() for clip in clips] == [[150], [301], [], [], [9_999]]


def test_shards_are_the_same_bytes_each_time(tmp_path: Path) -> None:
    source = write_rich_session(tmp_path / "a.h5")
    for name in ("s", "t.tar"):
        Export(source=source, out=tmp_path / name, format="webdataset", clip_frames=3, shard_clips=9).run()
    assert (tmp_path / "s-000000.tar").read_bytes() == (tmp_path / "t-000000.tar").read_bytes()
    with tarfile.open(tmp_path / "s-000000.tar") as tar:
        told = [json.loads(tar.extractfile(name).read()) for name in tar.getnames() if name.endswith("json")]  # pyright: ignore
    assert [clip["pauses"] for clip in told] == [[2], [0], []]
    assert [clip["prompts"] for clip in told][:2] == [[[0, "first"]], [[0, "é\n\u2028"]]]
    assert [sorted(clip["shapes"]) for clip in told] == [["0", "1"]] * 3


def test_cut_keeps_the_part_between_two_times(tmp_path: Path) -> None:
    source = write_session(tmp_path / "a.h5")
    Cut(source=source, out=tmp_path / "b.h5", from_s=0.7, to_s=2.3).run()
    assert faults(tmp_path / "b.h5") == []
    with Session(source) as whole, Session(tmp_path / "b.h5") as part:
        np.testing.assert_array_equal(part.frames[:], whole.frames[7:23])
        assert part.frames.chunk_frames == whole.frames.chunk_frames == 16
        assert [action.keys for action in part.actions()] == [action.keys for action in whole.actions()[7:23]]
        assert part.actions()[3].events == whole.actions()[10].events
        assert part.prompts() == [(0, "first"), (8, "second")]


def test_cuts_that_follow_each_other_share_no_frame_and_miss_none(tmp_path: Path) -> None:
    with Session(write_session(tmp_path / "a.h5")) as session:
        times = [0, 0.05, 0.7, 1.1, 2.3, 3.9, inf]
        ranges = [frame_range(session, *pair) for pair in pairwise(times)]
    assert ranges == [(0, 1), (1, 7), (7, 11), (11, 23), (23, 39), (39, 40)]


def test_a_cut_begins_with_the_frame_of_its_very_time(tmp_path: Path) -> None:
    with Session(write_session(tmp_path / "a.h5", 85)) as session:
        assert 8.3 * 1e9 > 8_300_000_000
        assert frame_range(session, 8.3, inf) == (83, 85)


@pytest.mark.parametrize(
    ("from_s", "to_s", "expected"),
    [
        (2, 2, "--from must be at least 0"),
        (-1, 2, "--from must be at least 0"),
        (nan, 2, "--from must be at least 0"),
        (1, nan, "--from must be at least 0"),
        (4, inf, "no frame from 4 to inf s; its last is at 3.90 s"),
        (0.01, 0.09, "no frame from 0.01 to 0.09 s"),
    ],
)
def test_a_cut_that_is_not_there(tmp_path: Path, from_s: float, to_s: float, expected: str) -> None:
    source = write_session(tmp_path / "a.h5")
    with pytest.raises(ValueError, match=expected):
        Cut(source=source, out=tmp_path / "b.h5", from_s=from_s, to_s=to_s).run()
    assert [path.name for path in tmp_path.iterdir()] == ["a.h5"]


def test_the_commands(tmp_path: Path) -> None:
    source = write_session(tmp_path / "a.h5")
    for arguments in (
        ["export", source, tmp_path / "b", "--format", "mp4", "--lossless"],
        ["import", tmp_path / "b.mp4", tmp_path / "b.jsonl", tmp_path / "c.h5"],
        ["cut", tmp_path / "c.h5", tmp_path / "d.h5", "--from", "1", "--to", "2.5"],
    ):
        done = recorder(*arguments)
        assert (done.returncode, done.stderr) == (0, "")
    with Session(source) as whole, Session(tmp_path / "d.h5") as part:
        np.testing.assert_array_equal(part.frames[:], whole.frames[10:25])
    done = recorder("export", tmp_path / "none.h5", tmp_path / "e", "--format", "webdataset")
    assert (done.returncode, done.stderr) == (2, f"recorder: {tmp_path / 'none.h5'} is not there; check the name\n")
