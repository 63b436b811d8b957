"""Judge whether a lesson that shows a package is learnt, and book it.

Coverage alone does not reach such a lesson: what its package reports must say so too. Whatever changes either side
(a report of the page, a commit of the package, an answer to a challenge) asks here, and the sweep asks again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from courses.enums import LessonKind
from tracking.enums import LeaseEnd
from tracking.models import LessonProgress, PlayLease
from tracking.operations.completion import complete_lesson
from tracking.operations.healing import heal_each
from tracking.operations.scorm_attempts import lock_attempts
from tracking.queries import PackageStanding, claims_by_lesson, package_standing, unjudged_lessons
from tracking.queries.leases import LEASE_LIFETIME, lesson_terms
from tracking.rules.scorm_hours import exact_score

LOOKED_BACK_FOR = LEASE_LIFETIME + timedelta(hours=24)  # late reports of a lease are taken for a day


def judge_scorm_lesson(*, enrolment_id: int, lesson_id: int, now: datetime) -> bool:
    """Book the lesson if enough time counts and the attempt that counts reports what is asked; whether it is booked.

    The hours are dated when the later of the two came, not when this is called; a year that was over by then gets
    none. Safe to retry. One statement where too little time was measured, whatever the package reports.
    """
    progress = _progress_rows().filter(enrolment_id=enrolment_id, lesson_id=lesson_id).first()
    if progress is None or progress.lesson.kind != LessonKind.SCORM:
        return False
    if progress.completed_at is not None:
        return True
    if progress.reached_at is None:
        measured = min(progress.credited_ms, lesson_terms(progress.lesson).duration_ms)
        if measured < lesson_terms(progress.lesson).required_ms:
            return False
        if not _reach(enrolment_id=enrolment_id, lesson_id=lesson_id, now=now):
            return False
    complete_lesson(enrolment_id=enrolment_id, lesson_id=lesson_id, now=now)
    return True


def judge_waiting_lessons(*, now: datetime) -> int:
    """Judge every lesson of a package whose time is enough and that nobody judged since; returns how many were booked.

    Looks at those that somebody studied within the last day and a half: in any other the next sitting asks again.
    """
    waiting = list(unjudged_lessons(since_opened=now - LOOKED_BACK_FOR).values_list("enrolment_id", "lesson_id"))
    booked: list[tuple[int, int]] = []

    def judge(row: tuple[int, int]) -> None:
        if judge_scorm_lesson(enrolment_id=row[0], lesson_id=row[1], now=now):
            booked.append(row)

    heal_each(waiting, judge)
    return len(booked)


@transaction.atomic
def _reach(*, enrolment_id: int, lesson_id: int, now: datetime) -> bool:
    """Lock attempts, lease and progress (in this order, everywhere); mark the lesson as learnt if it is."""
    attempts = lock_attempts(enrolment_id=enrolment_id, lesson_id=lesson_id)
    live = PlayLease.objects.select_for_update().filter(enrolment_id=enrolment_id, lesson_id=lesson_id)
    leases = list(live.filter(ended_at__isnull=True).order_by("pk"))
    progress = _progress_rows().select_for_update(of=("self",)).get(enrolment_id=enrolment_id, lesson_id=lesson_id)
    if progress.reached_at is not None:
        return True
    sittings = claims_by_lesson(enrolment_id, [lesson_id])[lesson_id]
    standing = package_standing(progress.lesson, attempts, sittings, measured_ms=progress.credited_ms)
    if not standing.is_reached or standing.counted is None:
        return False
    year = progress.enrolment.ce_year
    reached_at = min(now, max(progress.updated_at, standing.counted.touched_at))
    if not year.opens_on <= timezone.localdate(reached_at) <= year.closes_on:
        return False
    progress.reached_at, progress.scorm_verdict = reached_at, verdict_of(standing)
    progress.save(update_fields=["reached_at", "scorm_verdict"])
    for lease in leases:
        lease.ended_at, lease.end_reason = max(now, lease.last_heard_at), LeaseEnd.FINISHED
        lease.save(update_fields=["ended_at", "end_reason"])
    return True


def verdict_of(standing: PackageStanding) -> dict[str, Any]:
    """What decided, as plain JSON, kept because attempts go on changing: it is part of the entry's evidence."""
    counted = standing.counted
    if counted is None:
        raise ValueError("no attempt counts")
    return {
        "attempt": str(counted.uuid),
        "number": counted.number,
        "version": str(counted.video.uuid),
        "completion": str(counted.completion),
        "success": str(counted.success),
        "score_scaled": exact_score(counted.score_scaled),
        "claimed_ms": counted.claimed_ms,
        "goal": str(standing.lesson.scorm_goal),
        "counts": str(standing.lesson.counted_attempt),
        "measured_ms": standing.measured_ms,
        "claimed_in_all_ms": standing.claimed_ms,
        "declared_ms": standing.declared_ms,
        "credited_ms": standing.time.credited_ms,
        "cut": {reason.value: ms for reason, ms in standing.time.cut.items()},
    }


def _progress_rows() -> Any:
    return LessonProgress.objects.select_related("lesson__video", "enrolment__ce_year")
