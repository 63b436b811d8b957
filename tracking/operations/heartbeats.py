"""Fold what a player reports into what the learner has earned: one report, by Django's own means.

Many reports at once go through :mod:`tracking.operations.heartbeat_batches`; both keep the same rule's word.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from lms.lib.errors import DomainError
from tracking.models import LessonProgress, PlayLease, StudyDay
from tracking.operations.completion import complete_lesson
from tracking.queries import lease_key
from tracking.rules.heartbeat import Heartbeat, HeartbeatAnswer
from tracking.rules.heartbeat_fold import DayRow, LeaseRow, ProgressRow, day_of, fold_heartbeat
from tracking.rules.intervals import Intervals
from tracking.rules.server_clock import ClockReading, epoch_ms, reading_of


class LeaseUnknownError(DomainError):
    """The lease that a rightly signed token names does not exist."""

    code = "lease_unknown"


def record_heartbeat(
    *, heartbeat: Heartbeat, now: datetime, clock: ClockReading | None = None, is_last: bool = False
) -> HeartbeatAnswer:
    """Credit what a heartbeat claims as far as the rules allow, and book the lesson when it is complete.

    The server's ``clock`` decides; without one ``now`` is trusted. A report that was folded before, or was overtaken by
    a newer one, changes nothing. The answer stands only after its transaction has committed. Booking is a transaction of
    its own: what a crash leaves between the two, the sweep finishes. ``is_last``: the page is being left, so the lease
    ends with this report.

    :raises LeaseUnknownError: the token was signed here and its lease is not known here: another database.
    """
    answer, reached = _fold(heartbeat, clock or reading_of(now), is_last=is_last)
    if reached:
        claims = heartbeat.claims
        complete_lesson(enrolment_id=claims.enrolment_id, lesson_id=claims.lesson_id, now=now)
    return answer


@transaction.atomic
def _fold(heartbeat: Heartbeat, clock: ClockReading, *, is_last: bool) -> tuple[HeartbeatAnswer, bool]:
    """Lock lease, progress and day (in this order, everywhere), fold, write; say whether the lesson was reached now."""
    claims = heartbeat.claims
    lease = PlayLease.objects.select_for_update().filter(pk=claims.lease_id, uuid=claims.lease_uuid).first()
    if lease is None:
        raise LeaseUnknownError(_("播放许可已失效，请刷新页面重新开始。"))
    progress = LessonProgress.objects.select_for_update().get(
        enrolment_id=claims.enrolment_id, lesson_id=claims.lesson_id
    )
    day = _locked_day(claims.learner_id, day_of(claims, clock))
    lease_row, progress_row, day_row = _lease_row(lease), _progress_row(progress), _day_row(day)
    was_reached = progress_row.reached_wall_ms is not None
    answer = fold_heartbeat(
        heartbeat,
        lease=lease_row,
        progress=progress_row,
        day=day_row,
        clock=clock,
        key=lease_key(),
        is_last=is_last,
    )
    if answer.status != "repeated" or is_last:
        _write(lease, lease_row, progress, progress_row, day, day_row)
    return answer, progress_row.reached_wall_ms is not None and not was_reached


def _locked_day(learner_id: int, on: date) -> StudyDay:
    """The learner's day, locked; opening a lease made it, unless midnight passed since."""
    days = StudyDay.objects.select_for_update().filter(learner_id=learner_id, on=on)
    found = days.first()
    if found is None:
        StudyDay.objects.bulk_create([StudyDay(learner_id=learner_id, on=on)], ignore_conflicts=True)
        found = days.get()
    return found


def _lease_row(lease: PlayLease) -> LeaseRow:
    return LeaseRow(
        lease_id=lease.pk,
        heard_wall_ms=epoch_ms(lease.last_heard_at),
        expires_wall_ms=epoch_ms(lease.expires_at),
        ended_wall_ms=None if lease.ended_at is None else epoch_ms(lease.ended_at),
        end_reason=str(lease.end_reason),
        last_sequence=lease.last_sequence,
        credited_ms=lease.credited_ms,
        not_counted=dict(lease.not_counted),
        elapsed_ms=lease.elapsed_ms,
        clock_ms=lease.clock_ms,
        clock_boot=lease.clock_boot,
        challenge_ms=lease.challenge_ms,
        trace=lease.trace,
    )


def _progress_row(progress: LessonProgress) -> ProgressRow:
    return ProgressRow(
        progress_id=progress.pk,
        coverage=_intervals(progress.coverage),
        provisional=_intervals(progress.provisional),
        credited_ms=progress.credited_ms,
        position_ms=progress.position_ms,
        updated_wall_ms=epoch_ms(progress.updated_at),
        reached_wall_ms=None if progress.reached_at is None else epoch_ms(progress.reached_at),
    )


def _day_row(day: StudyDay) -> DayRow:
    return DayRow(
        day_id=day.pk,
        on=day.on,
        credited_ms=day.credited_ms,
        tolerance_ms=day.tolerance_ms,
        next_challenge_ms=day.next_challenge_ms,
    )


def _write(
    lease: PlayLease,
    lease_row: LeaseRow,
    progress: LessonProgress,
    progress_row: ProgressRow,
    day: StudyDay,
    day_row: DayRow,
) -> None:
    for name in ("last_sequence", "credited_ms", "not_counted", "elapsed_ms", "clock_ms", "clock_boot"):
        setattr(lease, name, getattr(lease_row, name))
    lease.challenge_ms, lease.trace = lease_row.challenge_ms, lease_row.trace
    lease.last_heard_at = _at(lease_row.heard_wall_ms)
    if lease.ended_at is None and lease_row.ended_wall_ms is not None:
        lease.ended_at, lease.end_reason = _at(lease_row.ended_wall_ms), lease_row.end_reason
    lease.save(force_update=True)
    progress.coverage = [list(piece) for piece in progress_row.coverage]
    progress.provisional = [list(piece) for piece in progress_row.provisional]
    progress.credited_ms, progress.position_ms = progress_row.credited_ms, progress_row.position_ms
    progress.updated_at = _at(progress_row.updated_wall_ms)
    if progress.reached_at is None and progress_row.reached_wall_ms is not None:
        progress.reached_at = _at(progress_row.reached_wall_ms)
    progress.save(force_update=True)
    day.credited_ms, day.tolerance_ms = day_row.credited_ms, day_row.tolerance_ms
    day.next_challenge_ms = day_row.next_challenge_ms
    day.save(force_update=True)


def _intervals(stored: list[list[int]]) -> Intervals:
    return tuple((start, end) for start, end in stored)


def _at(wall_ms: int) -> datetime:
    return datetime.fromtimestamp(wall_ms / 1000, tz=UTC)
