"""One HTML page that needs no other file and no network: its frame, its figures, its numbers."""

import base64
from html import escape
from string import Template
from typing import Any

_PAGE = Template("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>$title</title><link rel="icon" href="data:,">
<style>
body { font: 15px/1.5 system-ui, sans-serif; color: #222; max-width: 1180px; margin: 2em auto; padding: 0 1em; }
h1 { font-size: 1.6em; margin-bottom: 0; } h2 { font-size: 1.2em; margin-top: 2.2em; }
table { border-collapse: collapse; width: 100%; } td, th { padding: .3em .6em; border-bottom: 1px solid #e4e4e4; }
td { vertical-align: top; } th { text-align: left; vertical-align: bottom; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.meaning, .note { color: #666; font-size: .88em; } .interval { color: #888; font-size: .82em; display: block; }
td.won { background: #e3f3e8; font-weight: 600; }
.plots { display: flex; flex-wrap: wrap; gap: 1em; } figure { margin: 0; }
.plots figure { width: 48%; min-width: 380px; }
.plots img { width: 100%; } .strip { display: flex; gap: 6px; margin-bottom: 1.4em; } .strip figure { flex: 1; }
.strip img { width: 100%; border: 1px solid #ddd; } figcaption { color: #666; font-size: .85em; }
video { width: 100%; border: 1px solid #ddd; } h3 { font-size: 1em; margin: .8em 0 .3em; }
</style></head><body>
<h1>$title</h1>
$body
</body></html>
""")


def document(title: str, body: str) -> str:
    """The page with this title; `body` is HTML."""
    return _PAGE.substitute(title=escape(title), body=body)


def figure(png: bytes, caption: str) -> str:
    """A picture with its caption."""
    source = f"data:image/png;base64,{base64.b64encode(png).decode()}"
    return f'<figure><img alt="{escape(caption)}" src="{source}"><figcaption>{escape(caption)}</figcaption></figure>'


def cell(score: Any, interval: Any = None) -> str:
    """A score with its interval (low, high) small below it; where the score is by class, class by class."""
    if isinstance(score, dict):
        rows = ((key, part, (interval or {}).get(key)) for key, part in score.items())
        return "".join(f"<div>{escape(key)}: {cell(part, bounds)}</div>" for key, part, bounds in rows)
    below = f'<span class="interval">{number(interval[0])} to {number(interval[1])}</span>' if interval else ""
    return number(score) + below


def number(value: float | None) -> str:
    """Three digits, in words that align: `-` for what was not measured."""
    if value is None:
        return "-"
    return str(value) if isinstance(value, int) else f"{value:.3f}" if abs(value) < 2 else f"{value:.1f}"
