"""Which launchers open a window: `python -m tests.by_hand.launchers [DESK] --screens 10 --out sheet.png`.

Each launcher of the panel is pressed once on each of the desk's first screens that the seeds 0, 1, 2, ... begin with,
without a window and as fast as the model goes; the same desk gives the same counts. A window counts as opened where
OPENED_SHARE of the screen has changed within FRAMES; one that is opened already cannot be told from one that will not.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from recorder.actions import Action, Event, EventKind
from recorder.explorer.appearance import Appearance
from recorder.explorer.layout import Layout
from simulator import shipped
from simulator.dream import Dream
from simulator.world import World
from tests.by_hand.schedule import APPS
from tests.by_hand.sheet import sheet
from tests.by_hand.sight import panel_edge

FRAMES = 60
OPENED_SHARE = 0.08
HOVER_FRAMES = 4
FAST_PX = 60  # a frame


@dataclass(frozen=True, kw_only=True, eq=False)
class Press:
    """What `app`'s launcher did on the first screen of a seed: the frame in which a window had opened, None where none
    did, and the screen (H, W, 3) at the end."""

    app: str
    seed: int
    opened: int | None
    screen_u8: NDArray[np.uint8]


def press(world: World, app: str, seed: int) -> Press:
    """Go to the launcher, wait as long as a hover takes to show, press, and look on."""
    screen_u8 = world.reset(seed=seed).frame_u8
    appearance = Appearance(wallpaper="blue", panel=panel_edge(screen_u8))
    x_px, y_px = Layout(size_px=world.size_px, appearance=appearance, launchers=APPS).launcher_px[app]
    before_u8 = screen_u8
    for at in _way((world.size_px[0] // 2, world.size_px[1] // 2), (x_px, y_px)):
        before_u8 = world.step(Action(x_px=at[0], y_px=at[1])).frame_u8.copy()
    opened = None
    for frame, action in enumerate(_click(x_px, y_px)):
        screen_u8 = world.step(action).frame_u8
        if opened is None and (screen_u8 != before_u8).any(axis=2).mean() > OPENED_SHARE:
            opened = frame
    return Press(app=app, seed=seed, opened=opened, screen_u8=screen_u8.copy())


def _way(start_px: tuple[int, int], end_px: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """Places of a pointer that goes there in a straight line and waits."""
    steps = max(1, round(np.hypot(*np.subtract(end_px, start_px)) / FAST_PX))
    for share in np.linspace(0, 1, steps + 1)[1:]:
        x_px, y_px = np.round(np.add(start_px, share * np.subtract(end_px, start_px))).astype(int).tolist()
        yield x_px, y_px
    yield from [end_px] * HOVER_FRAMES


def _click(x_px: int, y_px: int) -> Iterator[Action]:
    """A click of two frames, and rest."""
    rest = Action(x_px=x_px, y_px=y_px)
    down, up = (Event(t_ns=0, kind=kind, x_px=x_px, y_px=y_px) for kind in (EventKind.BUTTON_DOWN, EventKind.BUTTON_UP))
    yield replace(rest, buttons=frozenset([0]), events=(down,))
    yield replace(rest, buttons=frozenset([0]))
    yield replace(rest, events=(up,))
    yield from [rest] * (FRAMES - 3)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("desk", type=Path, nargs="?", default=shipped.CHECKPOINT)
    parser.add_argument("--screens", type=int, default=10, help="how many first screens")
    parser.add_argument("--out", type=Path, help="a picture of what each press left")
    arguments = parser.parse_args()
    try:
        run(arguments.desk, arguments.screens, arguments.out)
    except (ValueError, OSError) as error:
        print(f"launchers: {error}", file=sys.stderr)
        sys.exit(2)


def run(desk: Path, screens: int, out: Path | None) -> None:
    """Press, print a line for each launcher and the sum."""
    dream = Dream.load(desk, device="cpu")
    asked = [(app, seed) for app in APPS for seed in range(screens)]
    done = [press(dream, app, seed) for app, seed in tqdm(asked, unit="press", leave=False)]
    for app in APPS:
        print(f"{app}: opened in frame {[each.opened for each in done if each.app == app]}")
    print(f"{sum(each.opened is not None for each in done)} of {len(done)} opened")
    if out:
        captions = [f"{each.app} {each.seed}" for each in done]
        sheet([each.screen_u8 for each in done], captions).save(out, optimize=True)


if __name__ == "__main__":
    main()
