"""What is forgotten is in no file's bytes; what is kept survives a kill at any step; no key stays held."""

import os
import shutil
import sys
import time
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from recorder import forget as forget_module
from recorder import record as record_module
from recorder.actions import KEY_INDEX, Event, EventKind
from recorder.box import Box
from recorder.capture import capture
from recorder.clock import FakeClock, MonotonicClock
from recorder.display import FAKE_DISPLAY
from recorder.doors import Window
from recorder.doors.fake import FakeInput, FakePointer, FakeScreen, FakeWindows
from recorder.forget import MINUTE_NS, forget, kept_frames
from recorder.hotkey import HotkeyInput
from recorder.pointer import PointerShape, PointerState
from recorder.privacy import Privacy, PrivateInput
from recorder.record import Record
from recorder.recording import RecordingWriter
from recorder.segments import open_session, segment_path
from recorder.session import Session
from recorder.verify import check, faults
from recorder.writer import RESERVE_BYTES, partial_path
from tests.recorder.sessions import ARROW, PERIOD_NS

SIZE_PX = (24, 16)
SYMBOL = 0x0FEDCBA9  # of the secret key, as no other has it
SECRET = PointerShape(rgba=np.arange(4 * 6 * 4, dtype=np.uint8).reshape(4, 6, 4), hot_x_px=0, hot_y_px=0, name="secret")
TEXT = "what nobody may read"
FRAMES, KEPT = 30, 19  # the cut is inside a chunk of 16 frames
MINUTES = (FRAMES - 1 - KEPT) * PERIOD_NS / MINUTE_NS


def noise(index: int) -> np.ndarray:
    """A frame that nothing compresses, so that zstd stores its bytes as they are."""
    return np.random.default_rng(index).integers(0, 256, (SIZE_PX[1], SIZE_PX[0], 3), np.uint8)


def writer_of(path: Path, segment_minutes: float = float("inf")) -> RecordingWriter:
    return RecordingWriter(path, size_px=SIZE_PX, fps=10, recording_id="x", segment_minutes=segment_minutes)


def key(name: str, t_ns: int, down: bool = True, symbol: int = 0) -> Event:
    kind = EventKind.KEY_DOWN if down else EventKind.KEY_UP
    return Event(t_ns=t_ns, kind=kind, code=KEY_INDEX[name], symbol=symbol)


def add(writer: RecordingWriter, indices: range, shape: PointerShape = ARROW) -> None:
    for index in indices:
        writer.add_frame(noise(index), (index + 1) * PERIOD_NS, PointerState(x_px=index, y_px=0, shape=shape))


def record_secret(writer: RecordingWriter) -> None:
    """FRAMES frames; from KEPT on there is a secret in frames, pointer, prompt and keys. A is held across the cut."""
    writer.add_prompt("first")
    writer.add_events([key("KeyA", 3 * PERIOD_NS)])
    add(writer, range(KEPT))
    writer.add_prompt(TEXT)
    writer.add_events([key("KeyB", (KEPT + 1) * PERIOD_NS, symbol=SYMBOL), key("KeyA", (KEPT + 1) * PERIOD_NS, False)])
    add(writer, range(KEPT, FRAMES), SECRET)


def secrets() -> dict[str, bytes]:
    pixels = {f"frame {index}": noise(index).tobytes()[:64] for index in range(KEPT, FRAMES)}
    return {
        **pixels,
        "symbol": SYMBOL.to_bytes(4, "little"),
        "prompt": TEXT.encode(),
        "pointer": SECRET.rgba.tobytes(),
        "name": SECRET.name.encode(),
    }


def found(data: bytes) -> set[str]:
    return {name for name, secret in secrets().items() if secret in data}


def in_files(folder: Path) -> set[str]:
    return set().union(*(found(path.read_bytes()) for path in folder.iterdir()))


@pytest.mark.parametrize("frames_a_segment", [100, 12, 25])
def test_what_is_forgotten_is_in_no_bytes_and_the_rest_stays(tmp_path: Path, frames_a_segment: int) -> None:
    path = tmp_path / "a.h5"
    with writer_of(path, frames_a_segment * PERIOD_NS / MINUTE_NS) as writer:
        record_secret(writer)
        writer._writer.flush()
        assert in_files(tmp_path) == set(secrets())  # else this test could not fail
        before = [file.open("rb") for file in tmp_path.iterdir()]
        assert writer.forget(MINUTES, FRAMES * PERIOD_NS + 5) == FRAMES - KEPT
        assert in_files(tmp_path) == set()
        for file in before:  # neither in the blocks that the disk has back
            assert found(file.read()) == set()
            file.close()
        add(writer, range(40, 50))
    assert in_files(tmp_path) == set()
    assert all(faults(file) == [] for file in tmp_path.iterdir())
    with open_session(path) as session:
        np.testing.assert_array_equal(session.frames[:], np.stack([noise(i) for i in [*range(KEPT), *range(40, 50)]]))
        assert session.t_ns.tolist() == [(i + 1) * PERIOD_NS for i in [*range(KEPT), *range(40, 50)]]
        assert session.pauses == [KEPT]
        assert session.prompts() == [(0, "first")]
        assert [shape.name for shape in session.shapes()] == ["arrow"]
        presses = [(event.kind.name, event.code, event.t_ns) for event in session.events()]
        code = KEY_INDEX["KeyA"]
        assert presses == [("KEY_DOWN", code, 3 * PERIOD_NS), ("KEY_UP", code, FRAMES * PERIOD_NS + 5)]
        held = [sorted(action.keys) for action in session.actions()]
        assert held == [[]] * 2 + [[code]] * (KEPT - 2) + [[]] * 10


@pytest.mark.parametrize("segment_minutes", [float("inf"), 7 * PERIOD_NS / MINUTE_NS])
def test_forgetting_more_than_there_is_leaves_an_empty_file_that_goes_on(
    tmp_path: Path, segment_minutes: float
) -> None:
    path = tmp_path / "a.h5"
    with writer_of(path, segment_minutes) as writer:
        record_secret(writer)
        assert writer.forget(1e6, FRAMES * PERIOD_NS) == FRAMES
        assert sorted(file.name for file in tmp_path.iterdir()) == ["a.h5.partial", "a.h5.partial.journal"]
        for file in tmp_path.iterdir():
            data = file.read_bytes()
            assert not any(noise(index).tobytes()[:64] in data for index in range(FRAMES))
        assert writer.frames_written == 0
        assert writer.forget(1, FRAMES * PERIOD_NS) == 0
        add(writer, range(40, 45))
    with open_session(path) as session:
        np.testing.assert_array_equal(session.frames[:], np.stack([noise(index) for index in range(40, 45)]))
        assert (session.events(), session.prompts(), session.pauses) == ([], [], [0])


def test_forgetting_twice_forgets_twice_as_much(tmp_path: Path) -> None:
    with writer_of(tmp_path / "a.h5", 7 * PERIOD_NS / MINUTE_NS) as writer:
        add(writer, range(30))
        minutes = 4 * PERIOD_NS / MINUTE_NS
        assert [writer.forget(minutes, 30 * PERIOD_NS + again) for again in range(2)] == [5, 5]
        writer._writer.flush()
        assert writer.frames_written == 20
        add(writer, range(40, 42))
        assert writer.forget(minutes, 45 * PERIOD_NS) == 6  # the gap where the others were is no recorded time
    with open_session(tmp_path / "a.h5") as session:
        assert session.t_ns.tolist() == [(index + 1) * PERIOD_NS for index in range(16)]


def test_pauses_are_no_recorded_time() -> None:
    t_ns = np.array([0, 10, 20, 1000, 1010, 1020], np.int64) * (MINUTE_NS // 10)
    assert [kept_frames(t_ns, [3], minutes) for minutes in (0.5, 1, 2, 2.5, 3, 3.5, 4, 9)] == [5, 4, 2, 2, 1, 1, 0, 0]
    assert kept_frames(t_ns, [], 3) == 3
    assert kept_frames(t_ns[:0], [], 1) == 0


def _kill_before_step(step: int, folder: Path, paths: list[Path]) -> bool:
    """Forget in a process that dies before its file operation number `step`; whether it came to that."""
    child = os.fork()
    if child == 0:
        steps = count()

        def watch(event: str, arguments: tuple[object, ...]) -> None:
            watched = event in ("open", "os.rename", "os.remove") and str(arguments[0]).startswith(str(folder))
            if watched and next(steps) == step:
                os._exit(9)

        sys.addaudithook(watch)
        try:
            forget(paths, MINUTES)
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


@pytest.mark.parametrize("frames_a_segment", [100, 9])
def test_a_kill_at_any_step_loses_nothing_that_is_kept(tmp_path: Path, frames_a_segment: int) -> None:
    template = tmp_path / "template"
    writer = writer_of(template / "a.h5", frames_a_segment * PERIOD_NS / MINUTE_NS)
    with pytest.raises(KeyboardInterrupt), writer:
        record_secret(writer)
        raise KeyboardInterrupt
    number, sizes = len(list(template.iterdir())), set()
    for step in count():
        folder = shutil.copytree(template, tmp_path / str(step))
        paths = [segment_path(folder / "a.h5", place) for place in range(number)]
        killed = _kill_before_step(step, folder, [*paths[:-1], partial_path(paths[-1])])
        for file in sorted(folder.glob("*.partial")):
            assert check(file, True, False, 0)[1] == []
        for file in folder.glob("*.h5"):
            assert faults(file) == []
        with open_session(folder / "a.h5") as session:
            assert len(session) >= KEPT
            np.testing.assert_array_equal(session.frames[:KEPT], np.stack([noise(index) for index in range(KEPT)]))
            assert session.events()[0].code == KEY_INDEX["KeyA"]
            sizes.add(len(session))
        assert not list(folder.glob("*.beside"))
        if not killed:
            break
    assert step > 5
    assert min(sizes) == KEPT
    assert max(sizes) == FRAMES
    assert in_files(folder) == set()


def test_no_space_is_one_sentence_and_keeps_the_recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = writer_of(tmp_path / "a.h5")
    partial = tmp_path / "a.h5.partial"
    with pytest.raises(ValueError, match=r"no space left .*; a\.h5\.partial still holds .*its first 19 frames"), writer:
        record_secret(writer)
        free = SimpleNamespace(free=RESERVE_BYTES + 50_000)
        monkeypatch.setattr(forget_module.shutil, "disk_usage", lambda _: free)
        writer.forget(MINUTES, FRAMES * PERIOD_NS)
    assert list(tmp_path.iterdir()) == [partial]
    with Session(partial) as session:
        assert len(session) == FRAMES


def test_a_failed_copy_leaves_no_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr(forget_module, "_copy_shapes", fail)
    message = r"the system refused to write; a\.h5\.partial still holds"
    with pytest.raises(ValueError, match=message), writer_of(tmp_path / "a.h5") as writer:
        record_secret(writer)
        writer.forget(MINUTES, FRAMES * PERIOD_NS)
    assert [file.name for file in tmp_path.iterdir()] == ["a.h5.partial"]


CHORD = ("ControlLeft", "ShiftLeft", "F10")


def chord(t_ns: int) -> list[Event]:
    """ctrl+shift+F10 pressed and, 150 ms later, released."""
    return [key(name, t_ns + 150_000_000 * up, not up) for up in (0, 1) for name in CHORD]


def test_the_hotkey_forgets_and_is_not_recorded(tmp_path: Path) -> None:
    clock, path = FakeClock(), tmp_path / "a.h5"
    typed = [key("KeyK", 150_000_000), key("KeyS", 710_000_000, symbol=SYMBOL), key("KeyS", 720_000_000, False)]
    events = [*typed, *chord(1_010_000_000), key("KeyK", 1_250_000_000, False), key("KeyT", 1_310_000_000)]
    watched = HotkeyInput(FakeInput(clock, events))
    with RecordingWriter(path, size_px=(128, 96), fps=10, recording_id="x") as writer:

        def forgets() -> bool:
            asked_ns = watched.asked_to_forget()
            return asked_ns is not None and writer.forget(0.5 / 60, asked_ns) > 0

        capture(
            writer, FakeScreen(clock), FakePointer(clock), watched, clock, fps=10,
            stop=lambda _: clock.now_ns() > 1_500_000_000, forget=forgets,
        )  # fmt: skip
    assert faults(path) == []
    assert SYMBOL.to_bytes(4, "little") not in path.read_bytes()
    with Session(path) as session:
        # Frames 0 to 10 were there; 5 to 10 are half a second, and the one that saw the hotkey goes with them.
        assert (session.t_ns // PERIOD_NS).tolist() == [0, 1, 2, 3, 4, 12, 13, 14, 15]
        assert session.pauses == [5]
        told = [(event.kind, event.code, event.t_ns) for event in session.events()]
        assert told == [
            (EventKind.KEY_DOWN, KEY_INDEX["KeyK"], 150_000_000),
            (EventKind.KEY_UP, KEY_INDEX["KeyK"], 1_010_000_000),
            (EventKind.KEY_DOWN, KEY_INDEX["KeyT"], 1_310_000_000),
        ]


def test_the_hotkey_works_in_a_pause(tmp_path: Path) -> None:
    clock, path = FakeClock(), tmp_path / "a.h5"
    pause = [key(name, 510_000_000) for name in ("ControlLeft", "ShiftLeft", "F11")]
    again = [
        key("F11", 600_000_000, False),
        key("F10", 710_000_000),
        key("F10", 720_000_000, False),
        key("F11", 910_000_000),
    ]
    watched = HotkeyInput(FakeInput(clock, [*pause, *again]))
    with RecordingWriter(path, size_px=(128, 96), fps=10, recording_id="x") as writer:

        def forgets() -> bool:
            asked_ns = watched.asked_to_forget()
            return asked_ns is not None and writer.forget(0.2 / 60, asked_ns) > 0

        capture(
            writer, FakeScreen(clock), FakePointer(clock), watched, clock, fps=10,
            stop=lambda _: clock.now_ns() > 1_300_000_000, paused=lambda: watched.paused, forget=forgets,
        )  # fmt: skip
    with Session(path) as session:
        assert (session.t_ns // PERIOD_NS).tolist() == [0, 1, 2, 3, 11, 12, 13]
        assert session.pauses == [4]
        assert session.actions()[-1].keys == frozenset()


def test_without_its_modifiers_the_key_is_a_key() -> None:
    events = [key("ControlLeft", 0), key("F10", 0)]
    watched = HotkeyInput(FakeInput(FakeClock(), events))
    assert watched.drain() == events
    assert watched.asked_to_forget() is None


def test_a_key_that_was_held_while_forgetting_is_not_released_in_a_hidden_window() -> None:
    clock, place = FakeClock(), Box(x_px=0, y_px=0, width_px=9, height_px=9)
    hidden = Window(number=1, app="mail", box=place, dialog=False, hidden=False, maximised=False, active=True)
    watched = HotkeyInput(FakeInput(clock, [key("KeyA", 1), *chord(2)[:3], key("KeyA", 11), key("KeyA", 21, False)]))
    windows = FakeWindows()
    inputs = PrivateInput(watched, Privacy(hide=("mail",)), windows)
    clock.advance(1)
    assert [event.code for event in inputs.drain()] == [KEY_INDEX["KeyA"]]
    clock.advance(1)
    assert inputs.drain() == []
    windows.shown = [hidden]
    clock.advance(9)
    hushed = inputs.drain()
    windows.shown = []
    clock.advance(10)
    assert hushed + inputs.drain() == []


def test_record_forgets_on_its_hotkey(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = MonotonicClock()
    presses = [key(name, time.monotonic_ns() + 500_000_000) for name in CHORD]
    doors = FakeScreen(clock), FakePointer(clock), FakeInput(clock, presses)
    monkeypatch.setattr(record_module, "open_doors", lambda _: doors)
    Record(out=tmp_path / "a.h5", seconds=1, fps=20, forget_minutes=2, display=FAKE_DISPLAY).run()
    told = capsys.readouterr()
    assert "ctrl+shift+F10 forgets the last 2 min" in told.err
    assert "forgot the last 2 min: " in told.err
    with Session(tmp_path / "a.h5") as session:
        assert session.t_ns[0] > presses[0].t_ns
        assert session.pauses == [0]
        assert session.events() == []
