"""Killed between any two writes of its file, or in the middle of one, a recorder loses only what it had not flushed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from recorder import writer as writer_module
from recorder.actions import Event, EventKind
from recorder.journal import JournalledFile, is_torn, journal_path, replay
from recorder.pointer import PointerState
from recorder.repair import repair
from recorder.session import Session
from recorder.writer import SessionWriter, partial_path
from tests.recorder.sessions import ARROW, SIZE_PX, frame

FRAMES, FLUSH_FRAMES = 24, 6
FILE, JOURNAL = 0, 1


class _Taped:
    """A file whose writes are put down on a tape of (which file, offset, data); data None cuts it off there."""

    def __init__(self, file: Any, which: int, tape: list[tuple[int, int, bytes | None]]) -> None:
        self._file, self._which, self._tape = file, which, tape

    def write(self, data: bytes) -> int:
        self._tape.append((self._which, self._file.tell(), bytes(data)))
        return self._file.write(data)

    def truncate(self, size: int) -> int:
        self._tape.append((self._which, size, None))
        return self._file.truncate(size)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


@pytest.fixture
def tape(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int, bytes | None]]:
    """What the writers of this test write."""
    told: list[tuple[int, int, bytes | None]] = []

    class Taped(JournalledFile):
        def __init__(self, path: Path) -> None:
            super().__init__(path)
            self._file: Any = _Taped(self._file, FILE, told)
            self._journal: Any = _Taped(self._journal, JOURNAL, told)

    monkeypatch.setattr(writer_module, "JournalledFile", Taped)
    return told


def _record(path: Path, tape: list[tuple[int, int, bytes | None]]) -> tuple[bytes, list[tuple[int, int]]]:
    """The file before the first frame, and (writes so far, frames flushed) after each frame."""
    after = []
    with SessionWriter(path, size_px=SIZE_PX, fps=15, flush_ns=FLUSH_FRAMES * 66_000_000) as writer:
        begun = partial_path(path).read_bytes()
        for index in range(FRAMES):
            t_ns = (index + 1) * 66_000_000
            writer.add_events([Event(t_ns=t_ns - 1, kind=EventKind.MOTION, x_px=index)])
            writer.add_prompt(f"screen {index}", '{"n":1}')
            writer.add_frame(frame(index), t_ns, PointerState(x_px=index, y_px=0, shape=ARROW))
            after.append((len(tape), writer.frames_written))
    return begun, after


def _deaths(begun: bytes, tape: list[tuple[int, int, bytes | None]]) -> Iterator[tuple[int, bytes, bytes]]:
    """(writes that were done, the file, the journal) for deaths after each write and in the middle of it."""
    files = [bytearray(begun), bytearray()]
    for number, (which, offset, data) in enumerate(tape):
        if data is None:
            yield number, bytes(files[FILE]), bytes(files[JOURNAL])
            files[which][offset:] = bytes(max(0, offset - len(files[which])))
            continue
        for part in (data[: len(data) // 2], data):
            files[which].extend(bytes(max(0, offset - len(files[which]))))
            files[which][offset : offset + len(part)] = part
            yield number + (part is data), bytes(files[FILE]), bytes(files[JOURNAL])


def test_a_death_anywhere_leaves_the_last_flush(tmp_path: Path, tape: list[tuple[int, int, bytes | None]]) -> None:
    begun, after = _record(tmp_path / "whole.h5", tape)
    commits = after[-1][0]  # what comes then seals the file
    kept: dict[bytes, int] = {}  # frames, of each file that is left when its journal is done
    partial = partial_path(tmp_path / "a.h5")
    for done, file, journal in _deaths(begun, tape[:commits]):
        flushed = max((frames for writes, frames in after if writes <= done), default=0)
        partial.write_bytes(file)
        journal_path(partial).write_bytes(journal)
        replay(partial)
        left = partial.read_bytes()
        if left not in kept:
            kept[left] = _frames_of(partial)
        assert kept[left] >= flushed
        assert {*tmp_path.iterdir()} - {partial} == {tmp_path / "whole.h5"}
    assert [*kept.values()] == sorted({frames for _, frames in after})


def _frames_of(partial: Path) -> int:
    """How many frames a repair keeps, with all that belongs to them."""
    with Session(partial) as session:
        if not len(session):
            return 0
    with Session(repair(partial)) as session:
        assert len(session.prompts()) == len(session.events()) == len(session)
        np.testing.assert_array_equal(session.frames[len(session) - 1], frame(len(session) - 1))
        session.path.unlink()
        return len(session)


def test_a_torn_file_says_what_to_do(tmp_path: Path, tape: list[tuple[int, int, bytes | None]]) -> None:
    begun, _ = _record(tmp_path / "whole.h5", tape)
    partial = partial_path(tmp_path / "a.h5")
    file, journal = next((file, journal) for _, file, journal in _deaths(begun, tape) if len(file) > len(begun))
    partial.write_bytes(file)
    journal_path(partial).write_bytes(journal)
    with pytest.raises(ValueError, match=r"a\.h5\.partial .*cut off.*verify --repair"):
        Session(partial)


def test_what_is_not_committed_is_read_back_and_not_on_disk(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"0123456789")
    file = JournalledFile(path)
    file.seek(8)
    file.write(b"abcd")
    file.seek(7)
    assert file.read(8) == b"7abcd" + bytes(3) and path.read_bytes() == b"0123456789"
    file.truncate(11)
    file.commit()
    assert path.read_bytes() == b"01234567abc" and not is_torn(path)
    file.seek(0)
    file.write(b"gone")
    file.close()
    assert path.read_bytes() == b"01234567abc"


def test_one_process_writes_and_nothing_stays_in_the_journal(tmp_path: Path) -> None:
    path = tmp_path / "a.h5"
    h5py.File(path, "w").close()
    first = JournalledFile(path)
    with pytest.raises(BlockingIOError):
        JournalledFile(path)
    first.close()
    JournalledFile(path).close()
    assert [*tmp_path.iterdir()] == [path]


def test_a_journal_that_is_no_whole_one_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"file")
    for told in (b"", b"DDJ1", b"DDJ1" + bytes(40), bytes(24)):
        journal_path(path).write_bytes(told)
        assert not is_torn(path)
        replay(path)
        assert path.read_bytes() == b"file" and not journal_path(path).exists()
