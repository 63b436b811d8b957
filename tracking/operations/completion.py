"""Book a lesson that was studied to the end: exactly one entry of the ledger."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from courses.enums import Block
from courses.models import Lesson
from courses.queries import policy_in_force
from lms.lib.digests import digest
from lms.lib.errors import DomainError
from tracking.enums import LedgerSource
from tracking.models import Enrolment, LedgerEntry, LessonProgress, PlayLease
from tracking.operations.healing import heal_each
from tracking.operations.ledger import append_entry
from tracking.operations.recognition import settle_learner
from tracking.queries import policy_key, unbooked_progress


class LessonIncompleteError(DomainError):
    """Less was credited than the lesson asks for; ``missing_ms`` says by how much."""

    code = "lesson_incomplete"

    def __init__(self, missing_ms: int) -> None:
        self.missing_ms = missing_ms
        super().__init__(f"{missing_ms} ms are missing")


@transaction.atomic
def complete_lesson(*, enrolment_id: int, lesson_id: int, now: datetime) -> LessonProgress:
    """Book a lesson whose coverage is complete, and settle the years that this meets (safe to retry).

    One ledger entry a learner, lesson and CE year, whatever the edition and however often it is called; a lesson that
    the year knows already (studied for another post) adds none. The hours are dated when the study was done, not when
    it is booked. A year that becomes met is marked, and recognised where the policy does so by itself.

    :raises LessonIncompleteError: not enough was credited.
    """
    progress = (
        LessonProgress.objects.select_for_update(of=("self",))
        .select_related("lesson__edition", "enrolment__learner", "enrolment__ce_year__authority")
        .get(enrolment_id=enrolment_id, lesson_id=lesson_id)
    )
    if progress.completed_at is not None:
        return progress
    if progress.reached_at is None:
        raise LessonIncompleteError(progress.lesson.required_seconds * 1000 - progress.credited_ms)
    entry = _write_entry(progress)
    progress.completed_at = now
    progress.save(update_fields=["completed_at"])
    if entry is not None:
        settle_learner(learner_id=entry.learner_id, now=now)
    return progress


def book_completed_lessons(*, now: datetime) -> int:
    """Book every lesson that was studied to the end and not booked; returns how many."""
    waiting = list(unbooked_progress().values_list("enrolment_id", "lesson_id"))
    return heal_each(waiting, lambda row: complete_lesson(enrolment_id=row[0], lesson_id=row[1], now=now))


def _write_entry(progress: LessonProgress) -> LedgerEntry | None:
    """Write the entry, unless the year's window has the lesson already; None for a lesson that earns nothing."""
    enrolment, lesson = progress.enrolment, progress.lesson
    if lesson.credit_minutes == 0 or progress.reached_at is None:
        return None
    year = enrolment.ce_year
    earned_on = timezone.localdate(progress.reached_at)
    rules = policy_in_force(authority=year.authority, on=earned_on)
    is_common = lesson.edition.block == Block.COMMON
    entry = LedgerEntry(
        learner_id=enrolment.learner_id,
        authority_id=year.authority_id,
        post_id=None if is_common else year.post_id,
        block=lesson.edition.block,
        minutes=lesson.credit_minutes,
        ce_year=year,
        label=year.label,
        earned_on=earned_on,
        earned_at=progress.reached_at,
        source=LedgerSource.LESSON,
        edition_id=lesson.edition_id,
        lesson=lesson,
        lesson_key=lesson.lesson_key,
        policy_id=policy_key(rules),
        evidence_digest=evidence_digest(enrolment, lesson, progress),
    )
    return append_entry(entry=entry)


def evidence_digest(enrolment: Enrolment, lesson: Lesson, progress: LessonProgress) -> str:
    """SHA-256 over what proves the study: what was covered, under which leases it was earned, of which edition.

    Of a package also what it had reported when it was judged, and on which version: the progress keeps that.
    """
    leases = PlayLease.objects.filter(enrolment=enrolment, lesson=lesson, credited_ms__gt=0).order_by("pk")
    return digest(
        {
            "enrolment": enrolment.uuid,
            "lesson": lesson.uuid,
            "lesson_key": lesson.lesson_key,
            "edition": lesson.edition.substance_digest,
            "coverage": progress.coverage,
            "credited_ms": progress.credited_ms,
            "required_seconds": lesson.required_seconds,
            "reached_at": progress.reached_at,
            "leases": [[str(uuid), ms] for uuid, ms in leases.values_list("uuid", "credited_ms")],
            **({} if progress.scorm_verdict is None else {"scorm": progress.scorm_verdict}),
        }
    )
