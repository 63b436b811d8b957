"""Fold what a player reports into what the learner has earned."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.lib.errors import DomainError
from tracking.enums import LeaseEnd, NotCountedReason
from tracking.models import LessonProgress, PlayLease, StudyDay
from tracking.operations.completion import complete_lesson
from tracking.rules.heartbeat import Heartbeat, HeartbeatAnswer
from tracking.rules.intervals import Intervals, merge, total
from tracking.rules.play_credit import CreditOutcome, DayState, LeaseState, PlayLimits, credit_report

MAX_REASON_MS = 10**9  # a lease lives 12 h: sums beyond are not play, and must not overflow what reads them


class LeaseUnknownError(DomainError):
    """The lease that a rightly signed token names does not exist."""

    code = "lease_unknown"


def record_heartbeat(*, heartbeat: Heartbeat, now: datetime, is_last: bool = False) -> HeartbeatAnswer:
    """Credit what a heartbeat claims as far as the rules allow, and book the lesson when it is complete.

    The server's ``now`` decides. A report that was folded before, or was overtaken by a newer one, changes nothing. The
    answer stands only after its transaction has committed. Booking is a transaction of its own: what a crash leaves
    between the two, the sweep finishes. ``is_last``: the page is being left, so the lease ends with this report.

    :raises LeaseUnknownError: the token was signed here and its lease is not known here: another database.
    """
    answer, reached = _fold(heartbeat, now, is_last=is_last)
    if reached:
        claims = heartbeat.claims
        complete_lesson(enrolment_id=claims.enrolment_id, lesson_id=claims.lesson_id, now=now)
    return answer


@transaction.atomic
def _fold(heartbeat: Heartbeat, now: datetime, *, is_last: bool) -> tuple[HeartbeatAnswer, bool]:
    """Lock lease, progress and day (in this order, everywhere), fold, write; say whether the lesson was reached now."""
    claims = heartbeat.claims
    lease = PlayLease.objects.select_for_update().filter(pk=claims.lease_id, uuid=claims.lease_uuid).first()
    if lease is None:
        raise LeaseUnknownError(_("播放许可已失效，请刷新页面重新开始。"))
    progress = LessonProgress.objects.select_for_update().get(
        enrolment_id=claims.enrolment_id, lesson_id=claims.lesson_id
    )
    day = _locked_day(claims.learner_id, now)
    is_ended = lease.ended_at is not None or now.timestamp() >= claims.expires_at_s
    outcome = credit_report(
        lease=replace(_lease_state(lease), is_ended=is_ended),
        day=DayState(credited_ms=day.credited_ms, tolerance_spent_ms=day.tolerance_ms),
        coverage=_coverage(progress),
        duration_ms=claims.duration_ms,
        limits=PlayLimits(rate_permille=claims.rate_permille, daily_cap_ms=claims.daily_cap_ms),
        report=heartbeat.report,
        now_ms=_ms(now),
    )
    if outcome.ignored is not None:
        if is_last and lease.ended_at is None:
            _end(lease, LeaseEnd.LEFT, now=now)
        return _answer(heartbeat, lease, progress, outcome, is_ended=is_ended), False
    was_reached = progress.reached_at is not None
    _write_progress(progress, outcome, heartbeat, is_ended=is_ended, now=now)
    is_reached = progress.reached_at is not None and not was_reached
    _write_lease(lease, outcome, now=now)
    if lease.ended_at is None and (is_reached or is_last):
        _end(lease, LeaseEnd.FINISHED if is_reached else LeaseEnd.LEFT, now=now)
    if outcome.credited_ms:
        day.credited_ms, day.tolerance_ms = outcome.day.credited_ms, outcome.day.tolerance_spent_ms
        day.save(update_fields=["credited_ms", "tolerance_ms"])
    return _answer(heartbeat, lease, progress, outcome, is_ended=is_ended), is_reached


def _locked_day(learner_id: int, now: datetime) -> StudyDay:
    """The learner's day, locked; opening a lease made it, unless midnight passed since."""
    on = timezone.localdate(now)
    days = StudyDay.objects.select_for_update().filter(learner_id=learner_id, on=on)
    found = days.first()
    if found is None:
        StudyDay.objects.bulk_create([StudyDay(learner_id=learner_id, on=on)], ignore_conflicts=True)
        found = days.get()
    return found


def _write_progress(
    progress: LessonProgress, outcome: CreditOutcome, heartbeat: Heartbeat, *, is_ended: bool, now: datetime
) -> None:
    if is_ended:
        return
    progress.position_ms = heartbeat.position_ms
    progress.updated_at = now
    changed = ["position_ms", "updated_at"]
    if outcome.credited_ms:
        progress.coverage = [list(piece) for piece in outcome.coverage]
        progress.credited_ms = total(outcome.coverage)
        changed += ["coverage", "credited_ms"]
        if progress.reached_at is None and progress.credited_ms >= heartbeat.claims.required_ms:
            progress.reached_at = now
            changed.append("reached_at")
    progress.save(update_fields=changed)


def _write_lease(lease: PlayLease, outcome: CreditOutcome, *, now: datetime) -> None:
    lease.last_heard_at = max(now, lease.last_heard_at)
    lease.last_sequence = outcome.lease.last_sequence
    lease.credited_ms = outcome.lease.credited_ms
    for reason, ms in outcome.not_counted.items():
        lease.not_counted[reason.value] = min(MAX_REASON_MS, lease.not_counted.get(reason.value, 0) + ms)
    lease.save(update_fields=["last_heard_at", "last_sequence", "credited_ms", "not_counted"])


def _end(lease: PlayLease, reason: LeaseEnd, *, now: datetime) -> None:
    lease.ended_at, lease.end_reason = now, reason
    lease.save(update_fields=["ended_at", "end_reason"])


def _answer(
    heartbeat: Heartbeat, lease: PlayLease, progress: LessonProgress, outcome: CreditOutcome, *, is_ended: bool
) -> HeartbeatAnswer:
    not_counted = dict(outcome.not_counted)
    status = "counted"
    if outcome.ignored is not None:
        status = "repeated"
        claimed_ms = sum(end - start for start, end in heartbeat.report.intervals)
        not_counted = {NotCountedReason.WRONG_SEQUENCE: claimed_ms} if claimed_ms else {}
    if is_ended:
        status = "lease_ended"
    return HeartbeatAnswer(
        status=status,
        sequence=lease.last_sequence,
        credited_ms=progress.credited_ms,
        required_ms=heartbeat.claims.required_ms,
        newly_ms=outcome.credited_ms,
        not_counted=not_counted,
        coverage=_coverage(progress),
        completed=progress.reached_at is not None,
        end_reason=str(lease.end_reason) or (LeaseEnd.SILENT.value if is_ended else ""),
    )


def _coverage(progress: LessonProgress) -> Intervals:
    return merge((start, end) for start, end in progress.coverage)


def _lease_state(lease: PlayLease) -> LeaseState:
    return LeaseState(
        opened_at_ms=_ms(lease.opened_at),
        last_heard_at_ms=_ms(lease.last_heard_at),
        last_sequence=lease.last_sequence,
        credited_ms=lease.credited_ms,
    )


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
