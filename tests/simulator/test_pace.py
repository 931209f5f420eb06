"""Deadlines are absolute and missed ones are counted, never caught up."""

from hypothesis import given
from hypothesis import strategies as st

from simulator.pace import Pace

PERIOD_NS = 100


def test_one_tick_a_period() -> None:
    pace = Pace(1e9 / PERIOD_NS, 1000)
    asked = [pace.due(now_ns) for now_ns in (1000, 1050, 1099, 1100, 1199, 1200)]
    assert [tick and (tick.deadline_ns, tick.skipped) for tick in asked] == [
        (1000, 0), None, None, (1100, 0), None, (1200, 0),
    ]  # fmt: skip


def test_a_long_absence_is_one_tick() -> None:
    pace = Pace(1e9 / PERIOD_NS, 0)
    pace.due(0)
    late = pace.due(570)
    assert late is not None and (late.deadline_ns, late.skipped) == (500, 4)
    assert pace.due(580) is None


@given(st.lists(st.integers(0, 350), max_size=40))
def test_given_and_skipped_make_all_periods(gaps: list[int]) -> None:
    pace, now_ns, counted = Pace(1e9 / PERIOD_NS, 0), 0, 0
    for gap in gaps:
        now_ns += gap
        tick = pace.due(now_ns)
        if tick is not None:
            counted += 1 + tick.skipped
            assert now_ns - tick.deadline_ns < PERIOD_NS
        assert counted == now_ns // PERIOD_NS + 1
