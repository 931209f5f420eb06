"""Deadlines are absolute: lateness does not add up, missed periods are counted, never made up for."""

from itertools import islice

import pytest

from recorder.clock import FakeClock, deadlines

SECOND_NS = 1_000_000_000


def test_deadlines_stand_on_multiples_of_the_period() -> None:
    clock = FakeClock(start_ns=5)
    times = []
    for deadline_ns, skipped in islice(deadlines(clock, 30), 301):
        assert not skipped
        times.append(clock.now_ns())
        clock.advance(7_000_000)  # work shorter than a period must not shift the next deadline
        assert times[-1] == deadline_ns
    assert times[-1] == 5 + 10 * SECOND_NS
    assert times == [5 + round(i * SECOND_NS / 30) for i in range(301)]


@pytest.mark.parametrize(
    ("busy_ns", "skipped"), [(90_000_000, 0), (150_000_000, 0), (250_000_000, 1), (1_050_000_000, 9)]
)
def test_missed_periods_are_skipped_and_counted(busy_ns: int, skipped: int) -> None:
    clock = FakeClock()
    ticks = deadlines(clock, 10)
    assert next(ticks) == (0, 0)
    clock.advance(busy_ns)
    deadline_ns, count = next(ticks)
    assert count == skipped
    assert deadline_ns == (1 + skipped) * 100_000_000
    assert clock.now_ns() == max(busy_ns, deadline_ns)
