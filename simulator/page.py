"""`index.html`: one page that needs no other file and no network."""

import base64
from collections.abc import Mapping, Sequence
from html import escape
from io import BytesIO
from string import Template
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from simulator.catalogue import METRICS, Metric
from simulator.exhibits import Strip
from simulator.plots import bars_png, calibration_png, drift_png

_PAGE = Template("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Dreamdesk evaluation</title><link rel="icon" href="data:,">
<style>
body { font: 15px/1.5 system-ui, sans-serif; color: #222; max-width: 1180px; margin: 2em auto; padding: 0 1em; }
h1 { font-size: 1.6em; margin-bottom: 0; } h2 { font-size: 1.2em; margin-top: 2.2em; }
table { border-collapse: collapse; width: 100%; } td, th { padding: .3em .6em; border-bottom: 1px solid #e4e4e4; }
th { text-align: left; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.meaning, .note { color: #666; font-size: .88em; } .interval { color: #888; font-size: .85em; display: block; }
.plots { display: flex; flex-wrap: wrap; gap: 1em; } figure { margin: 0; }
.plots figure { width: 48%; min-width: 380px; }
.plots img { width: 100%; } .strip { display: flex; gap: 6px; margin-bottom: 1.4em; } .strip figure { flex: 1; }
.strip img { width: 100%; border: 1px solid #ddd; } figcaption { color: #666; font-size: .85em; }
video { width: 100%; border: 1px solid #ddd; } h3 { font-size: 1em; margin: .8em 0 .3em; }
</style></head><body>
<h1>How well the desktop is dreamed</h1>
<p class="note">$subject</p>
<h2>The model beside its baselines</h2>
<p class="note"><b>copy last</b> shows the last frame for ever; <b>vae ceiling</b> is the truth through the tokenizer,
every tile of it: on tiles that change no world model can do better with it. Small numbers below: $level&nbsp;%
intervals, bootstrapped over sessions. Arrows say which way is better.</p>
<table><tr><th>metric</th>$heads<th>what it says</th></tr>
$rows</table>
<h2>On its own, beside the truth</h2>
<p class="note">Left: what was recorded. Right: generated from the same mouse and keyboard, with nothing but the frames
before the beginning known of the truth.</p>
$video
<h2>Plots</h2><div class="plots">$plots</div>
<h2>Events, best to worst</h2>
<p class="note">Twenty frames on its own from a press on. Tiles: red truly changed, blue generated, violet both.</p>
$strips
<h2>Not measured</h2><table>$missing</table>
</body></html>
""")


def render(report: Mapping[str, Any], strips: Sequence[Strip], video_mp4: bytes | None) -> str:
    """The page of a report (the content of `report.json`) with what there is to look at."""
    subjects = {"model": report["metrics"]} | {name: row for name, row in report["baselines"].items() if row}
    return _PAGE.substitute(
        subject=_subject(report),
        level=f"{100 * report['confidence']['level']:g}",
        heads="".join(f'<th class="number">{escape(name.replace("_", " "))}</th>' for name in subjects),
        rows="\n".join(_row(metric, subjects, report) for metric in METRICS),
        video=_video(video_mp4),
        plots="".join(_plots(report)),
        strips="\n".join(_strip(strip) for strip in strips),
        missing="".join(
            f"<tr><td>{escape(k)}</td><td>{escape(v)}</td></tr>" for k, v in report["not_measured"].items()
        ),
    )


def _subject(report: Mapping[str, Any]) -> str:
    data, details = report["data"], report["details"]["model"]
    return escape(
        f"Checkpoint {report['checkpoint']['path']}. "
        f"Held-out data: {data['path']} (sessions: {len(data['sessions'])}), "
        f"{data['size_px'][0]}x{data['size_px'][1]} at {data['fps']:g} frames a second. Frames one step ahead: "
        f"{details['frames']}, of which change: {details['frames_changed']}. On its own: events: {details['events']}, "
        f"long tracks: {details['tracks']}. Seed {report['seed']}."
    )


def _row(metric: Metric, subjects: Mapping[str, Any], report: Mapping[str, Any]) -> str:
    arrow = {"high": " ↑", "low": " ↓", "": ""}[metric.best]
    unit = f" ({escape(metric.unit)})" if metric.unit else ""
    cells = []
    for name, values in subjects.items():
        interval = report["confidence"]["intervals"].get(name, {}).get(metric.key)
        below = f'<span class="interval">{interval[0]:.3g} to {interval[1]:.3g}</span>' if interval else ""
        cells.append(f'<td class="number">{_cell(values[metric.key])}{below}</td>')
    meaning = f'<td class="meaning">{escape(metric.meaning)}</td>'
    return f"<tr><td>{escape(metric.title)}{unit}{arrow}</td>{''.join(cells)}{meaning}</tr>"


def _cell(value: Any) -> str:
    if isinstance(value, dict):
        return "<br>".join(f"{escape(key)}: {_cell(part)}" for key, part in value.items())
    if value is None:
        return "-"
    return str(value) if isinstance(value, int) else f"{value:.3f}" if abs(value) < 2 else f"{value:.1f}"


def _plots(report: Mapping[str, Any]) -> list[str]:
    details = report["details"]
    model = details["model"]
    plots = {}
    if model["rmse_curve"]:
        curves = {name: row["rmse_curve"] for name, row in details.items()}
        plots["Drift: distance from the true screen while on its own"] = drift_png(curves, report["data"]["fps"])
    if model["calibration"]:
        plots["When: are the probabilities honest?"] = calibration_png(model["calibration"])
    where = {"model": report["metrics"]["dirty_where_by_event"], "copy_last": _baseline(report, "dirty_where_by_event")}
    for title, label, values in (
        ("Where it changes, by what the user does", "precision", where),
        ("Where it changes, by how many tiles change", "precision", _details(report, "dirty_where_by_size")),
        (
            "Changed tiles one step ahead, by what the user does",
            "PSNR, dB",
            _details(report, "psnr_changed_db_by_event"),
        ),
        ("Event IoU, by what the user does", "IoU", _details(report, "event_iou_by_event")),
    ):
        known = {name: row for name, row in values.items() if row and any(part is not None for part in row.values())}
        if "model" in known:
            plots[title] = bars_png(known, label)
    return [_figure(png, title) for title, png in plots.items()]


def _details(report: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {name: row[key] for name, row in report["details"].items()}


def _baseline(report: Mapping[str, Any], key: str) -> Any:
    return report["baselines"]["copy_last"][key]


def _strip(strip: Strip) -> str:
    figures = "".join(_figure(_png(picture), caption) for caption, picture in strip.pictures.items())
    return f'<h3>{escape(strip.title)}</h3><div class="strip">{figures}</div>'


def _video(video_mp4: bytes | None) -> str:
    if video_mp4 is None:
        return "<p>The sessions are too short for a video.</p>"
    source = f"data:video/mp4;base64,{base64.b64encode(video_mp4).decode()}"
    return f'<video controls loop muted src="{source}"></video>'


def _png(picture_u8: NDArray[np.uint8]) -> bytes:
    buffer = BytesIO()
    Image.fromarray(picture_u8).save(buffer, format="PNG")
    return buffer.getvalue()


def _figure(png: bytes, caption: str) -> str:
    source = f"data:image/png;base64,{base64.b64encode(png).decode()}"
    return f'<figure><img alt="{escape(caption)}" src="{source}"><figcaption>{escape(caption)}</figcaption></figure>'
