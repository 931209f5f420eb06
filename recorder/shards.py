"""A session in, WebDataset shards out: tar files of clips, each clip a KEY.npz and a KEY.json.

KEY.npz holds `frames` uint8 (T, H, W, 3), `t_ns` and `late_ns` int64 (T,), `pointer` int32 (T, 3): x, y and the shape's
number, `schema.NO_SHAPE` where it is hidden; and as rows of the session file's own types `states`, the one in force
first, and `raw`. KEY.json says the rest, frames counted from the clip's first: one action a frame, the prompts with the
one in force first, their attributes where they have them, pauses, and the pointer shapes that occur as in
`interchange.ShapeLine`.
"""

import io
import json
import tarfile
from collections.abc import Callable
from dataclasses import asdict
from glob import escape
from pathlib import Path
from typing import Any

import numpy as np

from recorder.actions import BUTTONS, KEYS, Action
from recorder.beside import written_beside
from recorder.excerpt import excerpt_prompts, raw_rows, state_rows
from recorder.interchange import EventLine, ShapeLine
from recorder.pointer import PointerShape
from recorder.schema import NO_SHAPE
from recorder.session import Session


def write_shards(
    session: Session,
    base: Path,
    *,
    clip_frames: int,
    shard_clips: int,
    progress: Callable[[int], object] = lambda _: None,
) -> list[Path]:
    """Write BASE-000000.tar and on, `shard_clips` clips of `clip_frames` frames each; the last ones may be shorter.

    The same session gives the same bytes. `progress` hears how many more frames were written. Raises ValueError where
    a shard of that name exists or can't be written.
    """
    there = sorted(base.parent.glob(f"{escape(base.name)}-*.tar"))
    if there:  # also a later one than ours: who reads BASE-*.tar would mix the two
        raise ValueError(f"{there[0]} exists already; name other shards or move it away")
    starts = range(0, len(session), clip_frames)
    shards = [starts[first : first + shard_clips] for first in range(0, len(starts), shard_clips)]
    paths = [base.with_name(f"{base.name}-{number:06d}.tar") for number in range(len(shards))]
    actions, shapes = session.actions(), session.shapes()
    with written_beside(paths) as besides:
        for beside, clips in zip(besides, shards, strict=True):
            with tarfile.open(beside, "w") as tar:
                for start in clips:
                    stop = min(start + clip_frames, len(session))
                    key = f"{session.path.stem.replace('.', '_')}-{start:08d}"  # a sample's key ends at the first dot
                    _add(tar, f"{key}.npz", _arrays(session, start, stop))
                    told = _told(session, actions[start:stop], shapes, start, stop)
                    _add(tar, f"{key}.json", json.dumps(told).encode())
                    progress(stop - start)
    return paths


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    member = tarfile.TarInfo(name)  # time 0 and nobody's
    member.size = len(data)
    tar.addfile(member, io.BytesIO(data))


def _arrays(session: Session, start: int, stop: int) -> bytes:
    file, part = io.BytesIO(), slice(start, stop)
    pointer = (session.pointer_x_px[part], session.pointer_y_px[part], session.pointer_shape[part])
    np.savez_compressed(
        file,
        frames=session.frames[part],
        t_ns=session.t_ns[part],
        late_ns=session.late_ns[part],
        pointer=np.stack(pointer, axis=1, dtype=np.int32),
        states=state_rows(session, start, stop),
        raw=raw_rows(session, start, stop),
    )
    return file.getvalue()


def _told(session: Session, actions: list[Action], shapes: list[PointerShape], start: int, stop: int) -> dict[str, Any]:
    prompts = excerpt_prompts(session.whole_prompts(), start, stop)
    numbers = sorted({*session.pointer_shape[start:stop].tolist()} - {NO_SHAPE})
    return {
        "session": session.path.name,
        "first_frame": start,
        "size_px": session.size_px,
        "fps": session.fps,
        "pauses": [frame - start for frame in session.pauses if start <= frame < stop],
        "prompts": [(frame, prompt.text) for frame, prompt in prompts],
        "prompt_attributes": [(frame, prompt.attributes()) for frame, prompt in prompts if prompt.attributes_json],
        "shapes": {number: asdict(ShapeLine.of(shapes[number])) for number in numbers},
        "actions": [_action(action) for action in actions],
    }


def _action(action: Action) -> dict[str, Any]:
    return {
        **asdict(action),
        "buttons": [BUTTONS[code] for code in sorted(action.buttons)],
        "keys": [KEYS[code].name for code in sorted(action.keys)],
        "events": [asdict(EventLine.of(event)) for event in action.events],
    }
