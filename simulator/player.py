"""The command `play.py`: a generated desktop in a window, or without one into a file."""

import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
import tyro

from recorder.clock import MonotonicClock
from recorder.session import Session
from simulator import shipped
from simulator.command import Command
from simulator.keymap import BINDINGS
from simulator.world import World


@dataclass(kw_only=True)
class Play:
    """Play a generated desktop: every key and button goes into it; F10 shows the keys of the program itself."""

    checkpoint: Path = shipped.CHECKPOINT
    """Folder of the model."""
    seed: int = 0
    """Of everything the model draws at random."""
    prompt: str = ""
    """What the screen should show at first: of the checkpoint's first screens the one that is nearest. If left out,
    what ships begins in the window with the look that it knows best, another checkpoint with any."""
    steps: int | None = None
    """Steps of the sampler a frame; the checkpoint's own number if left out."""
    device: str | None = None
    """Where the model runs, as torch names it; a GPU where there is one if left out."""
    compile: bool = False
    """Compile the model first (torch.compile): it takes a minute or more, and may pay on a GPU."""
    record: Path | None = None
    """Record what is played in the window into this session (.h5)."""
    headless: bool = False
    """No window: play a recorded action track into --out."""
    actions: Path | None = None
    """Replay this session's actions from its first frame; if left out you play, and headless the sample that ships."""
    frames: int | None = None
    """Headless: how many frames; the whole track if left out."""
    out: Path | None = None
    """Headless: the file, .mp4, .gif (short ones: it is built in memory) or .h5 (a session of generated frames)."""
    beside: bool = False
    """Headless: the recorded screen at the left, the generated one at the right."""
    scale: int = 1
    """Headless: enlarge the video by whole pixels."""


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """A world, and in a few words what it runs on; `takes_prompts` says that a prompt chooses its first screen.

    `compile` makes it faster, once, or says in one sentence why it cannot; None where there is nothing to compile.
    """

    world: World
    about: str
    takes_prompts: bool = False
    compile: Callable[[], str] | None = None


class Loader(Protocol):
    """Raises ValueError, with the remedy, for a checkpoint that can't be played."""

    def __call__(self, folder: Path, *, device: str | None, steps: int | None) -> Loaded: ...


def load_dream(folder: Path, *, device: str | None, steps: int | None) -> Loaded:
    """The model of a checkpoint."""
    from simulator.dream import Dream  # torch takes seconds to import, and --help needs none

    dream = Dream.load(folder, device=device, steps=steps)
    about = f"{dream.steps} sampling steps on {dream.device}"
    return Loaded(world=dream, about=about, takes_prompts=dream.clip is not None, compile=dream.compile)


def _compiled(loaded: Loaded) -> Loaded:
    """The same, compiled, if that works here."""
    if loaded.compile is None:
        raise ValueError("this world has nothing to compile; leave out '--compile'")
    reason = loaded.compile()
    if not reason:
        return replace(loaded, about=f"{loaded.about}, compiled")
    print(f"play: {reason}; playing without", file=sys.stderr)
    return loaded


def main(arguments: Sequence[str] | None = None, load: Loader = load_dream) -> None:
    """Run the command; what a user can cause ends in one sentence and exit code 2."""
    play = tyro.cli(Play, args=arguments, config=(tyro.conf.FlagCreatePairsOff,))
    try:
        _check(play)
        (_play_headless if play.headless else _play_window)(play, load)
    except (ValueError, OSError) as error:
        print(f"play: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)


def _check(play: Play) -> None:
    """What can be said before a model is loaded."""
    from simulator.output import SESSION_SUFFIX, check_path

    if play.headless and play.out is None:
        raise ValueError("'--headless' needs '--out FILE', an .mp4, .gif or .h5")
    if play.headless and play.record is not None:
        raise ValueError("'--record' belongs to the window; without one use '--out FILE.h5'")
    if not play.headless and (play.out is not None or play.frames is not None or play.beside):
        raise ValueError("'--out', '--frames' and '--beside' need '--headless'; to record in the window use '--record'")
    if play.record is not None and play.actions is not None:
        raise ValueError("'--record' records what you do; to record a replay use '--headless --out FILE.h5'")
    if play.frames is not None and play.frames < 1:
        raise ValueError(f"{play.frames} frames make no film; ask for 1 or more")
    if play.record is not None and play.record.suffix != SESSION_SUFFIX:
        raise ValueError(f"{play.record} would be a session; name it {SESSION_SUFFIX}")
    for path in (play.out, play.record):
        if path is not None:
            check_path(path)


def _prompt_chooses(play: Play, loaded: Loaded) -> bool:
    """Whether the first screen is chosen by the prompt; says so where there is one that is not understood."""
    if play.prompt and not loaded.takes_prompts:
        print(f"play: {play.checkpoint} has no CLIP, so the prompt is shown and not understood", file=sys.stderr)
    return bool(play.prompt) and loaded.takes_prompts


def _own_prompt(play: Play, loaded: Loaded) -> str:
    """That of what ships, where someone plays it."""
    ships = play.checkpoint == shipped.CHECKPOINT and loaded.takes_prompts
    return shipped.PROMPT if ships and play.actions is None else ""


def _play_headless(play: Play, load: Loader) -> None:
    from simulator.headless import check_track, play_track
    from simulator.output import VideoConfig, open_output

    assert play.out is not None
    with Session(play.actions or shipped.SAMPLE) as track, ExitStack() as stack:
        loaded = load(play.checkpoint, device=play.device, steps=play.steps)
        world = stack.enter_context(closing(loaded.world))
        if play.compile:
            loaded = _compiled(loaded)
        check_track(world, track)
        first_u8 = None if _prompt_chooses(play, loaded) else np.asarray(track.frames[0])
        frames = min(play.frames or len(track), len(track))
        video = VideoConfig(beside=play.beside, scale=play.scale)
        attributes = {"seed": play.seed, "about": loaded.about, "track": track.path.name}
        with open_output(play.out, track, video=video, attributes=attributes, prompt=play.prompt) as output:
            played = play_track(
                world,
                track,
                output,
                MonotonicClock(),
                frames=frames,
                seed=play.seed,
                prompt=play.prompt,
                first_u8=first_u8,
            )
    print(f"{play.out}: {played.sentence()}; {loaded.about}")
    if play.frames is not None and play.frames > frames:
        print(f"the action track {track.path} ends after {frames} of the {play.frames} frames asked for")


def _play_window(play: Play, load: Loader) -> None:
    from simulator.headless import check_track
    from simulator.loop import Loop, LoopConfig
    from simulator.overlay import photon_text
    from simulator.replay import Replay
    from simulator.window import Window

    clock = MonotonicClock()
    with ExitStack() as stack:
        loaded = load(play.checkpoint, device=play.device, steps=play.steps)
        world = stack.enter_context(closing(loaded.world))
        model = stack.enter_context(ThreadPoolExecutor(1, thread_name_prefix="model"))
        if play.compile:
            loaded = model.submit(_compiled, loaded).result()  # CUDA graphs belong to the thread that records them
        chosen = _prompt_chooses(play, loaded)
        hand = None
        if play.actions is not None:
            track = stack.enter_context(Session(play.actions))
            check_track(world, track)
            hand = Replay(track)
            if chosen:
                hand.first_u8 = None
        window = stack.enter_context(closing(Window(world.size_px, clock)))
        config = LoopConfig(
            seed=play.seed,
            prompt=play.prompt or _own_prompt(play, loaded),
            record=play.record,
            about=loaded.about,
            greeting=f"{BINDINGS[Command.HELP].label()} help, {BINDINGS[Command.QUIT].label()} quit",
        )
        disk = stack.enter_context(ThreadPoolExecutor(1, thread_name_prefix="disk"))
        tally = Loop(world, window, clock, model=model, disk=disk, config=config, hand=hand).run()
    print(f"{tally.frames} frames, {tally.late} late; input to photon {photon_text(tally.photon_ms)}; {loaded.about}")
