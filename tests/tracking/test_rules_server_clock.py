"""Time on the server is counted by the clock that nobody can set."""

from datetime import UTC, datetime

import pytest

from tracking.rules.server_clock import BLIND_MS, ClockReading, elapsed_between, epoch_ms, reading_of

WALL_MS = 1_780_000_000_000


@pytest.mark.parametrize(("wall_step_ms", "passed_ms"), [(0, 30_000), (3_600_000, 30_000), (-3_600_000, 30_000)])
def test_same_machine_counts_what_its_own_clock_counted(wall_step_ms: int, passed_ms: int) -> None:
    now = ClockReading(boot="one", monotonic_ms=1_000 + passed_ms, wall_ms=WALL_MS + passed_ms + wall_step_ms)
    assert elapsed_between(boot="one", clock_ms=1_000, heard_ms=WALL_MS, now=now) == passed_ms


@pytest.mark.parametrize(("wall_ms", "elapsed_ms"), [(30_000, 30_000), (BLIND_MS + 1, BLIND_MS), (-5_000, 0)])
def test_another_machine_goes_by_the_wall_clock_for_a_minute_at_most(wall_ms: int, elapsed_ms: int) -> None:
    now = ClockReading(boot="two", monotonic_ms=7, wall_ms=WALL_MS + wall_ms)
    assert elapsed_between(boot="one", clock_ms=1_000_000, heard_ms=WALL_MS, now=now) == elapsed_ms


def test_reading_that_overtook_another_adds_nothing() -> None:
    now = ClockReading(boot="one", monotonic_ms=999, wall_ms=WALL_MS)
    assert elapsed_between(boot="one", clock_ms=1_000, heard_ms=WALL_MS, now=now) == 0


def test_reading_of_a_moment_trusts_the_wall_clock() -> None:
    at = datetime(2026, 3, 2, 2, 0, 0, 123_000, tzinfo=UTC)
    assert epoch_ms(at) == 1_772_416_800_123
    assert reading_of(at) == ClockReading(boot="wall", monotonic_ms=1_772_416_800_123, wall_ms=1_772_416_800_123)
