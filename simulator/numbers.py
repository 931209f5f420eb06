"""The numbers of a README and of a checkpoint, from its report and benchmark, so that they cannot part."""

import json
from pathlib import Path
from typing import Any

from recorder.dataset import COMPOSITIONAL
from simulator.evaluate import describe_checkpoint
from simulator.report import write_json, write_text

BEGIN, END = "<!-- numbers -->\n", "<!-- /numbers -->"
_REPORTS = ("report.json", "compositional.json")
_ROWS = (
    ("PSNR of tiles that truly change, one step ahead, dB", "psnr_changed_db", ".1f"),
    ("which tiles change (precision of the n most probable)", "dirty_where", ".2f"),
    ("when something changes (ROC AUC)", "dirty_when_auc", ".2f"),
    ("event IoU, closed loop for 20 frames", "event_iou", ".2f"),
    ("PSNR at the end of these 20 frames, dB", "event_psnr_db", ".1f"),
    ("typed characters that appear", "typing_accuracy", ".2f"),
    ("characters that OCR reads, of those on the true screen", "ocr_char_accuracy", ".2f"),
    ("pointer shape", "pointer_shape_accuracy", ".2f"),
)
_BASELINES = {
    "copying the last frame": "copy_last",
    "nearest recorded moment": "retrieval",
    "tokenizer alone": "vae_ceiling",
    "the same inputs again": "rerun_floor",
}


_HEADS = {COMPOSITIONAL: "sessions of looks that training never combines: {}"}  # by split


def tables(reports: list[dict[str, Any]], bench: dict[str, Any]) -> str:
    """Markdown of all, as a reader needs them."""
    lines = [line for report in reports for line in (*_quality(report), "")]
    return "\n".join([*lines, *_table(_bench_head(bench), _bench_rows(bench)), ""])


def _quality(report: dict[str, Any]) -> list[str]:
    baselines = {label: report["baselines"].get(name) for label, name in _BASELINES.items()}
    measured = {label: row for label, row in baselines.items() if row}
    columns = [report["metrics"], *measured.values()]
    rows = [[label, *(_number(column[key], form) for column in columns)] for label, key, form in _ROWS]
    horizons = " / ".join(columns[0]["rmse_at"])
    drift = [" / ".join(_number(value, ".0f") for value in column["rmse_at"].values()) for column in columns]
    rows.append([f"RMSE after {horizons} frames, closed loop", *drift])
    head = _HEADS.get(report["data"]["split"], "held-out sessions: {}").format(len(report["data"]["sessions"]))
    return _table([head, "model", *measured], rows)


def fill(readme: Path, folder: Path) -> None:
    """Put the numbers of `folder` between the README's marks: those of report.json, of compositional.json, a report of
    that split, where it is there, and of bench.json.

    Raises ValueError where the marks are missing.
    """
    paths = [path for name in _REPORTS if (path := folder / name).is_file()]
    reports, bench = [json.loads(path.read_text()) for path in paths], json.loads((folder / "bench.json").read_text())
    text = readme.read_text()
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{readme} has no line '{BEGIN.strip()}' with '{END}' after it; put them where numbers belong")
    write_text(readme, before + begin + tables(reports, bench) + end + after)


def tell(checkpoint: Path, folder: Path) -> None:
    """Put the metrics of `folder`'s report into the checkpoint's config.json.

    Raises ValueError where the report is of other weights.
    """
    report, config_path = json.loads((folder / "report.json").read_text()), checkpoint / "config.json"
    if report["checkpoint"]["sha256"] != describe_checkpoint(checkpoint)["sha256"]:
        raise ValueError(f"{folder}/report.json is of other weights than {checkpoint}; evaluate it again")
    config = json.loads(config_path.read_text())
    config["training"]["metrics"] = report["metrics"] | {"split": report["data"]["split"]}
    write_json(config_path, config)


def _bench_head(bench: dict[str, Any]) -> list[str]:
    width, height = bench["size_px"]
    return [f"{bench['device']}, {bench['threads']} threads, {bench['dtype']}, {width}x{height}", ""]


def _bench_rows(bench: dict[str, Any]) -> list[list[str]]:
    step = bench["step_ms"]
    idle = "bit-identical" if bench["idle_bit_identical"] else "not identical"
    return [
        ["frames a second, end to end", f"{bench['fps']:.0f}"],
        ["a step, p50 / p95 / p99", " / ".join(f"{step[key]:.0f}" for key in ("p50", "p95", "p99")) + " ms"],
        ["a step that changes nothing", f"{bench['no_change_step_ms']:.1f} ms"],
        ["against the same model with every tile forced dirty", f"{bench['speedup_over_dense']:.1f} times"],
        [f"{bench['idle_steps']:,} steps without input", idle],
        ["peak memory", f"{bench['peak_memory_mb']:.0f} MB"],
    ]


def _number(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)


def _table(head: list[str], rows: list[list[str]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)]
