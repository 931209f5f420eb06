"""`index.html`: one page that needs no other file and no network."""

import base64
from collections.abc import Mapping
from html import escape
from io import BytesIO
from string import Template
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from simulator.catalogue import ARROWS, METRICS, Metric
from simulator.document import cell, document, figure
from simulator.exhibits import Exhibits, Strip
from simulator.plots import bars_png, calibration_png, confusion_png, drift_png, latency_png

_BODY = Template("""<p class="note">$subject</p>
<h2>The model beside its baselines</h2>
<p class="note"><b>copy last</b> shows the last frame for ever; <b>retrieval</b> learns nothing and shows again what
followed the most similar moment of the training sessions; <b>vae ceiling</b> is the truth through the tokenizer, every
tile of it: on tiles that change no world model can do better with it; <b>rerun floor</b> is what the real desktop shows
when the same inputs are played again. Those that were not measured are missing here and named at the end. Small numbers
below: $level&nbsp;% intervals, bootstrapped over sessions. Arrows say which way is better. <b>published</b> is what
others report of their own desktops, on other data: a scale, not a contest.</p>
<table><tr><th>metric</th>$heads<th>published</th><th>what it says</th></tr>
$rows</table>
<h2>On its own, beside the truth</h2>
<p class="note">Left: what was recorded. Right: generated from the same mouse and keyboard, with nothing but the frames
before the beginning known of the truth.</p>
$video
<h2>Plots</h2><div class="plots">$plots</div>
<h2>Events, best to worst</h2>
<p class="note">Twenty frames on its own from a press on. Tiles: red truly changed, blue generated, violet both.</p>
$strips
<h2>Not measured</h2><table>$missing</table>""")
_BY_CLASS = (
    ("dirty_where_by_event", "Where it changes, by what the user does", "precision"),
    ("dirty_where_by_size", "Where it changes, by how many tiles change", "precision"),
    ("psnr_changed_db_by_event", "Changed tiles one step ahead, by what the user does", "PSNR, dB"),
    ("event_iou_by_event", "Event IoU, by what the user does", "IoU"),
)


def render(report: Mapping[str, Any], exhibits: Exhibits) -> str:
    """The page of a report (the content of `report.json`) with what there is to look at."""
    subjects = {"model": report["metrics"]} | {name: row for name, row in report["baselines"].items() if row}
    body = _BODY.substitute(
        subject=_subject(report),
        level=f"{100 * report['confidence']['level']:g}",
        heads="".join(f'<th class="number">{escape(name.replace("_", " "))}</th>' for name in subjects),
        rows="\n".join(_row(metric, subjects, report) for metric in METRICS),
        video=_video(exhibits.video_mp4),
        plots="".join(figure(plot, title) for title, plot in _plots(report, exhibits).items()),
        strips="\n".join(_strip(strip) for strip in exhibits.strips),
        missing="".join(
            f"<tr><td>{escape(k)}</td><td>{escape(v)}</td></tr>" for k, v in report["not_measured"].items()
        ),
    )
    return document("How well the desktop is dreamed", body)


def _subject(report: Mapping[str, Any]) -> str:
    data, details = report["data"], report["details"]["model"]
    return escape(
        f"Checkpoint {report['checkpoint']['path']}. "
        f"Held-out data: {data['path']} (sessions: {len(data['sessions'])}), "
        f"{data['size_px'][0]}x{data['size_px'][1]} at {data['fps']:g} frames a second. Frames one step ahead: "
        f"{details['frames']}, of which change: {details['frames_changed']}. On its own: events: {details['events']}, "
        f"long tracks: {details['tracks']}. Kinds of large change: {report['transitions']['centres']}. "
        f"Seed {report['seed']}."
    )


def _row(metric: Metric, subjects: Mapping[str, Any], report: Mapping[str, Any]) -> str:
    unit = f" ({escape(metric.unit)})" if metric.unit else ""
    bounds = report["confidence"]["intervals"]
    cells = [
        f'<td class="number">{cell(values[metric.key], bounds[name].get(metric.key))}</td>'
        for name, values in subjects.items()
    ]
    words = "".join(f'<td class="meaning">{escape(text)}</td>' for text in (metric.published, metric.meaning))
    return f"<tr><td>{escape(metric.title)}{unit}{ARROWS[metric.best]}</td>{''.join(cells)}{words}</tr>"


def _plots(report: Mapping[str, Any], exhibits: Exhibits) -> dict[str, bytes]:
    details = report["details"]
    model = details["model"]
    plots = {}
    if model["rmse_curve"]:
        curves = {name: row["rmse_curve"] for name, row in details.items()}
        plots["Drift: distance from the true screen while on its own"] = drift_png(curves, report["data"]["fps"])
    if model["calibration"]:
        plots["When: are the probabilities honest?"] = calibration_png({"model": model["calibration"]})
    if exhibits.steps_ms:
        plots["Latency: the wall time of a step on its own"] = latency_png(exhibits.steps_ms)
    if model["transition_confusion"]:
        plots["Large changes: which kind was due, which came (the diagonal is right)"] = confusion_png(
            model["transition_confusion"]
        )
    return plots | class_plots({name: (report, name) for name in details})


def class_plots(subjects: Mapping[str, tuple[Mapping[str, Any], str]]) -> dict[str, bytes]:
    """Title -> bars by class of each subject, which is (report, name in it), with intervals where there are any."""
    plots = {}
    for key, title, label in _BY_CLASS:
        rows = {shown: _by_class(report, name, key) for shown, (report, name) in subjects.items()}
        rows = {shown: row for shown, row in rows.items() if row and any(part is not None for part in row.values())}
        bounds = {shown: report["confidence"]["intervals"][name].get(key) for shown, (report, name) in subjects.items()}
        if rows:
            plots[title] = bars_png(rows, label, bounds)
    return plots


def _by_class(report: Mapping[str, Any], name: str, key: str) -> dict[str, Any] | None:
    """Class -> value of one subject, wherever the report keeps it."""
    values = report["metrics"] if name == "model" else report["baselines"][name]
    return values.get(key, report["details"][name].get(key))


def _strip(strip: Strip) -> str:
    figures = "".join(figure(png(picture), caption) for caption, picture in strip.pictures.items())
    return f'<h3>{escape(strip.title)}</h3><div class="strip">{figures}</div>'


def _video(video_mp4: bytes | None) -> str:
    if video_mp4 is None:
        return "<p>The sessions are too short for a video.</p>"
    source = f"data:video/mp4;base64,{base64.b64encode(video_mp4).decode()}"
    return f'<video controls loop muted src="{source}"></video>'


def png(picture_u8: NDArray[np.uint8]) -> bytes:
    """A picture (H, W, 3) as the bytes of a PNG file."""
    buffer = BytesIO()
    Image.fromarray(picture_u8).save(buffer, format="PNG")
    return buffer.getvalue()
