"""What a prompt tells as data stays with it through everything that makes a session file of another."""

import json
import tarfile
from pathlib import Path

import h5py
import numpy as np
import pytest

from recorder import schema
from recorder.excerpt import write_excerpt
from recorder.export import Export
from recorder.forget import write_kept
from recorder.importer import Import
from recorder.pointer import PointerState
from recorder.prompt import Prompt
from recorder.recording import RecordingWriter
from recorder.repair import repair
from recorder.seal import seal
from recorder.segments import open_session
from recorder.session import Session
from recorder.verify import faults
from recorder.writer import SessionWriter
from tests.recorder.sessions import ARROW, PERIOD_NS, SIZE_PX, frame, write_session

TOLD = [
    (0, Prompt("no attributes")),
    (3, Prompt.of("a window", {"windows": [{"app": "editor", "box": [1, 2, 3, 4]}]})),
    (7, Prompt.of("none", {"windows": []})),
]


def write_told(writer: SessionWriter | RecordingWriter, frames: int = 12) -> None:
    prompts = dict(TOLD)
    with writer:
        for index in range(frames):
            if index in prompts:
                writer.add_prompt(*prompts[index])
            pointer = PointerState(x_px=1, y_px=2, shape=ARROW)
            writer.add_frame(frame(index), (index + 1) * PERIOD_NS, pointer)


@pytest.fixture
def told(tmp_path: Path) -> Path:
    path = tmp_path / "told.h5"
    write_told(SessionWriter(path, size_px=SIZE_PX, fps=10))
    return path


def test_attributes_are_read_as_they_were_written(told: Path) -> None:
    assert faults(told) == []
    with Session(told) as session:
        assert session.whole_prompts() == TOLD
        assert session.prompt_attributes() == [(start, prompt.attributes()) for start, prompt in TOLD[1:]]
        assert session.prompts() == [(start, prompt.text) for start, prompt in TOLD]


def test_a_session_without_attributes_looks_as_it_always_did(tmp_path: Path) -> None:
    with h5py.File(write_session(tmp_path / "a.h5")) as file:
        assert schema.PROMPT_ATTRIBUTES not in file
    with Session(tmp_path / "a.h5") as session:
        assert session.prompt_attributes() == []


def test_an_excerpt_begins_with_the_attributes_in_force(told: Path, tmp_path: Path) -> None:
    with Session(told) as session:
        write_excerpt(session, tmp_path / "cut.h5", start=5, stop=9, chunk_frames=4, level=1)
    with Session(tmp_path / "cut.h5") as cut:
        assert cut.whole_prompts() == [(0, TOLD[1][1]), (2, TOLD[2][1])]


def test_what_is_kept_after_forgetting_keeps_its_attributes(told: Path, tmp_path: Path) -> None:
    write_kept(told, tmp_path / "kept.h5", 5)
    with Session(tmp_path / "kept.h5") as kept:
        assert kept.whole_prompts() == TOLD[:2]


def test_segments_carry_attributes_on(tmp_path: Path) -> None:
    path = tmp_path / "long.h5"
    write_told(RecordingWriter(path, size_px=SIZE_PX, fps=10, recording_id="x", segment_minutes=5 / 600))
    with Session(tmp_path / "long.001.h5") as second:
        assert second.whole_prompts()[0] == (0, TOLD[1][1])
    with open_session(path) as whole:
        assert whole.whole_prompts() == TOLD


def test_a_cut_off_recording_is_repaired_with_its_attributes(tmp_path: Path) -> None:
    path = tmp_path / "off.h5"
    writer = SessionWriter(path, size_px=SIZE_PX, fps=10)
    writer.add_prompt(*TOLD[1][1])
    writer.add_frame(frame(1), PERIOD_NS, PointerState(x_px=1, y_px=2, shape=ARROW))
    writer.close(complete=False)
    assert faults(repair(path.with_name("off.h5.partial"))) == []
    with Session(path) as session:
        assert session.whole_prompts() == [(0, TOLD[1][1])]


def test_export_and_import_keep_attributes(told: Path, tmp_path: Path) -> None:
    Export(source=told, out=tmp_path / "b", format="mp4", lossless=True).run()
    Import(video=tmp_path / "b.mp4", events=tmp_path / "b.jsonl", out=tmp_path / "c.h5").run()
    with Session(tmp_path / "c.h5") as session:
        assert session.whole_prompts() == TOLD


def test_events_of_the_first_version_are_imported(tmp_path: Path) -> None:
    Export(source=write_session(tmp_path / "a.h5"), out=tmp_path / "b", format="mp4").run()
    lines = (tmp_path / "b.jsonl").read_text()
    (tmp_path / "b.jsonl").write_text(
        lines.replace('"version": 2', '"version": 1').replace(', "attributes_json": ""', "")
    )
    Import(video=tmp_path / "b.mp4", events=tmp_path / "b.jsonl", out=tmp_path / "c.h5").run()
    with Session(tmp_path / "c.h5") as session:
        assert [text for _, text in session.prompts()] == ["first", "second"]


def test_shards_hold_attributes_as_objects(told: Path, tmp_path: Path) -> None:
    Export(source=told, out=tmp_path / "w", format="webdataset", clip_frames=6).run()
    with tarfile.open(tmp_path / "w-000000.tar") as tar:
        member = tar.extractfile("told-00000006.json")
        assert member is not None
        assert json.load(member)["prompt_attributes"] == [[0, TOLD[1][1].attributes()], [1, TOLD[2][1].attributes()]]


@pytest.mark.parametrize("attributes_json", ["[1]", "{", "3"])
def test_verify_names_attributes_that_are_no_object(told: Path, attributes_json: str) -> None:
    with h5py.File(told, "r+") as file:
        file[schema.PROMPT_ATTRIBUTES][1] = attributes_json  # type: ignore[index]
        seal(file)
    assert "can't read its prompts" in faults(told)[0]


def test_verify_notices_changed_attributes(told: Path) -> None:
    with h5py.File(told, "r+") as file:
        file[schema.PROMPT_ATTRIBUTES][1] = "{}"  # type: ignore[index]
    assert "changed after it was written" in faults(told)[0]


def test_verify_notices_attributes_of_another_length_or_form(told: Path) -> None:
    with h5py.File(told, "r+") as file:
        del file[schema.PROMPT_ATTRIBUTES]
        file.create_dataset(schema.PROMPT_ATTRIBUTES, data=np.zeros(3), chunks=(3,))
    assert schema.PROMPT_ATTRIBUTES in faults(told)[0]
