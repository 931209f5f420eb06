"""`index.html` of a comparison: two reports side by side, in one page that needs no other file."""

from collections.abc import Mapping, Sequence
from html import escape
from string import Template
from typing import Any

from simulator.catalogue import ARROWS
from simulator.comparison import Contest
from simulator.document import cell, document, figure, number
from simulator.page import class_plots
from simulator.plots import calibration_png, drift_png
from simulator.summary import LEVEL

_BODY = Template("""<p class="note">A: $a<br>B: $b<br>$data</p>
<h2>$verdict</h2>
<p class="note">B &minus; A is the mean over the sessions of the difference within each, below it its $level&nbsp;%
interval (Student's, paired); the winner is clear where the interval leaves 0 out, and is tinted then. Arrows say which
way is better. With $rows rows about $chance would look clear by chance between equal models.</p>
<table><tr><th>metric</th><th class="number">A</th><th class="number">B</th><th class="number">B &minus; A</th>
<th>clear winner</th></tr>
$table</table>
<h2>Plots</h2><div class="plots">$plots</div>""")


def render(a: Mapping[str, Any], b: Mapping[str, Any], contests: Sequence[Contest]) -> str:
    """The page of two reports (the content of `report.json`) and what `compare` says of them."""
    won = {name: sum(contest.winner == name for contest in contests) for name in ("A", "B")}
    judged = sum(contest.interval is not None for contest in contests)
    body = _BODY.substitute(
        a=escape(a["checkpoint"]["path"]),
        b=escape(b["checkpoint"]["path"]),
        data=f"The same {len(a['data']['sessions'])} sessions, the same frames. Seed {a['seed']}.",
        verdict=f"A is clearly better in {won['A']} of {judged} rows, B in {won['B']}",
        level=f"{100 * LEVEL:g}",
        rows=judged,
        chance=round(judged * (1 - LEVEL)),
        table="\n".join(map(_row, contests)),
        plots="".join(figure(png, title) for title, png in _plots(a, b).items()),
    )
    return document("Two dreamed desktops, side by side", body)


def _row(contest: Contest) -> str:
    metric = contest.metric
    unit = f" ({escape(metric.unit)})" if metric.unit else ""
    part = f", {escape(contest.part)}" if contest.part else ""
    cells = (
        f'<td class="number{" won" if contest.winner == name else ""}">{number(value)}</td>'
        for name, value in (("A", contest.a), ("B", contest.b))
    )
    return (
        f"<tr><td>{escape(metric.title)}{part}{unit}{ARROWS[metric.best]}</td>{''.join(cells)}"
        f'<td class="number">{cell(contest.difference, contest.interval)}</td><td>{contest.winner}</td></tr>'
    )


def _plots(a: Mapping[str, Any], b: Mapping[str, Any]) -> dict[str, bytes]:
    reports = {"A": a, "B": b}
    models = {name: report["details"]["model"] for name, report in reports.items()}
    copying = {"copy_last": a["details"]["copy_last"]}
    curves = {name: row["rmse_curve"] for name, row in (models | copying).items()}
    return {
        "Drift: distance from the true screen while on its own": drift_png(curves, a["data"]["fps"]),
        "When: are the probabilities honest?": calibration_png(
            {name: row["calibration"] for name, row in models.items()}
        ),
        **class_plots({name: (report, "model") for name, report in reports.items()}),
    }
