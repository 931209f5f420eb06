"""Rows of tasks in; how many of each kind did what they should, as a table, out."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from recorder.box import Box
from tests.by_hand.person import Done
from tests.by_hand.schedule import Task


@dataclass(frozen=True, kw_only=True)
class Row:
    """A task, the second after which it was done, in which round, what came of it, and the model's frames meanwhile."""

    number: int
    round: int
    second: float
    frames: int
    task: Task
    done: Done

    @property
    def picture(self) -> str:
        """The name of its screenshot."""
        return f"{self.number:03d}-{self.task.kind.replace(' ', '-').replace('+', '-')}.png"

    @property
    def caption(self) -> str:
        """The second, the task, and whether it held."""
        said = {True: "yes", False: "NO", None: "-"}[self.done.verdict.held]
        return f"{self.second:.0f}s: {self.task.kind} {self.task.what}"[:36].rstrip() + f": {said}"

    def to_json(self) -> dict[str, Any]:
        """With `changed`, the share of pixels that differ, and `box`, (x, y, width, height) of it beside the panel."""
        change = self.done.change
        box = change.box if change else None
        return {
            "number": self.number,
            "round": self.round,
            "second": round(self.second, 1),
            "frames": self.frames,
            "task": self.task.kind,
            "with": self.task.what,
            "changed": round(change.share, 5) if change else None,
            "box": _numbers(box) if box else None,
            "held": self.done.verdict.held,
            "why": self.done.verdict.why,
            "picture": self.picture,
        }


def summary(rows: Iterable[Row]) -> dict[str, dict[str, float | int | None]]:
    """By the kind of task: how many there were, could be judged and held, and the share of the judged that held."""
    by_kind: defaultdict[str, list[bool | None]] = defaultdict(list)
    for row in rows:
        by_kind[row.task.kind].append(row.done.verdict.held)
    return {kind: _count(held) for kind, held in sorted(by_kind.items())}


def _count(held: Sequence[bool | None]) -> dict[str, float | int | None]:
    judged = [one for one in held if one is not None]
    share = round(sum(judged) / len(judged), 3) if judged else None
    return {"tasks": len(held), "judged": len(judged), "held": sum(judged), "share": share}


def table(counts: dict[str, dict[str, float | int | None]]) -> str:
    """The summary, line by line, and a line for all tasks."""
    lines = [f"{'task':<14}{'tasks':>7}{'judged':>8}{'held':>6}  share"]
    for kind, count in counts.items():
        lines.append(_line(kind, count["tasks"], count["judged"], count["held"]))
    sums = [sum(count[name] or 0 for count in counts.values()) for name in ("tasks", "judged", "held")]
    return "\n".join([*lines, _line("all", *sums)])


def _line(kind: str, tasks: float | int | None, judged: float | int | None, held: float | int | None) -> str:
    share = f"{(held or 0) / judged:.0%}" if judged else "-"
    return f"{kind:<14}{tasks:>7}{judged:>8}{held:>6}{share:>7}"


def _numbers(box: Box) -> list[int]:
    return [box.x_px, box.y_px, box.width_px, box.height_px]
