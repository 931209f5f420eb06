"""The overlay's lines and tints."""

from dataclasses import replace

import numpy as np

from recorder.actions import Action, Event, EventKind
from recorder.caption import HEIGHT_PX, action_text, caption, text_panel
from simulator.fake_world import FakeWorld
from simulator.keymap import BINDINGS
from simulator.overlay import Status, badge_lines, heat_map, help_lines, status_lines, tint_dirty

STATUS = Status(
    fps=14.9, nominal_fps=15, frames=90, late=2, photon_ms=(40.4, 71.2), seed=3, prompt="dark", about="4 steps on cpu"
)


def test_the_overlay_names_its_numbers() -> None:
    text = "\n".join(status_lines(STATUS, FakeWorld().reset(seed=0)))
    for part in ("14.9 of 15 fps", "2 late", "p50 40 ms", "p95 71 ms", "48 of 48", "seed 3", "4 steps on cpu", "dark"):
        assert part in text
    assert badge_lines(STATUS) == []


def test_badges_say_what_is_out_of_the_ordinary() -> None:
    status = replace(STATUS, paused=True, speed=0.5, recording="a.h5, b.gif", notice="saved c.png")
    assert badge_lines(status) == ["recording a.h5, b.gif", "speed 0.5", "paused", "saved c.png"]


def test_the_help_lists_every_command() -> None:
    assert len(help_lines()) == len(BINDINGS)
    assert "Ctrl+Alt+G  send every key into the desktop, and let go again" in help_lines()


def test_tint_covers_the_dirty_tiles_and_no_others() -> None:
    frame_u8 = np.full((32, 48, 3), 100, np.uint8)
    dirty = np.array([[False, True, False], [False, False, False]])
    changed = (tint_dirty(frame_u8, dirty) != frame_u8).any(-1)
    assert changed[:16, 16:32].all() and changed.sum() == 16 * 16


def test_heat_grows_with_the_probability() -> None:
    frame_u8 = np.full((16, 32, 3), 100, np.uint8)
    heated = heat_map(frame_u8, np.array([[0.1, 0.9]], np.float32))
    assert 100 < heated[0, 0, 0] < heated[0, 20, 0]


def test_captions() -> None:
    assert caption("recorded", 200).shape == (HEIGHT_PX, 200, 3)
    assert text_panel(["one", "two"]).shape[2] == 4
    events = (
        Event(t_ns=0, kind=EventKind.BUTTON_DOWN),
        Event(t_ns=1, kind=EventKind.KEY_UP),
        Event(t_ns=2, kind=EventKind.SCROLL, dy=-1),
    )
    assert action_text(Action(x_px=0, y_px=0, events=events)) == "left down, KeyQ up, scroll +0 -1"
