"""The last day counts, in the place where the learner lives; each deadline is at one stage a day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.rules.deadlines import (
    STAGES,
    day_in,
    days_left,
    deadline_to_name,
    due_spans,
    is_night,
    stage_of,
)

DUE = date(2026, 9, 30)
SHANGHAI, URUMQI = "Asia/Shanghai", "Asia/Urumqi"


@pytest.mark.parametrize(
    ("before", "stage"),
    [
        (91, None),
        (90, 90),
        (61, 90),
        (60, 60),
        (31, 60),
        (30, 30),
        (8, 30),
        (7, 7),
        (1, 7),
        (0, 7),
        (-1, None),
    ],
)
def test_a_deadline_is_at_a_stage_from_so_many_days_before_up_to_the_next(before: int, stage: int | None):
    today = DUE - timedelta(days=before)
    assert (days_left(DUE, today=today), stage_of(DUE, today=today)) == (before, stage)


def test_the_last_day_counts_and_the_day_after_is_too_late():
    assert (days_left(DUE, today=DUE), stage_of(DUE, today=DUE)) == (0, 7)
    assert (days_left(DUE, today=date(2026, 10, 1)), stage_of(DUE, today=date(2026, 10, 1))) == (-1, None)


@pytest.mark.parametrize(
    ("now", "shanghai", "urumqi"),
    [
        (datetime(2026, 9, 30, 15, 59, 59, tzinfo=UTC), date(2026, 9, 30), date(2026, 9, 30)),
        (datetime(2026, 9, 30, 16, 0, tzinfo=UTC), date(2026, 10, 1), date(2026, 9, 30)),
        (datetime(2026, 9, 30, 17, 59, 59, tzinfo=UTC), date(2026, 10, 1), date(2026, 9, 30)),
        (datetime(2026, 9, 30, 18, 0, tzinfo=UTC), date(2026, 10, 1), date(2026, 10, 1)),
    ],
)
def test_the_last_day_ends_two_hours_later_in_urumqi(now: datetime, shanghai: date, urumqi: date):
    assert (day_in(SHANGHAI, now), day_in(URUMQI, now)) == (shanghai, urumqi)


@given(today=st.dates(date(2020, 1, 1), date(2090, 1, 1)), ahead=st.integers(-5, 120))
def test_the_spans_of_a_day_agree_with_the_stage_of_each_deadline(today: date, ahead: int):
    due_on = today + timedelta(days=ahead)
    found = [span.stage for span in due_spans(today) if span.first <= due_on <= span.last]
    stage = stage_of(due_on, today=today)
    assert found == ([stage] if stage else [])


@given(st.integers(90, 400))
def test_whoever_is_seen_every_day_passes_every_stage_once(ahead: int):
    begun = DUE - timedelta(days=ahead)
    seen = [stage_of(DUE, today=begun + timedelta(days=day)) for day in range(ahead + 5)]
    assert tuple(dict.fromkeys(stage for stage in seen if stage)) == STAGES


def test_the_deadline_is_named_up_to_its_day_and_then_the_end_of_grace():
    end = date(2026, 10, 30)
    days = (date(2026, 9, 29), DUE, date(2026, 10, 1), end)
    assert [deadline_to_name(due_on=DUE, closes_on=end, today=day) for day in days] == [DUE, DUE, end, end]


@pytest.mark.parametrize(
    ("now", "shanghai", "urumqi"),
    [
        (datetime(2026, 9, 30, 0, 0, tzinfo=UTC), False, True),  # 08:00 and 06:00
        (datetime(2026, 9, 29, 23, 59, tzinfo=UTC), True, True),
        (datetime(2026, 9, 30, 2, 0, tzinfo=UTC), False, False),  # 10:00 and 08:00
        (datetime(2026, 9, 30, 12, 59, tzinfo=UTC), False, False),
        (datetime(2026, 9, 30, 13, 0, tzinfo=UTC), True, False),  # 21:00 and 19:00
        (datetime(2026, 9, 30, 15, 0, tzinfo=UTC), True, True),
    ],
)
def test_the_night_is_that_of_the_place(now: datetime, shanghai: bool, urumqi: bool):
    assert (is_night(SHANGHAI, now), is_night(URUMQI, now)) == (shanghai, urumqi)
