"""The viewer: where it stands, what it draws, and its window on SDL's dummy screen."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pygame
import pytest

from recorder.actions import Event, EventKind
from recorder.annotated import PANEL_PX, TIMELINE_PX, Annotated
from recorder.playhead import SPEEDS, Playhead
from recorder.pointer import PointerState
from recorder.session import Session
from recorder.view import Viewer
from recorder.writer import SessionWriter
from tests.recorder.sessions import ARROW, recorder, write_session

SIZE_PX, FRAMES = (64, 48), 20


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """Black frames; a button goes down at (30, 20) in frame 5; frame 12 comes after a pause."""
    path = tmp_path / "some.h5"
    with SessionWriter(path, size_px=SIZE_PX, fps=10) as writer:
        writer.add_events([Event(t_ns=5 * 10**8 + 1, kind=EventKind.BUTTON_DOWN, code=0, x_px=30, y_px=20)])
        for index in range(FRAMES):
            if index == 12:
                writer.add_pause()
            black = np.zeros((SIZE_PX[1], SIZE_PX[0], 3), np.uint8)
            writer.add_frame(black, (index + 1) * 10**8, PointerState(x_px=50, y_px=30, shape=ARROW))
    with Session(path) as opened:
        yield opened


def test_playing_follows_the_rate_and_ends_at_the_last_frame() -> None:
    head = Playhead(frames=100, fps=10)
    head.advance(5)
    assert head.frame == 0, "it does not play yet"
    head.toggle()
    head.advance(0.5)
    head.faster(1)
    head.advance(1.0)
    assert head.frame == 5 + 20 and head.playing
    head.advance(1e6)
    assert head.frame == 99 and not head.playing
    head.toggle()
    assert head.frame == 0 and head.playing


def test_steps_stop_and_nothing_leaves_the_session() -> None:
    head = Playhead(frames=30, fps=10, frame=3)
    head.toggle()
    head.step(-1)
    assert head.frame == 2 and not head.playing
    for move, there in ((lambda: head.step(-9), 0), (lambda: head.skip(2), 20), (lambda: head.skip(60), 29)):
        move()
        assert head.frame == there
    head.seek(0.5)
    assert head.frame in (14, 15)
    head.faster(100)
    assert head.speed == SPEEDS[-1]


def test_pointer_and_inputs_are_drawn_only_where_asked_for(session: Session) -> None:
    annotated, rows = Annotated(session), SIZE_PX[1]
    assert annotated.picture(5).shape == (rows + PANEL_PX, SIZE_PX[0], 3)
    assert not annotated.picture(5, pointer=False, inputs=False)[:rows].any()
    pointer = annotated.picture(5, inputs=False)[:rows]
    assert pointer[30, 50].all() and not pointer[:25].any()
    marked = annotated.picture(5, pointer=False)[:rows]
    ys, xs = np.nonzero(marked.any(axis=2))
    assert abs(xs.mean() - 30) < 1 and abs(ys.mean() - 20) < 1 and len(xs) > 20
    assert not annotated.picture(4, pointer=False)[:rows].any()
    assert not annotated.picture(15, pointer=False)[:rows].any(), "a mark fades after some frames"


def test_the_timeline_shows_inputs_pauses_and_the_place(session: Session) -> None:
    annotated = Annotated(session)
    first, last = (annotated.picture(index)[SIZE_PX[1] :][:TIMELINE_PX] for index in (0, FRAMES - 1))
    assert (first[:, 0] == 255).all() and (last[:, -1] == 255).all()
    columns = [round(index / (FRAMES - 1) * (SIZE_PX[0] - 1)) for index in (5, 12, 8)]
    press, pause, plain = (first[:, column] for column in columns)
    assert (press[0] == plain[0]).all() and (press[-1] != plain[-1]).any()
    assert (pause != plain).any(axis=1).all()
    assert [round(annotated.share_at(column) * (FRAMES - 1)) for column in columns] == [5, 12, 8]


def test_the_window_obeys_keys_and_mouse(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    pygame.display.init()
    try:
        annotated, head = Annotated(session), Playhead(FRAMES, 10)
        viewer = Viewer(annotated, head, "some")
        for key in (pygame.K_RIGHT, pygame.K_RIGHT, pygame.K_LEFT, pygame.K_p):
            viewer.take(pygame.event.Event(pygame.KEYDOWN, key=key))
        viewer.look()
        shown = pygame.surfarray.array3d(pygame.display.get_surface()).swapaxes(0, 1)
        assert head.frame == 1 and (shown == annotated.picture(1, pointer=False)).all()
        on_timeline = (SIZE_PX[0] - 1, SIZE_PX[1] + 2)
        viewer.take(pygame.event.Event(pygame.MOUSEBUTTONDOWN, button=1, pos=(5, 5)))
        assert head.frame == 1, "the picture is no timeline"
        viewer.take(pygame.event.Event(pygame.MOUSEBUTTONDOWN, button=1, pos=on_timeline))
        assert head.frame == FRAMES - 1
        viewer.take(pygame.event.Event(pygame.MOUSEMOTION, buttons=(1, 0, 0), pos=(0, on_timeline[1])))
        assert head.frame == 0
        pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_q))
        viewer.run()  # or this never ends
    finally:
        pygame.quit()


def test_what_can_not_be_viewed_is_said_in_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_session(tmp_path / "some.h5", 5)
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"):
        monkeypatch.delenv(name, raising=False)
    for arguments, said in (
        ((path,), "no display"),
        ((path, "--frame", 5), "5 frames"),
        ((tmp_path / "no",), "not there"),
    ):
        ended = recorder("view", *arguments)
        assert ended.returncode == 2 and said in ended.stderr and ended.stderr.count("\n") == 1
