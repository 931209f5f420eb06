"""Judges a world on held-out sessions, beside its baselines: in come a world and footage, out comes a report."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from tqdm import tqdm

from recorder.dataset import TEST, file_hash, session_paths
from recorder.pointer import PointerShape
from simulator.baselines import Ceiling, CopyLast, RoundTrip
from simulator.clip_eye import Eye
from simulator.exhibits import Exhibits, strips, video_mp4, video_stretch
from simulator.footage import Footage
from simulator.game import SUFFIX as GAME_SUFFIX
from simulator.game import game_paths
from simulator.measure import Measured, Perceive, Subject, measure
from simulator.plan import Effort, Plan, make_plan, spread
from simulator.prompt_metric import prompt_accuracy
from simulator.reruns import Reruns
from simulator.retrieval import Retrieval
from simulator.rollout import closed_loop, roll, teacher_forced
from simulator.summary import LEVEL, RESAMPLES, by_session, details, intervals, metrics
from simulator.tesseract import TextReader, remembering
from simulator.transitions import TransitionClusters, choose_transitions, find_clusters
from simulator.world import World

SCHEMA = 3
_SESSION_SUFFIX = ".h5"
_TOLD = "the ceiling is told what changes, and it has no pointer"
_ASKED_ALONE = "a baseline cannot be asked for anything"
_CEILING_KNOWS_NOT = (
    "dirty_where",
    "dirty_where_by_event",
    "dirty_when_auc",
    "dirty_calibration_error",
    "pointer_shape_accuracy",
    "pointer_error_px",
)
BASELINES = ("copy_last", "retrieval", "vae_ceiling", "rerun_floor")
_CEILING_DETAILS_UNKNOWN = ("dirty_where_by_size", "calibration", "pointer_shape_accuracy_at_changes")
_NO_CHANGE = "no scored frame changes"
_NO_EVENT = "no press of a button or key changed the screen"
_NO_CLUSTER = "no scored frame has a large change of a kind that occurs often enough"
_NO_PRESS = "no press of a button or key was played"
_OF_TRAINING = "medoids of the training sessions"
_OF_JUDGED = "medoids of the judged sessions themselves, as no training sessions were named"
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
    "lpips": _NO_PRESS,
    "fvd": "it needs the I3D network, and no library here brings it",
    "memory_restored": "no window was minimised and restored, or the sessions do not say so",
    "pointer_shape_accuracy": "mouse and keyboard can have caused none of these frames",
    "pointer_error_px": "no true pointer lies wholly on the screen",
    "psnr_db": "mouse and keyboard can have caused none of these frames",
    "dirty_calibration_error": "mouse and keyboard can have caused none of these frames",
    "clip_score": "no event has a prompt",
    "frechet_clip": "fewer than two presses of a button or key were played",
}
_PART_REASONS = {
    "dirty_where_by_event": "no scored frame of this kind changes",
    "memory_restored": "no window was hidden for so long",
    "rmse_at": "no session goes on that long by mouse and keyboard alone",
    "prompt_attribute_accuracy": "none of these was asked for",
}
_NEEDED_BY = {
    "read": ("ocr_char_accuracy", "ocr_exact_line"),
    "perceive": ("lpips",),
    "eye": ("clip_score", "frechet_clip", "prompt_attribute_accuracy"),
}
_NO_AID = {
    "read": "no reader of texts was given",
    "perceive": "no pretrained network was given",
    "eye": "the checkpoint has no CLIP",
}
_NO_BASELINE = {
    "retrieval": "no training sessions were named",
    "vae_ceiling": "the world has no tokenizer that could be tried alone",
    "rerun_floor": "no second recording of the same inputs was named",
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Aids:
    """What can be measured beside a world's own frames; whatever is None is named in the report as not measured, with
    the reason that `missing` has for it where there is one.

    `roundtrip` is the world's tokenizer, there and back. `read` reads text on frames, `perceive` says how different two
    of them look, `eye` what a CLIP sees on them. `training` are sessions that the world may have seen: of them the
    kinds of large change and the baseline `retrieval` are made. `reruns` are second recordings of the held-out inputs.
    """

    roundtrip: RoundTrip | None = None
    read: TextReader | None = None
    perceive: Perceive | None = None
    eye: Eye | None = None
    training: Sequence[Footage] = ()
    reruns: Sequence[Footage] = ()
    missing: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, eq=False)
class Judgement:
    """What `report.json` says (without checkpoint and data) and what there is to look at."""

    report: dict[str, Any]
    exhibits: Exhibits


@contextmanager
def open_footage(data: Path, split: str | None = TEST, most: int | None = None) -> Iterator[list[Footage]]:
    """One session, or those of a folder's split; or one file or all files of DIAMOND's Counter-Strike data.

    Of a folder with both the sessions count. Where there are more than `most` these are evenly spaced.
    Raises ValueError, with the remedy, where there is none and for a damaged one.
    """
    paths = _footage_paths(data, split)
    if most is not None:
        paths = [paths[index] for index in spread(len(paths), most)]
    with ExitStack() as stack:
        footage = []
        for path in paths:
            film = Footage(path)
            stack.callback(film.close)
            footage.append(film)
        yield footage


def _footage_paths(data: Path, split: str | None) -> list[Path]:
    if data.suffix in (_SESSION_SUFFIX, GAME_SUFFIX):
        return [data]
    has_sessions = any(data.glob("*" + _SESSION_SUFFIX))
    games = [] if has_sessions else [*game_paths(data)]
    return games or session_paths(data, split)


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


def describe_data(data: Path, footage: Sequence[Footage], split: str = TEST) -> dict[str, Any]:
    """The `data` of the report: path, split, size, rate and of each session the hash and how many frames nobody caused.

    The split is that which a folder was asked for; None where one file was named.
    """
    return {
        "path": str(data),
        "split": split if data.is_dir() else None,
        "size_px": list(footage[0].size_px),
        "fps": footage[0].fps,
        "sessions": [
            {
                "file": film.path.name,
                "sha256": file_hash(film.path),
                "frames": len(film),
                "uncaused": int((~film.caused).sum()),
            }
            for film in footage
        ],
    }


def check_unseen(footage: Sequence[Footage], training: Sequence[Footage]) -> None:
    """Raise ValueError where a held-out session is among those that a model may have seen."""
    seen = {file_hash(film.path): film for film in training}
    for film in footage:
        if file_hash(film.path) in seen:
            raise ValueError(f"{film.path} is a training session too; judge the model on sessions that it has not seen")


def describe_checkpoint(checkpoint: Path) -> dict[str, Any]:
    """The `checkpoint` of the report: path and the hash of its weights; config.json may itself tell of the report."""
    files = sorted(checkpoint.glob("*.safetensors"))
    return {"path": str(checkpoint), "sha256": {path.name: file_hash(path) for path in files}}


def evaluate(
    world: World, footage: Sequence[Footage], effort: Effort, *, seed: int, aids: Aids | None = None
) -> Judgement:
    """Measure the world and its baselines by one plan. The same seed gives the same report.

    Raises ValueError where sessions do not fit the world or each other, or are too short.
    """
    aids = aids or Aids()
    check_fits(world, [*footage, *aids.training])
    check_unseen(footage, aids.training)
    plan = make_plan(footage, effort, seed=seed)
    if not plan.told:
        raise ValueError(f"{footage[0].path} is too short to judge a model by; record some seconds more")
    subjects = _subjects(world, footage, aids)
    read = remembering(aids.read) if aids.read else None
    judged = choose_transitions(footage, plan.told, find_clusters(aids.training or footage))
    shown = video_stretch(footage, plan.tracks) if plan.tracks else None
    frames = plan.frames * len(subjects) + (shown.frames if shown else 0)
    with tqdm(total=frames, unit="frame", desc="evaluate", smoothing=0.05) as bar:
        measured = {
            name: measure(
                subject,
                footage,
                plan,
                seed=seed,
                judged=judged,
                read=read,
                perceive=aids.perceive,
                eye=aids.eye,
                advanced=bar.update,
            )
            for name, subject in subjects.items()
        }
        model = subjects["model"]
        video = video_mp4(model, footage[shown.session], shown, seed=seed, advanced=bar.update) if shown else None
    asked = prompt_accuracy(world, aids.eye, effort.looks, seed=seed) if aids.eye else None
    report = _report(measured, judged.clusters, asked, len(footage), effort, plan, aids, seed=seed)
    pictures = strips(model, footage, plan.events, measured["model"].events, seed=seed)
    steps_ms = measured["model"].steps["ms"].tolist()
    return Judgement(report=report, exhibits=Exhibits(strips=pictures, video_mp4=video, steps_ms=steps_ms))


def _subjects(world: World, footage: Sequence[Footage], aids: Aids) -> dict[str, Subject]:
    size_px, fps = world.size_px, world.fps
    copying = CopyLast(size_px, fps, _usual_shape(footage))
    subjects = {
        "model": Subject(play=partial(roll, world), advance=closed_loop),
        "copy_last": Subject(play=partial(roll, copying), advance=closed_loop),
    }
    if aids.training:
        subjects["retrieval"] = Subject(play=partial(roll, Retrieval(aids.training)), advance=closed_loop)
    if aids.roundtrip:
        ceiling = Ceiling(size_px, fps, aids.roundtrip)
        subjects["vae_ceiling"] = Subject(play=partial(roll, ceiling), advance=teacher_forced)
    if aids.reruns:
        again = Reruns({film.path.name: film for film in aids.reruns}, footage)
        subjects["rerun_floor"] = Subject(play=again.play, advance=closed_loop)
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
    asked: Mapping[str, float | None] | None,
    sessions: int,
    effort: Effort,
    plan: Plan,
    aids: Aids,
    *,
    seed: int,
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
    model = found.pop("model") | {"prompt_attribute_accuracy": asked}
    return {
        "schema": SCHEMA,
        "seed": seed,
        "metrics": model,
        "baselines": {name: found.get(name) for name in BASELINES},
        "transitions": {
            "pairs": clusters.pairs,
            "min_samples": clusters.min_samples,
            "centres": _OF_TRAINING if aids.training else _OF_JUDGED,
        },
        "training": [file_hash(film.path) for film in aids.training],
        "not_measured": _not_measured(model, found, aids),
        "confidence": {"level": LEVEL, "resamples": RESAMPLES, "sessions": sessions, "intervals": bounds},
        "by_session": alone,
        "details": behind,
        "effort": {**asdict(effort), "frames_per_subject": plan.frames},
    }


def _not_measured(model: Mapping[str, Any], baselines: Mapping[str, Mapping[str, Any]], aids: Aids) -> dict[str, str]:
    """A reason for each None of the report."""
    reasons = dict(_REASONS)
    for aid, keys in _NEEDED_BY.items():
        if getattr(aids, aid) is None:
            reasons |= dict.fromkeys(keys, aids.missing.get(aid, _NO_AID[aid]))
    missing = {key: reasons[key] for key, value in model.items() if value is None}
    for key, reason in _PART_REASONS.items():
        missing |= {f"{key}.{part}": reason for part, value in (model[key] or {}).items() if value is None}
    if "vae_ceiling" in baselines:
        missing |= {f"baselines.vae_ceiling.{key}": _TOLD for key in _CEILING_KNOWS_NOT}
    if model["prompt_attribute_accuracy"]:
        missing |= {f"baselines.{name}.prompt_attribute_accuracy": _ASKED_ALONE for name in baselines}
    return missing | {f"baselines.{name}": why for name, why in _NO_BASELINE.items() if name not in baselines}
