"""Runs a desk one frame at a time: looks ahead, draws what changes, paints it, remembers it.

The screen is pixels, and its tiles' latents are what the model reads of it; time and people are the simulator's.
"""

from collections.abc import Callable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor

from models.ballot import Ballot
from models.beneath import beneath
from models.buckets import BUCKETS, padded
from models.cells import Box, cells_of, centre_tiles, cut, fingerprints, tiles_under
from models.compiled import INDUCTOR, CompiledHead, CompiledOutlook
from models.consequences import Consequences
from models.context import Context
from models.desk import Desk
from models.events import event_rows
from models.guidance import extrapolated
from models.head import Head
from models.inputs import Inputs, Text
from models.painting import contents_of, paint
from models.parts import box_px, boxes_px, largest_part, parts_of
from models.place import Ground, Tiles
from models.precision import best_dtype
from models.recall import Known, known_contents, moved_contents
from models.restraint import Restraint
from models.sampling import Patience, Sampling
from models.screens import Screens
from models.things import Drag, Thing, Things
from models.tiles import TILE_PX, to_tiles
from models.typed import MOST_CELLS
from models.world import Outlook, Scene
from recorder.actions import Action

ASKED_FRAMES = 22  # a text asks for something as long as in the recordings: 1.5 s
MOST_WARM = 256  # cells; larger changes are rare, and warming up for them takes as long as for all others
WARM_SIZES = tuple(size for size in BUCKETS if size <= MOST_WARM)


@dataclass(frozen=True, kw_only=True, eq=False)
class Look:
    """The outlook on the next frame with the past that it was made from; `unasked` the same without the text, where one
    is guided by."""

    context: Context
    outlook: Outlook
    change_probability: float
    unasked: "Look | None" = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Rearranged:
    """The next frame, where all that changes is that a thing is dragged, or that things go."""

    frame_u8: NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True, eq=False)
class Change:
    """A change of the next frame: the `cells` of its `box`, in the scene that it gives, what they may show, and what
    they showed on each of the `earlier` screens, oldest first; `unasked` scene and tokens without the text; what the
    next key to write `says` of the palette's contents."""

    box: Box
    cells: NDArray[np.int64]
    earlier: list[NDArray[np.uint8]]
    known: Known
    scene: Scene
    tokens: Float[Tensor, "1 g d"]
    unasked: tuple[Scene, Float[Tensor, "1 g d"]] | None = None
    says: Float[Tensor, "p"] | None = None

    @property
    def tile_probability(self) -> Float[Tensor, "n"]:
        """Of each tile that it changes, given the place of the change."""
        return torch.sigmoid(self.scene.where[0])


@dataclass(frozen=True, kw_only=True, eq=False)
class Painted:
    """What the `cells` of a box show in the next frame, and how probable it was of each tile that it changes."""

    box: Box
    cells: NDArray[np.int64]
    tiles_u8: NDArray[np.uint8]
    tile_probability: Float[Tensor, "n"]


class Engine:
    """The running state of one generated desktop: latents, memory and ages of tiles, recent events."""

    def __init__(self, desk: Desk, device: torch.device) -> None:
        self.device, self.dtype = device, best_dtype(device)
        self.config = desk.world.config
        self._model = desk.world.to(device, self.dtype)
        self.interpret()
        self._tokenizer = desk.tokenizer.to(device)
        self._library, self._contents = desk.library, fingerprints(desk.library.tiles_u8)
        self._starts_u8, self._rest_frames = desk.starts_u8, desk.rest_frames
        self._grid = self.config.shape
        self._tiles = self.config.rows * self.config.columns
        self._screen_box = np.array([[0, 0], [self._grid[1] * TILE_PX - 1, self._grid[0] * TILE_PX - 1]])
        with self._inference():
            self._palette_keys = self._model.palette.keys()
        self._clip = desk.clip.to(device) if desk.clip else None
        self._no_text = (
            torch.zeros(1, 0, self.config.text, device=device),
            torch.zeros(1, 0, dtype=torch.bool, device=device),
        )
        self._fixed = {*vars(self), "_fixed"}  # what `begin` adds is the running state

    def compile(self, backend: str = INDUCTOR) -> None:
        """Have what takes the time compiled at its first use (`models.compiled`), which `warm_up` is."""
        graphs = self.device.type == "cuda"
        self._outlook = CompiledOutlook(self._model, backend, graphs=graphs)
        self._head = CompiledHead(self._model.head, backend, graphs=graphs)

    def interpret(self) -> None:
        """Compile nothing, which is how an engine begins."""
        self._outlook: Callable[[Context], Outlook] = self._model.outlook
        self._head: Head | CompiledHead = self._model.head

    def warm_up(self, frame_u8: NDArray[np.uint8], action: Action, steps: int) -> Iterator[int]:
        """Paint once in each of WARM_SIZES, which are yielded, so that nobody waits for kernels that are made at their
        first use."""
        self.begin(frame_u8, torch.Generator().manual_seed(0))
        look = self.look(action)
        scene = self._scene(self._ground(look), self._screen_box)
        for cells in WARM_SIZES:
            self.paint(self._change(look, self._screen_box, np.arange(min(cells, self._tiles)), scene), steps)
            yield cells

    def twin(self) -> "Engine":
        """Another engine of the same weights, for which `begin` is still to be called."""
        other = copy(self)
        for name in self.state():
            delattr(other, name)
        return other

    def state(self) -> dict[str, Any]:
        """The running state, for `restore`; shared with the engine, so copy it."""
        return {name: value for name, value in vars(self).items() if name not in self._fixed}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a state, which becomes the engine's own."""
        vars(self).update(state)

    def begin(self, frame_u8: NDArray[np.uint8], generator: torch.Generator, *, still: int = 0) -> None:
        """Show a screen (H, W, 3), which has not changed for `still` frames."""
        self.frame_u8 = frame_u8.copy()
        self.latent = self._tokenizer.encode(to_tiles(frame_u8))
        self._generator = generator
        self._frame = 0
        self._last_change = torch.full((self._tiles,), -float(still), device=self.device)
        self._inputs = Inputs(self._grid)
        self._patience = Patience()
        self._restraint = Restraint(self._grid, self._rest_frames, still)
        with self._inference():
            empty = torch.zeros(self._tiles, self.config.memory, device=self.device)
            self._memory = self._model.memory.step(empty, self.latent)
        under_u8 = beneath(self.frame_u8, self._starts_u8)
        self._screens = Screens(self.frame_u8, under_u8, -still)
        self._things = Things()
        if under_u8 is not None:
            for box in boxes_px(under_u8, self.frame_u8):
                self._things.note(box, under_u8, self.frame_u8)
        self._drag: Drag | None = None
        self._consequences = Consequences(self._library.fates, self._things)
        self._rearranged = False
        self._asked, self._asked_until = self._no_text, 0

    @property
    def takes_text(self) -> bool:
        """Whether a text can change something."""
        return self._clip is not None and self.config.text > 0

    def ask(self, text: str) -> None:
        """Have a text change something in the next frames; without effect on a desk that takes no text."""
        if self._clip and self.takes_text:
            states = self._clip.text([text])
            self._asked = states.tokens.float(), states.mask
            self._asked_until = self._frame + ASKED_FRAMES
            self._restraint.free_all()

    def look(self, action: Action, guidance: float = 1.0) -> Look:
        """Take an action and look at the next frame, led so far by what a text asks for (`models.guidance`).

        This or `tell` once a frame.
        """
        return look_together([self], [action], [guidance])[0]

    def _led(self, look: Look, action: Action, guidance: float) -> Look:
        """A look, led by what the same look without the text expects."""
        if guidance == 1 or self._text() is self._no_text:
            return look
        context = self._context(action, self._no_text)
        with self._inference():
            unasked = _looked(context, self._outlook(context))
        when = extrapolated(look.outlook.when, unasked.outlook.when, guidance)
        return replace(look, change_probability=float(torch.sigmoid(when[0])), unasked=unasked)

    def _context(self, action: Action, text: Text) -> Context:
        """What the model is told of the frame whose action was taken last."""
        with self._inference():
            age = self._frame - self._last_change
            return self._inputs.context(action, self._frame, self.latent, age, text)

    def tell(self, action: Action) -> None:
        """Take an action whose frame needs no look, for it is known."""
        self._take(action)
        self._drag = None
        self._consequences.forget()

    def _take(self, action: Action) -> None:
        self._frame += 1
        self._rearranged = False
        self._inputs.take(action, self._frame, self.latent)
        asking = self._text() is not self._no_text
        self._restraint.take(action, self._frame, moved=self._inputs.moved, asking=asking)
        if not action.buttons:
            self._drag = None
        for row in event_rows(action, self._frame):
            self._consequences.take(row, self.frame_u8)

    def draw_change(self, look: Look, sampling: Sampling) -> Painted | Rearranged | None:
        """Whether anything changes, then the place, then what it shows; nothing where the desktop has come to rest."""
        drag = self._drag or self._begun_drag()
        if drag:
            return self._dragged(drag)
        if self._consequences.pending:
            frame_u8 = self._consequences.due(self._frame, self.frame_u8)
            self._rearranged = frame_u8 is not None
            return None if frame_u8 is None else Rearranged(frame_u8=frame_u8)
        probability = 0.0 if self._restraint.rests(self._frame) else look.change_probability
        if not self._patience.ends(probability, sampling, self._generator):
            return None
        ground = self._ground(look)
        box = self._box(ground, sampling.place)
        if self._inputs.press_px:
            drag = self._things.drag(box, self.frame_u8, self._inputs.press_px, self._inputs.pointer_px[-1])
            if drag:
                return self._dragged(drag)
        if self._small(box) and self._inputs.presses.done(self._frame):
            return None
        for _ in range(sampling.tries):
            if not self._restraint.refuses(box, self._frame):
                painted = self._attempt(look, ground, box, sampling)
                if painted is not None:
                    return painted
                self._restraint.refuse(box, self._frame)
            box = self._box(ground, sampling.again)
        return None

    def _attempt(self, look: Look, ground: Ground, box: Box, sampling: Sampling) -> Painted | None:
        """Paint a box: whole where its cells agree on what it shows, else what is likely to change.

        None where too many cells don't agree: a large change comes whole or not at all; and where a window lies that
        stays. Where the pointer only moves, nothing comes but what often came where the same was shown.
        """
        thing = self._things.like(box)
        if thing and self._consequences.spares(thing, self._frame):
            return None
        box = thing.visible(self.frame_u8) if thing else box
        scene = self._scene(ground, box)
        free = self._restraint.free(sampling.repeats)
        likely = torch.sigmoid(scene.where[0]).cpu().numpy() >= sampling.where
        some = np.asarray((free & likely)[tiles_under(box, self._grid[1])].any(axis=1))
        if not some.any():
            return None
        change = self._change(look, box, np.arange(len(some)), scene, thing)
        hovers = self._restraint.hovers(self._frame)
        loose = 0 if hovers else sampling.loose
        tiles_u8, agreed = self.paint(change, sampling.steps, sampling.guidance, loose, only_counted=hovers, drawn=True)
        if not agreed and len(some) > loose:
            return None
        cells = np.arange(len(some)) if agreed else np.flatnonzero(some)
        changed = (tiles_u8[cells] != cut(self.frame_u8, box)[cells]).any(axis=1)
        if self._restraint.tires(box, cells[changed], sampling.repeats):
            return None
        return Painted(box=box, cells=cells, tiles_u8=tiles_u8[cells], tile_probability=change.tile_probability)

    def _begun_drag(self) -> Drag | None:
        """What the held button takes along, by the counts."""
        press_px, pointer_px = self._inputs.press_px, self._inputs.pointer_px[-1]
        return self._consequences.drag(self.frame_u8, press_px, pointer_px) if press_px else None

    def _dragged(self, drag: Drag) -> Rearranged:
        """What is dragged is where the pointer has come."""
        self._rearranged = True
        self._drag, frame_u8 = drag.to(self.frame_u8, self._inputs.pointer_px[-1])
        self._things.moved(drag.thing, self._drag.thing)
        return Rearranged(frame_u8=frame_u8)

    def told_changes(self, look: Look, dirty: NDArray[np.bool_], sampling: Sampling) -> list[Change]:
        """The changes of told tiles (rows, columns), part by part; the box within each part's tiles is the model's."""
        self._drag = None  # what is known is not dragged
        ground, changes = self._ground(look), []
        for part in parts_of(dirty):
            row, column = np.nonzero(part)
            corners = (int(row.min() * self._grid[1] + column.min()), int(row.max() * self._grid[1] + column.max()))
            box = self._box(ground, sampling.place, corners)
            changes.append(self._change(look, box, np.arange(len(cells_of(box))), self._scene(ground, box)))
        return changes

    def whole_screen(self, look: Look) -> Change:
        """A change of every tile, whatever happens."""
        scene = self._scene(self._ground(look), self._screen_box)
        return self._change(look, self._screen_box, np.arange(self._tiles), scene)

    def _change(
        self, look: Look, box: Box, cells: NDArray[np.int64], scene: Scene, thing: Thing | None = None
    ) -> Change:
        """What some cells of a box may show; without the thing that lies there too."""
        screens, arrived = self._screens.cut(box, cells)
        if thing:
            screens, arrived = [cut(thing.gone(self.frame_u8), box)[cells], *screens], [arrived[0], *arrived]
        held = int(look.context.held[0])
        moved = moved_contents(self.frame_u8, box, cells, np.array(self._inputs.pointer_px), held)
        known = known_contents(screens, arrived, moved, self._frame)
        tokens, unasked = look.outlook.tokens, None
        if look.unasked:
            unasked = self._scene(self._ground(look.unasked), box), look.unasked.outlook.tokens
        return Change(
            box=box,
            cells=cells,
            earlier=screens[:-1],
            known=known,
            scene=scene,
            tokens=tokens,
            unasked=unasked,
            says=self._said(box),
        )

    def _said(self, box: Box) -> Tensor | None:
        """What the key that writes next says of the palette's contents, if that may be the change of this box."""
        way = self._inputs.presses.way(self._frame)
        if way is None or not self._small(box):
            return None
        return torch.from_numpy(self._library.typed.says(way, self.config.palette)).to(self.device)

    def _small(self, box: Box) -> bool:
        """Whether a key may have written what changes there."""
        return len(cells_of(box)) <= MOST_CELLS

    def tile_probability(self, look: Look, draws: int) -> Float[Tensor, "n"]:
        """Of each tile that it changes, given that anything does: the mean over `draws` of the place."""
        ground = self._ground(look).expand(draws)
        with self._inference():
            boxes = self._model.place.draw(ground, 1.0, self._generator)
            return torch.sigmoid(self._model.scene(ground, boxes).where).mean(dim=0)

    def _ground(self, look: Look) -> Ground:
        with self._inference():
            return self._model.ground(look.context, look.outlook.tokens)

    def _box(self, ground: Ground, temperature: float, corners: Tiles | None = None) -> Box:
        with self._inference():
            return self._model.place.draw(ground, temperature, self._generator, corners)[0].cpu().numpy()

    def _scene(self, ground: Ground, box: Box) -> Scene:
        with self._inference():
            return self._model.scene(ground, torch.from_numpy(box)[None].to(self.device))

    def paint(
        self,
        change: Change,
        steps: int,
        guidance: float = 1.0,
        loose: int | None = None,
        *,
        only_counted: bool = False,
        drawn: bool = False,
    ) -> tuple[NDArray[np.uint8], bool]:
        """What the cells of a change show in the next frame (n, TILE_VALUES), and whether they agreed on it.

        More than `loose` cells that do not agree stay as they are; `only_counted` lets them agree only on what the
        counts speak for (`models.follows`). Of a box that was `drawn`, not told, all may stay as well, and a picture is
        shown as what it settles into.
        """
        tiles = torch.from_numpy(centre_tiles(change.box, change.cells, self._grid)).to(self.device)
        centres_px = torch.from_numpy(cells_of(change.box)[change.cells] + TILE_PX // 2).float().to(self.device)
        slots = change.known.slots(self._tokenizer.encode(change.known.tiles_u8))
        pictures = self._library.pictures.of(change.box, change.cells)
        ballot = Ballot.of(
            change.earlier,
            pictures,
            self._contents,
            self.config.palette,
            self._library.follows,
            change.known,
            self.device,
            only_counted=only_counted,
            may_stay=drawn,
        )
        with self._inference():
            looks = [(change.scene, change.tokens), *([change.unasked] if change.unasked else [])]
            canvas, *unasked = (
                self._model.canvas(scene, tokens, centres_px, [len(tiles)], self._memory[tiles], slots)
                for scene, tokens in looks
            )
            noise = torch.randn(len(tiles), self.config.channels, generator=self._generator).to(self.device)
            model = self._model
            painting = paint(
                self._head,
                canvas,
                model.palette,
                self._palette_keys,
                noise,
                steps,
                ballot,
                *unasked,
                guidance=guidance,
                says=change.says,
                loose=loose,
            )
            tiles_u8 = contents_of(painting, change.known, model.palette, self._tokenizer)
        if painting.elected is not None and painting.elected >= len(change.earlier):
            picture = painting.elected - len(change.earlier)
            for says in (pictures.content[picture], *([pictures.settled[picture]] if drawn else [])):
                tiles_u8[says >= 0] = self._library.tiles_u8[says[says >= 0]]
        return tiles_u8, painting.elected is not None

    def show(self, frame_u8: NDArray[np.uint8], *, dense: bool = False) -> NDArray[np.bool_]:
        """Continue with this screen: it is what was shown, and what is remembered.

        Returns the tiles (n,) that it changed; all with `dense`.
        """
        before_u8, tiles_u8 = to_tiles(self.frame_u8), to_tiles(frame_u8)
        changed = (tiles_u8 != before_u8).any(axis=1) | dense
        if not changed.any():
            return changed
        dirty = torch.from_numpy(np.flatnonzero(changed)).to(self.device)
        latent = self._tokenizer.encode(tiles_u8[changed])
        with self._inference():
            self.latent = self.latent.index_copy(0, dirty, latent)
            rows = padded(torch.arange(len(dirty), device=self.device))
            stepped = self._model.memory.step(self._memory[dirty[rows]], latent[rows])
            self._memory[dirty] = stepped[: len(dirty)]
            self._last_change[dirty] = self._frame
        if not (self._rearranged or dense):
            part = largest_part(changed.reshape(self._grid))
            box = box_px(part, before_u8[part.ravel()], tiles_u8[part.ravel()])
            gone = self._things.note(box, self.frame_u8, frame_u8, self._frame)
            self._consequences.note(gone, self._frame, self.frame_u8)
            self._inputs.presses.wrote(self._frame, len(cells_of(box)))
        self.frame_u8 = frame_u8.copy()
        self._screens.show(self.frame_u8, changed.reshape(self._grid), self._frame)
        self._restraint.note(changed)
        return changed

    def _text(self) -> Text:
        """What is asked for in this frame."""
        return self._asked if self._frame <= self._asked_until else self._no_text

    def _inference(self) -> Any:
        return _Inference(self.device, self.dtype)


def look_together(engines: Sequence[Engine], actions: Sequence[Action], guidance: Sequence[float]) -> list[Look]:
    """`Engine.look` of several twins, each at its own action and guidance; the model looks once for all that are asked
    by texts of one length, or by none."""
    for engine, action in zip(engines, actions, strict=True):
        engine._take(action)
    contexts = [engine._context(action, engine._text()) for engine, action in zip(engines, actions, strict=True)]
    looks: dict[int, Look] = {}
    for length in dict.fromkeys(context.text.shape[1] for context in contexts):
        players = [player for player, context in enumerate(contexts) if context.text.shape[1] == length]
        with engines[0]._inference():
            outlook = engines[0]._outlook(Context.cat([contexts[player] for player in players]))
            looks |= {player: _looked(contexts[player], outlook.at(row)) for row, player in enumerate(players)}
    return [engine._led(looks[player], actions[player], guidance[player]) for player, engine in enumerate(engines)]


def _looked(context: Context, outlook: Outlook) -> Look:
    return Look(context=context, outlook=outlook, change_probability=float(torch.sigmoid(outlook.when[0])))


class _Inference:
    """Inference mode and autocast together."""

    def __init__(self, device: torch.device, dtype: torch.dtype) -> None:
        self._modes = (torch.inference_mode(), torch.autocast(device.type, dtype, enabled=dtype == torch.bfloat16))

    def __enter__(self) -> None:
        for mode in self._modes:
            mode.__enter__()

    def __exit__(self, *error: Any) -> None:
        for mode in reversed(self._modes):
            mode.__exit__(*error)
