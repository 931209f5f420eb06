"""What of the held-out footage is looked at: chosen once, the same for the model and every baseline."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recorder.actions import EventKind
from simulator.footage import PRESSES, Footage
from simulator.memory_metric import Return
from simulator.rollout import WARM_UP_FRAMES, Stretch, first_possible

EVENT_FRAMES = 20
DRIFT_FRAMES = 300
STRETCH_FRAMES = 150
SEEN_FRAMES = 30  # of a window that is hidden later
MOST_HIDDEN_FRAMES = 1200


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How much is measured. `minutes` of the sessions, in equal parts, are told to the world frame by frame; `events`
    presses of buttons and keys, `tracks` long stretches and the restoring of `memories` hidden windows are played
    closed loop; text is read after `texts` events; prompts ask for `looks`, all where there are no more.
    """

    minutes: float = 3.0
    events: int = 80
    tracks: int = 6
    texts: int = 24
    memories: int = 8
    looks: int = 24


QUICK = Effort(minutes=0.5, events=8, tracks=1, texts=3, memories=1, looks=6)
QUICK_SESSIONS = 4  # of the held-out ones and of the training, with QUICK


@dataclass(frozen=True, kw_only=True)
class Memory:
    """A window that is restored in the stretch, which begins with the press that does so; its warm-up has seen it."""

    stretch: Stretch
    window: Return


@dataclass(frozen=True, kw_only=True)
class Plan:
    """`told`: teacher-forced stretches; `events`: closed loop from a press on; `tracks`: closed loop, long;
    `memories`: closed loop while a window is restored; `read`: those of the events at whose end text is read.
    """

    told: list[Stretch]
    events: list[Stretch]
    tracks: list[Stretch]
    memories: list[Memory]
    read: frozenset[Stretch]

    @property
    def frames(self) -> int:
        """All frames that a world has to make."""
        memories = [memory.stretch for memory in self.memories]
        return sum(stretch.frames for stretch in [*self.told, *self.events, *self.tracks, *memories])


def make_plan(footage: Sequence[Footage], effort: Effort, *, seed: int) -> Plan:
    """Stretches and tracks evenly spaced over the sessions; events drawn at random by the seed.

    Half of the events are presses of buttons and half are presses of keys, as far as there are so many, or typing
    would drown the clicks.
    """
    random = np.random.default_rng(seed)
    events = sorted(
        (
            stretch
            for kind in (EventKind.BUTTON_DOWN, EventKind.KEY_DOWN)
            for stretch in _some(_events(footage, kind), effort.events // 2, random)
        ),
        key=lambda stretch: (stretch.session, stretch.first),
    )
    # a button and a key pressed in one frame make one event
    events = list(dict.fromkeys(events))
    return Plan(
        told=[
            stretch
            for session, film in enumerate(footage)
            for stretch in _told(session, film, effort.minutes / len(footage))
        ],
        events=events,
        tracks=_tracks(footage, effort.tracks),
        memories=_memories(footage, effort.memories),
        read=frozenset(events[i] for i in spread(len(events), effort.texts)),
    )


def _events(footage: Sequence[Footage], kind: EventKind) -> list[Stretch]:
    return [
        Stretch(session=session, first=frame, frames=EVENT_FRAMES)
        for session, film in enumerate(footage)
        for frame in film.presses(kind)
        if first_possible() <= frame <= len(film) - EVENT_FRAMES and _is_caused(film, frame, EVENT_FRAMES)
    ]


def _some(stretches: list[Stretch], count: int, random: np.random.Generator) -> list[Stretch]:
    chosen = random.permutation(len(stretches))[:count]
    return [stretches[i] for i in chosen]


def _told(session: int, film: Footage, minutes: float) -> list[Stretch]:
    """Evenly spaced stretches that together last `minutes`, all of the session where it is shorter."""
    usable = len(film) - first_possible()
    length = min(STRETCH_FRAMES, usable)
    if length <= 0:
        return []
    wanted = max(1, round(minutes * 60 * film.fps / length))
    return [
        Stretch(session=session, first=first_possible() + int(place), frames=length)
        for place in _starts(usable - length, min(wanted, usable // length))
    ]


def _tracks(footage: Sequence[Footage], count: int) -> list[Stretch]:
    """`count` tracks of DRIFT_FRAMES, or as long as the session lets them be, spread over sessions and time.

    All that they change is caused by mouse and keyboard.
    """
    by_session = [count // len(footage) + (session < count % len(footage)) for session in range(len(footage))]
    tracks = []
    for session, (film, wanted) in enumerate(zip(footage, by_session, strict=True)):
        usable = len(film) - first_possible()
        length = min(DRIFT_FRAMES, usable)
        if length <= 0 or not wanted:
            continue
        places = range(first_possible(), len(film) - length + 1)
        possible = [first for first in places if _is_caused(film, first, length)]
        tracks += [
            Stretch(session=session, first=possible[place], frames=length)
            for place in _starts(len(possible) - 1, min(wanted, len(possible), usable // length))
        ]
    return tracks


def _memories(footage: Sequence[Footage], count: int) -> list[Memory]:
    """`count` of the windows that a press restored, spread over sessions and time."""
    found = [
        _memory(session, window, press)
        for session, film in enumerate(footage)
        for window in film.returns
        if (press := _last_press(film, window)) is not None
        and first_possible() <= press <= min(len(film) - EVENT_FRAMES, window.hidden + MOST_HIDDEN_FRAMES)
        and _is_caused(film, press, EVENT_FRAMES)
    ]
    return [found[index] for index in spread(len(found), count)]


def _memory(session: int, window: Return, press: int) -> Memory:
    told = max(WARM_UP_FRAMES, press - window.hidden + SEEN_FRAMES)
    return Memory(stretch=Stretch(session=session, first=press, frames=EVENT_FRAMES, told=told), window=window)


def _last_press(film: Footage, window: Return) -> int | None:
    """The frame of the press that restored the window: the last one in the half of EVENT_FRAMES before."""
    frames = range(window.restored, max(window.hidden, window.restored - EVENT_FRAMES // 2), -1)
    return next((frame for frame in frames if any(event.kind in PRESSES for event in film.actions[frame].events)), None)


def _is_caused(film: Footage, first: int, frames: int) -> bool:
    """Whether mouse and keyboard can have caused all that these frames change."""
    return bool(film.caused[first : first + frames].all())


def _starts(room: int, count: int) -> list[int]:
    """`count` places from 0 to `room`, evenly spaced."""
    return [round(room * i / max(1, count - 1)) for i in range(count)]


def spread(length: int, count: int) -> list[int]:
    """At most `count` indices below `length`, evenly spaced."""
    return sorted({round(place) for place in np.linspace(0, length - 1, min(length, count))})
