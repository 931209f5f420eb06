"""From sums to metrics, by hand."""

import math

import numpy as np
import pytest

from simulator import measure
from simulator.measure import NOT_TYPED, Measured
from simulator.pixel_metrics import TILE_VALUES
from simulator.plan import DRIFT_FRAMES
from simulator.summary import intervals, rmse_at


def measured(events: list[dict[str, object]]) -> Measured:
    """Only events, by the fields that are not 0."""
    rows = np.zeros(len(events), measure._EVENT)
    for row, values in zip(rows, events, strict=True):
        for name, value in values.items():
            row[name] = value
    return Measured(
        frames=np.zeros(0, measure._FRAME),
        events=rows,
        tracks=np.zeros(0, measure._TRACK),
        texts=np.zeros(0, measure._TEXT),
        transitions=np.zeros(0, measure._TRANSITION),
        memories=np.zeros(0, measure._MEMORY),
        steps=np.zeros(0, measure._STEP),
        screens=np.zeros(0, measure._screen_type(0)),
    )


def event(session: int, iou: float, typed: int = NOT_TYPED) -> dict[str, object]:
    return {"session": session, "iou": iou, "typed": typed, "event_class": "click"}


UNLIKE = [event(0, 0.0, typed=1), event(0, 0.0), event(0, 0.0), event(1, 1.0)]


def test_intervals_are_percentiles_of_drawn_sessions() -> None:
    """Two sessions are drawn twice alike in a quarter of cases each: IoU 0 or 1; the tails are 0.025."""
    found = intervals(measured(UNLIKE), 2, seed=0)
    assert found["event_iou"] == [0, 1]
    assert found["event_iou_by_event"]["click"] == [0, 1] and found["event_iou_by_event"]["type"] is None
    assert found["typing_accuracy"] is None, "the draws without session 0 typed nothing"
    assert found["psnr_db"] is None


def test_a_draw_pools_the_events_of_its_sessions(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the middle half of the draws each session is once: 1 in 4 events, and not the mean of 0 and 1."""
    monkeypatch.setattr("simulator.summary.LEVEL", 0.2)
    assert intervals(measured(UNLIKE), 2, seed=0)["event_iou"] == [0.25, 0.25]


def test_of_one_session_there_is_no_interval() -> None:
    assert set(intervals(measured([event(0, 0.5)]), 1, seed=0).values()) == {None}


def test_drift_is_pooled_over_the_tracks_that_last_so_long() -> None:
    """Mean squared errors of 9 and 16 after a frame, in one and in three tiles; the first track ends there."""
    tracks = np.zeros(2, measure._TRACK)
    tracks["squared"] = np.full((2, DRIFT_FRAMES), np.nan)
    tracks["tiles"] = (1, 3)
    tracks["squared"][:, 0] = (9 * TILE_VALUES, 16 * 3 * TILE_VALUES)
    tracks["squared"][1, 1] = 25 * 3 * TILE_VALUES
    assert rmse_at(tracks, 1) == pytest.approx(math.sqrt((9 + 3 * 16) / 4))
    assert rmse_at(tracks, 2) == pytest.approx(5)
    assert rmse_at(tracks, 3) is None and rmse_at(tracks[:0], 1) is None
