"""Judges a world on held-out sessions, beside its baselines: in come a world and footage, out comes a report."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

from recorder.dataset import file_hash, session_paths
from recorder.pointer import PointerShape
from simulator.baselines import Ceiling, CopyLast, RoundTrip
from simulator.clip_eye import Eye
from simulator.exhibits import Exhibits, strips, video_mp4, video_stretch
from simulator.footage import Footage
from simulator.measure import Measured, Subject, measure
from simulator.plan import Effort, Plan, make_plan
from simulator.rollout import closed_loop, teacher_forced
from simulator.summary import HORIZONS, LEVEL, RESAMPLES, by_session, details, intervals, metrics
from simulator.tesseract import TextReader, remembering
from simulator.transitions import TransitionClusters, find_transitions
from simulator.world import World

SCHEMA = 2
SPLIT = "test"
_TOLD = "the ceiling is told what changes, and it has no pointer"
_CEILING_KNOWS_NOT = (
    "dirty_where",
    "dirty_where_by_event",
    "dirty_when_auc",
    "dirty_calibration_error",
    "pointer_shape_accuracy",
)
_CEILING_DETAILS_UNKNOWN = ("dirty_where_by_size", "calibration", "pointer_shape_accuracy_at_changes")
_NO_CHANGE = "no scored frame changes"
_NO_EVENT = "no press of a button or key changed the screen"
_NO_CLUSTER = "no scored frame has a large change of a kind that occurs often enough"
_NO_PROMPT = "a prompt chooses the first screen and nothing after it yet"
_NO_CLIP = "the checkpoint has no CLIP, or there is no event with a prompt"
_REASONS = {
    "psnr_changed_db": _NO_CHANGE,
    "ssim_changed": _NO_CHANGE,
    "dirty_where": _NO_CHANGE,
    "dirty_where_by_event": _NO_CHANGE,
    "dirty_when_auc": "all scored frames change or none does",
    "event_iou": _NO_EVENT,
    "event_psnr_db": _NO_EVENT,
    "transition_accuracy": _NO_CLUSTER,
    "transition_majority": _NO_CLUSTER,
    "typing_accuracy": "no typed character changed the screen locally",
    "ocr_char_accuracy": "nothing to read on the true frames",
    "ocr_exact_line": "nothing to read on the true frames",
    "memory_restored": "the sessions do not mark windows that were hidden and restored",
    "prompt_attribute_accuracy": _NO_PROMPT,
    "clip_score": _NO_CLIP,
    "frechet_clip": _NO_CLIP,
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Judgement:
    """What `report.json` says (without checkpoint and data) and what there is to look at."""

    report: dict[str, Any]
    exhibits: Exhibits


@contextmanager
def open_footage(data: Path) -> Iterator[list[Footage]]:
    """One session file, or the test sessions of a folder.

    Raises ValueError, with the remedy, where there is none, for a damaged one, and where they differ in size or rate.
    """
    paths = [data] if data.suffix == ".h5" else session_paths(data, SPLIT)
    with ExitStack() as stack:
        footage = []
        for path in paths:
            film = Footage(path)
            stack.callback(film.close)
            footage.append(film)
        yield footage


def check_fits(world: World, footage: Sequence[Footage]) -> None:
    """Raise ValueError where a session has another size or rate than the world."""
    for film in footage:
        if film.size_px != world.size_px:
            raise ValueError(
                f"{film.path} is {film.size_px[0]}x{film.size_px[1]} and the model {world.size_px[0]}x"
                f"{world.size_px[1]}; record sessions of the model's size"
            )
        if film.fps != world.fps:
            raise ValueError(
                f"{film.path} has {film.fps:g} frames a second and the model {world.fps:g}; record at the model's rate"
            )


def describe_data(data: Path, footage: Sequence[Footage]) -> dict[str, Any]:
    """The `data` of the report: path, size, rate and the hash of each session."""
    return {
        "path": str(data),
        "size_px": list(footage[0].size_px),
        "fps": footage[0].fps,
        "sessions": [{"file": film.path.name, "sha256": file_hash(film.path), "frames": len(film)} for film in footage],
    }


def describe_checkpoint(checkpoint: Path) -> dict[str, Any]:
    """The `checkpoint` of the report: path and the hash of its weights; config.json may itself tell of the report."""
    files = sorted(checkpoint.glob("*.safetensors"))
    return {"path": str(checkpoint), "sha256": {path.name: file_hash(path) for path in files}}


def evaluate(
    world: World,
    footage: Sequence[Footage],
    effort: Effort,
    *,
    seed: int,
    roundtrip: RoundTrip | None,
    read: TextReader | None,
    eye: Eye | None = None,
) -> Judgement:
    """Measure the world and its baselines by one plan.

    `roundtrip` is the world's tokenizer, there and back, None for a world without one; `read` reads text on frames,
    None where nothing can; `eye` is the checkpoint's CLIP, if it has one. The same seed gives the same report.

    Raises ValueError where the sessions do not fit the world or are too short.
    """
    check_fits(world, footage)
    plan = make_plan(footage, effort, seed=seed)
    if not plan.told:
        raise ValueError(f"{footage[0].path} is too short to judge a model by; record some seconds more")
    subjects = _subjects(world, footage, roundtrip)
    read = remembering(read) if read else None
    clusters = find_transitions(footage)
    shown = video_stretch(footage, plan.tracks) if plan.tracks else None
    frames = plan.frames * len(subjects) + (shown.frames if shown else 0)
    with tqdm(total=frames, unit="frame", desc="evaluate", smoothing=0.05) as bar:
        measured = {
            name: measure(subject, footage, plan, seed=seed, clusters=clusters, read=read, eye=eye, advanced=bar.update)
            for name, subject in subjects.items()
        }
        model = subjects["model"]
        video = video_mp4(model, footage[shown.session], shown, seed=seed, advanced=bar.update) if shown else None
    report = _report(measured, clusters, len(footage), effort, plan, seed=seed, can_read=read is not None)
    pictures = strips(model, footage, plan.events, measured["model"].events, seed=seed)
    steps_ms = measured["model"].steps["ms"].tolist()
    return Judgement(report=report, exhibits=Exhibits(strips=pictures, video_mp4=video, steps_ms=steps_ms))


def _subjects(world: World, footage: Sequence[Footage], roundtrip: RoundTrip | None) -> dict[str, Subject]:
    size_px, fps = world.size_px, world.fps
    subjects = {
        "model": Subject(world=world, advance=closed_loop),
        "copy_last": Subject(world=CopyLast(size_px, fps, _usual_shape(footage)), advance=closed_loop),
    }
    if roundtrip:
        subjects["vae_ceiling"] = Subject(world=Ceiling(size_px, fps, roundtrip), advance=teacher_forced)
    return subjects


def _usual_shape(footage: Sequence[Footage]) -> PointerShape | None:
    """The pointer shape that most frames have: always showing it is the pointer's baseline."""
    shapes = [film.shape(frame) for film in footage for frame in range(len(film))]
    keys = [shape.key() if shape else None for shape in shapes]
    usual = Counter(keys).most_common(1)[0][0]
    return shapes[keys.index(usual)]


def _report(
    measured: Mapping[str, Measured],
    clusters: TransitionClusters,
    sessions: int,
    effort: Effort,
    plan: Plan,
    *,
    seed: int,
    can_read: bool,
) -> dict[str, Any]:
    found = {name: metrics(rows, len(clusters.centres)) for name, rows in measured.items()}
    bounds = {name: intervals(rows, sessions, seed=seed) for name, rows in measured.items()}
    alone: dict[str, dict[str, Any]] = {name: by_session(rows, sessions) for name, rows in measured.items()}
    behind = {name: details(rows) for name, rows in measured.items()}
    if "vae_ceiling" in found:
        found["vae_ceiling"] |= dict.fromkeys(_CEILING_KNOWS_NOT)
        bounds["vae_ceiling"] |= dict.fromkeys(_CEILING_KNOWS_NOT)
        alone["vae_ceiling"] |= dict.fromkeys(_CEILING_KNOWS_NOT)
        behind["vae_ceiling"] |= dict.fromkeys(_CEILING_DETAILS_UNKNOWN)
    model = found.pop("model")
    return {
        "schema": SCHEMA,
        "seed": seed,
        "metrics": model,
        "baselines": {name: found.get(name) for name in ("copy_last", "vae_ceiling", "rerun_floor")},
        "not_measured": _not_measured(model, found, can_read=can_read),
        "confidence": {"level": LEVEL, "resamples": RESAMPLES, "sessions": sessions, "intervals": bounds},
        "by_session": alone,
        "details": behind,
        "effort": {**asdict(effort), "frames_per_subject": plan.frames},
    }


def _not_measured(
    model: Mapping[str, Any], baselines: Mapping[str, Mapping[str, Any]], *, can_read: bool
) -> dict[str, str]:
    """A reason for each None of the report."""
    no_reader = {} if can_read else dict.fromkeys(("ocr_char_accuracy", "ocr_exact_line"), "Tesseract is missing")
    reasons = {**_REASONS, **no_reader}
    missing = {key: reasons[key] for key, value in model.items() if value is None}
    for frame in HORIZONS:
        if model["rmse_at"][str(frame)] is None:
            missing[f"rmse_at.{frame}"] = "no session is that long"
    if "vae_ceiling" in baselines:
        missing |= {f"baselines.vae_ceiling.{key}": _TOLD for key in _CEILING_KNOWS_NOT}
    else:
        missing["baselines.vae_ceiling"] = "the world has no tokenizer that could be tried alone"
    missing["baselines.rerun_floor"] = "the sandbox cannot play recorded actions again yet"
    return missing
