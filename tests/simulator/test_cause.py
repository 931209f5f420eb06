"""What mouse and keyboard cannot have caused is not judged."""

import json
from pathlib import Path

from recorder.actions import Action, Event, EventKind
from recorder.pointer import PointerState
from recorder.writer import SessionWriter
from simulator.cause import answers
from simulator.evaluate import evaluate, open_footage
from simulator.footage import Footage
from simulator.plan import EVENT_FRAMES, Effort, make_plan
from simulator.transitions import find_clusters
from tests.simulator.held_out import FRAMES, Scripted, write_held_out

REST, MOVED = Action(x_px=0, y_px=0), Action(x_px=1, y_px=0)
PRESSED = Action(x_px=0, y_px=0, events=(Event(t_ns=0, kind=EventKind.KEY_DOWN),))


def test_nothing_is_caused_before_the_first_input() -> None:
    assert answers([REST, REST, MOVED, MOVED], []).tolist() == [False, False, True, True]
    assert answers([REST, PRESSED, REST], []).tolist() == [False, True, True]
    assert answers([PRESSED, REST], []).tolist() == [True, True]
    assert not answers([REST, REST], []).any() and not len(answers([], []))


def test_nothing_is_caused_while_a_text_asks_for_it() -> None:
    told = [(1, {"theme": "light"}), (2, {"theme": "light", "event": "make it dark"}), (4, None), (5, {"event": "x"})]
    assert answers([PRESSED] * 7, told).tolist() == [True, True, False, False, True, False, False]


def _rewritten(folder: Path, event_frames: range) -> Path:
    """A held-out session in which a text causes what changes in some frames."""
    (path,) = write_held_out(folder / "plain", sessions=1).glob("*.h5")
    with open_footage(path) as (film,):
        target = folder / "told" / path.name
        target.parent.mkdir()
        with SessionWriter(target, size_px=film.size_px, fps=film.fps) as writer:
            for frame, picture_u8 in enumerate(film.frames(0, len(film))):
                if frame == event_frames.start:
                    writer.add_prompt("a wish", json.dumps({"event": "a wish"}))
                if frame == event_frames.stop:
                    writer.add_prompt("a screen", json.dumps({"theme": "dark"}))
                action = film.actions[frame]
                writer.add_events(
                    [Event(t_ns=frame * 10 + 5, kind=EventKind.MOTION, x_px=action.x_px, y_px=action.y_px)]
                )
                writer.add_events([_at(event, frame * 10 + 6) for event in action.events])
                place = PointerState(x_px=action.x_px, y_px=action.y_px, shape=film.shape(frame))
                writer.add_frame(picture_u8, frame * 10 + 9, place)
    return target


def _at(event: Event, t_ns: int) -> Event:
    return Event(t_ns=t_ns, kind=event.kind, code=event.code, x_px=event.x_px, y_px=event.y_px)


def _plan_of(film: Footage) -> tuple[list[int], list[int]]:
    plan = make_plan([film], Effort(minutes=1, events=40, tracks=1), seed=0)
    return [stretch.first for stretch in plan.events], [stretch.first for stretch in plan.tracks]


def test_what_a_text_causes_is_neither_planned_nor_scored(tmp_path: Path) -> None:
    wish = range(88, 100)  # the third window opens meanwhile
    path = _rewritten(tmp_path, wish)
    with open_footage(path) as (film,), open_footage(tmp_path / "plain" / path.name) as (plain,):
        assert film.caused.tolist() == [frame > 0 and frame not in wish for frame in range(FRAMES)]
        events, _ = _plan_of(film)
        before, _ = _plan_of(plain)
        assert events == [first for first in before if not {*wish} & {*range(first, first + EVENT_FRAMES)}] != before
        effort = Effort(minutes=1, events=4, tracks=1)
        counts = [
            evaluate(Scripted([recorded.path]), [recorded], effort, seed=0).report["details"]["model"]
            for recorded in (plain, film)
        ]
        assert counts[0]["frames"] - counts[1]["frames"] == len(wish)
        assert counts[0]["frames_changed"] - counts[1]["frames_changed"] == 2  # the window and its first character
        assert len(find_clusters([film]).centres) <= len(find_clusters([plain]).centres)


def test_a_track_holds_only_what_is_caused(tmp_path: Path) -> None:
    path = _rewritten(tmp_path, range(FRAMES - 8, FRAMES))
    with open_footage(path) as (film,):
        assert _plan_of(film)[1] == [], "the only track of this length would end under the wish"
