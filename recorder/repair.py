"""A recording that was cut off in, a complete session of what is whole in it out."""

from pathlib import Path

import h5py

from recorder import schema
from recorder.excerpt import write_excerpt
from recorder.journal import replay
from recorder.remains import Remains
from recorder.seal import seal
from recorder.session import Session
from recorder.superblock import missing_bytes
from recorder.writer import beside_path, partial_path


def is_cut_off(path: Path) -> bool:
    """Whether the file is a recording that did not come to its end, or lacks its end.

    Raises ValueError for what is no session.
    """
    if path.name.endswith(schema.PARTIAL_SUFFIX) or missing_bytes(path):
        return True
    with Session(path) as session:
        return not session.complete


def repair(path: Path) -> Path:
    """Trim a cut-off recording to its whole frames, under its final name; returns that name.

    The result is written beside its place and renamed; what was cut off is removed after that. Its attribute LOST says
    what was lost, where anything was that the file once had.

    Raises ValueError where nothing can be kept, where it is being written, where it was complete and lacks nothing but
    says something else than it said, and where a file of the final name exists.
    """
    final = path.with_name(path.name.removesuffix(schema.PARTIAL_SUFFIX))
    if final != path and final.exists():
        raise ValueError(f"{final} exists already; move it away, or remove {path}")
    _finish_commit(path)
    beside = beside_path(final)
    for left in (beside, partial_path(beside)):
        left.unlink(missing_ok=True)  # of a repair that was itself cut off
    with Remains(path) as session:
        stop, ended_by = session.whole_frames
        if not stop:
            raise ValueError(_refusal(path, ended_by))
        _check_seal(session)
        chunk_frames = session.frames.chunk_frames
        write_excerpt(session, beside, start=0, stop=stop, chunk_frames=chunk_frames, level=schema.LEVEL)
        _pass_on(session, beside)
    beside.replace(final)
    if final != path:
        path.unlink()
    return final


def _finish_commit(path: Path) -> None:
    try:
        replay(path)
    except FileNotFoundError as error:
        raise ValueError(f"{path} is not there; check the name") from error
    except BlockingIOError as error:
        raise ValueError(f"{path} is being written right now; wait until its recording has ended") from error
    except OSError as error:
        raise ValueError(f"can't repair {path} ({error.strerror}); check space and permissions") from error


def _refusal(path: Path, ended_by: str) -> str:
    if missing_bytes(path):
        return (
            f"{path} holds no whole frame before the place where it is cut off: '{ended_by}' is not there; copy it "
            "again from its source or record it again"
        )
    if ended_by != schema.FRAMES:
        return f"{path} is damaged: can't read '{ended_by}'; copy it again from its source or record it again"
    return f"{path} holds no whole frame; remove it and record again"


def _check_seal(session: Remains) -> None:
    """A file that was complete and lacks nothing is no less what it was: another digest than its own is damage."""
    cut_short = missing_bytes(session.path) and session.lost()
    if schema.SHA256 in session.attributes and not cut_short and not session.as_written():
        raise ValueError(f"{session.path} was changed after it was written; copy it again from its source")


def _pass_on(session: Remains, path: Path) -> None:
    """Let the repaired file be the same segment of its recording, and say what it lacks."""
    said = {name: session.attributes[name] for name in schema.SEGMENT_ATTRIBUTES if name in session.attributes}
    lost = ", ".join(filter(None, (session.attributes.get(schema.LOST), session.lost())))
    with h5py.File(path, "r+") as file:
        file.attrs.update(said | ({schema.LOST: lost} if lost else {}))
        seal(file)
