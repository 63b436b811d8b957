"""When a deadline has come, and what is said of it before.

A deadline is a calendar day in the place where the learner lives: it begins and ends there, in Urumqi two hours later
than in Shanghai. **The day itself counts**: whoever finishes in its last minute was in time. After it, where the policy
grants days of grace, the last of these is the deadline that is named.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

Stage: TypeAlias = Literal[90, 60, 30, 7]

STAGES: tuple[Stage, ...] = (90, 60, 30, 7)
WAKES_AT, RESTS_AT = time(8), time(21)


@dataclass(frozen=True, slots=True)
class DueSpan:
    """Deadlines from ``first`` to ``last``, both counted, that are at ``stage`` on one day."""

    stage: Stage
    first: date
    last: date


def day_in(zone: str, now: datetime) -> date:
    """The calendar day that it is at ``now`` in a place: 2026-03-31T17:00Z is 1 April in Shanghai, 31 March in Urumqi
    until 18:00Z.
    """
    return now.astimezone(ZoneInfo(zone)).date()


def days_left(due_on: date, *, today: date) -> int:
    """Whole days that remain after today: 0 on the deadline itself, which still counts; -1 the day after, too late."""
    return (due_on - today).days


def stage_of(due_on: date, *, today: date) -> Stage | None:
    """The reminder that a deadline is at: 7 from seven days before up to the day itself, 30 from thirty days before,
    then 60, then 90; None farther off, and None once it has passed.

    Whoever is found late, because a window was opened or a sweep came late, gets the nearest one and none of those
    before.
    """
    left = days_left(due_on, today=today)
    if left < 0:
        return None
    return next((stage for stage in reversed(STAGES) if left <= stage), None)


def due_spans(today: date) -> Iterator[DueSpan]:
    """All deadlines that are at some stage today, the nearest first; each deadline in one span."""
    nearest = today
    for stage in reversed(STAGES):
        last = today + timedelta(days=stage)
        yield DueSpan(stage, nearest, last)
        nearest = last + timedelta(days=1)


def deadline_to_name(*, due_on: date, closes_on: date, today: date) -> date:
    """The deadline that a learner is told today: ``due_on`` up to that day itself, then the last day of grace."""
    return due_on if today <= due_on else closes_on


def is_night(zone: str, now: datetime) -> bool:
    """Whether people there are left in peace: before eight in the morning, or from nine in the evening on."""
    at = now.astimezone(ZoneInfo(zone)).time()
    return not WAKES_AT <= at < RESTS_AT
