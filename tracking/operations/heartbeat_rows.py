"""The rows that one batch of reports concerns."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from tracking.rules.heartbeat_fold import DayRow, LeaseRow, ProgressRow
from tracking.rules.intervals import Intervals


@dataclass(slots=True)
class BatchRows:
    """Leases by number, progress by (enrolment, lesson), days by (learner, day): each at most once, locked.

    ``busy`` names leases of which another transaction holds a row at this moment.
    """

    leases: dict[int, LeaseRow] = field(default_factory=dict)
    lease_uuids: dict[int, UUID] = field(default_factory=dict)
    progress: dict[tuple[int, int], ProgressRow] = field(default_factory=dict)
    days: dict[tuple[int, date], DayRow] = field(default_factory=dict)
    busy: set[int] = field(default_factory=set)


def intervals_of(stored: list[list[int]]) -> Intervals:
    """Intervals from their stored form, which is merged and in order."""
    return tuple((start, end) for start, end in stored)
