"""A replay does what was recorded, in its order and at its times, and two of one seed go through the same states."""

import threading
from collections.abc import Callable
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest

from recorder.actions import KEY_INDEX, Event, EventKind
from recorder.capture import CaptureStats, capture
from recorder.clock import FakeClock, planned
from recorder.coverage import state_sequence
from recorder.difference import difference
from recorder.doors import Injector
from recorder.doors.fake import FakeInput, FakePointer, FakeScreen
from recorder.explorer.attributes import describe
from recorder.explorer.deed import deeds, perform
from recorder.explorer.layout import Layout
from recorder.explorer.policy import POLICY
from recorder.explorer.replay import REPLAY_OF, SOURCE, replay
from recorder.explorer.rerun import Rerun, remark
from recorder.explorer.sandbox import missing_packages
from recorder.explorer.score import Asked, Score, read_score
from recorder.explorer.wish import VALUES, Wish, wish_of
from recorder.explorer.words import event_sentences
from recorder.pointer import PointerState
from recorder.prompt import Prompt
from recorder.session import Session
from recorder.verify import faults
from recorder.writer import SessionWriter
from tests.recorder.test_words import LOOK, TERMINAL

MS = 1_000_000
FIRST_NS = 7_000 * MS  # the deadline of the first frame; each frame is taken 3 ms late, every 100 ms
SAID = {"source": "explorer", "seed": 3, "policy": "goals-2"}
DONE = [
    (-20, EventKind.MOTION, {"x_px": 8, "y_px": 9}),
    (150, EventKind.BUTTON_DOWN, {"code": 2}),
    (150, EventKind.BUTTON_UP, {"code": 2}),
    (420, EventKind.SCROLL, {"dy": -1}),
    (460, EventKind.KEY_DOWN, {"code": KEY_INDEX["KeyA"]}),
    (900, EventKind.KEY_UP, {"code": KEY_INDEX["KeyA"]}),
    (1400, EventKind.MOTION, {"x_px": 1, "y_px": 1}),  # after the last frame
]
ASKED = "start the notepad"
TOO_LATE_NS = 1_500 * MS  # applications have less than twice that to answer


class _Log(Injector):
    """Writes down what is done and when; each takes `busy_ns`. Stands for the wishes too."""

    def __init__(self, clock: FakeClock, busy_ns: int = 0) -> None:
        self._clock, self._busy_ns = clock, busy_ns
        self.done: list[tuple[float, Any]] = []

    def _note(self, *what: Any) -> None:
        self.done.append(((self._clock.now_ns() - FIRST_NS) / MS, what))
        self._clock.advance(self._busy_ns)

    def move(self, x_px: int, y_px: int) -> None:
        self._note("move", x_px, y_px)

    def button(self, code: int, down: bool) -> None:
        self._note("button", code, down)

    def scroll(self, dx: int, dy: int) -> None:
        self._note("scroll", dx, dy)

    def key(self, code: int, down: bool) -> None:
        self._note("key", code, down)

    def ask(self, text: str) -> None:
        self._note("ask", text)

    def grant(self, wish: Wish) -> None:
        self._note("grant", *wish)

    def end(self) -> None:
        self._note("end")


def _write(path: Path, *, size_px: tuple[int, int] = (512, 384), pause: bool = False, **attributes: Any) -> Path:
    """Thirteen frames, DONE, and a wish that is told in the frames 5 to 10."""
    said = {name: value for name, value in {**SAID, **attributes}.items() if value is not None}
    told = {0: "", 5: ASKED, 8: ASKED, 11: ""}
    with SessionWriter(path, size_px=size_px, fps=10, attributes=said) as writer:
        writer.add_events([Event(t_ns=FIRST_NS + at * MS, kind=kind, **rest) for at, kind, rest in DONE])
        for index in range(13):
            if index in told:
                shown = [TERMINAL] if index >= 8 else []
                writer.add_prompt(*Prompt.of("x", describe(LOOK, shown, [], told[index])))
            if pause and index == 4:
                writer.add_pause()
            rgb = np.full((size_px[1], size_px[0], 3), index, np.uint8)
            writer.add_frame(rgb, FIRST_NS + (100 * index + 3) * MS, PointerState(x_px=8, y_px=9, shape=None), 3 * MS)
    return path


def _performed(score: Score, clock: FakeClock, log: _Log) -> list[tuple[float, Any]]:
    perform(deeds(score, log, log), clock, FIRST_NS, threading.Event())
    return log.done


def test_everything_is_done_again_in_order_and_at_its_time(tmp_path: Path) -> None:
    clock = FakeClock()
    key = KEY_INDEX["KeyA"]
    assert _performed(read_score(_write(tmp_path / "a.h5")), clock, _Log(clock)) == [
        (-20, ("move", 8, 9)),
        (-20, ("move", 8, 9)),
        (150, ("button", 2, True)),
        (150, ("button", 2, False)),
        (420, ("scroll", 0, -1)),
        (450, ("ask", ASKED)),
        (460, ("key", key, True)),
        (750, ("grant", "open", "editor")),
        (900, ("key", key, False)),
        (1050, ("end",)),
    ]


def test_what_is_late_is_done_at_once_and_makes_nothing_else_late(tmp_path: Path) -> None:
    clock = FakeClock()
    done = _performed(read_score(_write(tmp_path / "a.h5")), clock, _Log(clock, busy_ns=50 * MS))
    assert [at for at, _ in done] == [-20, 30, 150, 200, 420, 470, 520, 750, 900, 1050]


def test_a_stopped_replay_does_nothing_more(tmp_path: Path) -> None:
    clock, stop = FakeClock(), threading.Event()
    log = _Log(clock)
    stop.set()
    perform(deeds(read_score(_write(tmp_path / "a.h5")), log, log), clock, FIRST_NS, stop)
    assert log.done == []


def test_a_wish_that_still_stands_at_the_end_is_not_ended(tmp_path: Path) -> None:
    score = read_score(_write(tmp_path / "a.h5"))
    score = replace(score, wishes=[replace(wish, end_ns=None) for wish in score.wishes])
    clock = FakeClock()
    assert "end" not in [what[0] for _, what in _performed(score, clock, _Log(clock))]


def test_the_words_of_every_wish_mean_that_wish() -> None:
    for attribute, values in {**VALUES, "open": ("terminal", "files", "editor", "calculator")}.items():
        for value in values:
            assert {wish_of(text) for text in event_sentences(attribute, value)} == {Wish(attribute, value)}
    with pytest.raises(ValueError, match="nobody knows what 'sing' asks for"):
        wish_of("sing")


@pytest.mark.parametrize(
    ("spoilt", "complaint"),
    [
        ({"source": "screen"}, "no session that 'explore' recorded"),
        ({"seed": None}, "no session that 'explore' recorded"),
        ({"policy": None}, "no session that 'explore' recorded"),
        ({"policy": "goals-9"}, "policy 'goals-9' is not one of"),
        ({"pause": True}, "was paused in it"),
        ({"excerpt_from_frame": 9}, "is a part of a session"),
        ({"size_px": (32, 24)}, "is not 512x384"),
    ],
)
def test_what_cannot_be_replayed_is_one_sentence(tmp_path: Path, spoilt: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        read_score(_write(tmp_path / "a.h5", **spoilt))


def test_a_session_is_not_replayed_onto_itself(tmp_path: Path) -> None:
    path = _write(tmp_path / "a.h5")
    Rerun(original=path, path=tmp_path / "new" / "a.h5").check()
    with pytest.raises(ValueError, match="name another folder"):
        Rerun(original=path, path=path).check()


def test_a_session_that_was_cut_off_is_not_replayed(tmp_path: Path) -> None:
    with (
        pytest.raises(KeyboardInterrupt),
        SessionWriter(tmp_path / "a.h5", size_px=(512, 384), fps=15, attributes=SAID),
    ):
        raise KeyboardInterrupt
    with pytest.raises(ValueError, match="was cut off"):
        read_score(tmp_path / "a.h5.partial")


def test_frames_of_a_plan_are_late_and_not_left_out(tmp_path: Path) -> None:
    clock = FakeClock()
    screen = FakeScreen(clock, (32, 24))
    grab: Callable[[], np.ndarray] = screen.grab
    screen.grab = lambda: (clock.advance(250 * MS), grab())[1]
    with SessionWriter(tmp_path / "a.h5", size_px=screen.size_px, fps=10) as writer:
        stats = capture(
            writer, screen, FakePointer(clock), FakeInput(clock), clock, fps=10, stop=lambda _: False,
            ticks=planned(clock, [at * MS for at in (100, 200, 300, 2000)]),
        )  # fmt: skip
    assert (stats.frames, stats.skipped) == (4, 0)
    with Session(tmp_path / "a.h5") as session:
        assert ((session.t_ns - session.late_ns) // MS).tolist() == [100, 200, 300, 2000]
        assert (session.late_ns // MS).tolist() == [250, 400, 550, 250]


def test_the_difference_counts_frames_and_pixels(tmp_path: Path) -> None:
    with Session(_write(tmp_path / "a.h5")) as session:
        same = difference(session, session)
        assert (same.frames, same.equal_frames, same.differing_pixels) == (13, 1, 0) and same.same_states
        assert same.rmse_at == {1: 0}
        other = Session(_write_other(tmp_path / "b.h5", session))
        with other:
            found = difference(session, other)
    assert found.equal_frames == pytest.approx(12 / 13) and not found.same_states
    assert found.differing_pixels == pytest.approx(0.25 / 13) and found.rmse_at == {1: pytest.approx(6 * 0.5)}
    assert "92.3% of 13 frames are equal, 1.92% of the pixels differ" in str(found)


def _write_other(path: Path, session: Session) -> Path:
    """The same frames, but for a quarter of the second one, and no prompts."""
    with SessionWriter(path, size_px=session.size_px, fps=session.fps, attributes=SAID) as writer:
        for index, t_ns in enumerate(session.t_ns.tolist()):
            rgb = np.array(session.frames[index])
            if index == 1:
                rgb[:192, :256] += 6
            writer.add_frame(rgb, t_ns, PointerState(x_px=0, y_px=0, shape=None))
    return path


def test_a_replay_with_late_frames_is_said_to_be_no_floor() -> None:
    assert remark(CaptureStats(frames=100, late=2)) == ""
    assert "3 frames are late, so this is no floor" in remark(CaptureStats(frames=100, late=3))


def test_a_state_sequence_leaves_out_what_hardly_stood(tmp_path: Path) -> None:
    with Session(_write(tmp_path / "a.h5")) as session:
        closed, opened = state_sequence(session)
        assert closed != opened
        assert state_sequence(session, at_least_frames=6) == [closed]


def _calm() -> Score:
    """Twelve seconds of seed 3: the terminal is opened by a click, the editor by a wish, and closed by keys."""
    fps, second_ns = 5, 1000 * MS
    layout = Layout(size_px=(512, 384), appearance=POLICY.draw(Random(3)), launchers=POLICY.launchers)
    x_px, y_px = layout.launcher_px["terminal"]
    done = [(1.0, EventKind.MOTION, 0), (1.5, EventKind.BUTTON_DOWN, 0), (1.6, EventKind.BUTTON_UP, 0)]
    done += [(9.0, EventKind.KEY_DOWN, KEY_INDEX["AltLeft"]), (9.1, EventKind.KEY_DOWN, KEY_INDEX["F4"])]
    done += [(9.2, EventKind.KEY_UP, KEY_INDEX["F4"]), (9.3, EventKind.KEY_UP, KEY_INDEX["AltLeft"])]
    begin_ns, granted_ns, end_ns = (round(at * second_ns) for at in (5, 5.3, 8))
    return Score(
        name="calm.h5",
        sha256="",
        seed=3,
        policy=POLICY,
        size_px=(512, 384),
        fps=fps,
        start_px=(300, 300),
        deadlines_ns=[index * second_ns // fps for index in range(12 * fps)],
        events=[Event(t_ns=round(at * 1e9), kind=kind, code=code, x_px=x_px, y_px=y_px) for at, kind, code in done],
        wishes=[Asked(text=ASKED, wish=wish_of(ASKED), begin_ns=begin_ns, granted_ns=granted_ns, end_ns=end_ns)],
    )


@pytest.mark.skipif(bool(missing_packages()), reason=f"the sandbox lacks {', '.join(missing_packages())}")
@pytest.mark.timeout(300)
def test_two_replays_of_a_seed_go_through_the_same_states(tmp_path: Path) -> None:
    score = _calm()
    stats = [replay(score, tmp_path / name) for name in ("one.h5", "two.h5")]
    with Session(tmp_path / "one.h5") as one, Session(tmp_path / "two.h5") as two:
        found = difference(one, two)
        print(found)
        assert found.frames == len(one) == len(two) == len(score.deadlines_ns)
        assert (one.attributes[REPLAY_OF], one.attributes["source"], one.attributes["seed"]) == ("calm.h5", SOURCE, 3)
        if max(each.worst_late_ns for each in stats) > TOO_LATE_NS:
            pytest.skip(f"this machine is too busy: frames come up to {stats[0].worst_late_ns / 1e9:.1f} s late")
        assert _opened(one) == _opened(two) == [[], ["terminal"], ["editor", "terminal"], ["terminal"]]
        first, second = (state_sequence(session, at_least_frames=round(one.fps)) for session in (one, two))
        assert first == second
        assert ASKED in dict(one.prompts()).values()
        assert [(event.kind, event.code) for event in one.events()[-7:]] == [(e.kind, e.code) for e in score.events]
    assert faults(tmp_path / "one.h5") == []


def _opened(session: Session) -> list[list[str]]:
    """The applications that are open, one set after the other."""
    return [names for names, _ in groupby(attributes["open"] for _, attributes in session.prompt_attributes())]
