"""A lesson studied to the end is booked once."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from courses.enums import Block
from tests.factories.tracking import (
    NOW,
    first_lesson,
    make_ce_year,
    make_course,
    make_enrolment,
    make_entry,
    make_lease,
)
from tracking.enums import LedgerSource
from tracking.models import CeYear, Enrolment, LedgerEntry, LessonProgress, PlayLease, Recognition
from tracking.operations import LessonIncompleteError, complete_lesson, enrol_learner
from tracking.operations.completion import evidence_digest

pytestmark = pytest.mark.django_db


def study(enrolment: Enrolment, *, at: timedelta = timedelta()) -> LessonProgress:
    """Leave the first lesson as it stands when its coverage is complete and nothing is booked yet."""
    lease = make_lease(enrolment=enrolment, now=NOW + at, take_over=True)
    LessonProgress.objects.filter(enrolment=enrolment).update(
        coverage=[[0, 55_000]], credited_ms=55_000, reached_at=NOW + at
    )
    return LessonProgress.objects.get(enrolment=enrolment, lesson=lease.lesson)


def book(progress: LessonProgress) -> LessonProgress:
    return complete_lesson(
        enrolment_id=progress.enrolment_id, lesson_id=progress.lesson_id, now=NOW + timedelta(minutes=2)
    )


def test_entry_says_what_was_earned_when_and_on_what_evidence() -> None:
    progress = study(make_enrolment())
    book(progress)
    entry = LedgerEntry.objects.get()
    lesson, year = first_lesson(progress.enrolment), progress.enrolment.ce_year
    assert (entry.block, entry.minutes, entry.source) == (Block.PROFESSIONAL, 1, LedgerSource.LESSON)
    assert (entry.label, entry.earned_on, entry.earned_at) == (2026, date(2026, 3, 2), NOW)
    assert (entry.authority_id, entry.post_id, entry.policy_id) == (year.authority_id, year.post_id, year.policy_id)
    assert (entry.edition_id, entry.lesson_key) == (lesson.edition_id, lesson.lesson_key)
    assert entry.evidence_digest == evidence_digest(progress.enrolment, lesson, progress)
    assert LessonProgress.objects.get().completed_at == NOW + timedelta(minutes=2)


def test_evidence_changes_with_what_was_watched() -> None:
    progress = study(make_enrolment())
    lesson = first_lesson(progress.enrolment)
    before = evidence_digest(progress.enrolment, lesson, progress)
    progress.coverage = [[0, 54_999]]
    assert evidence_digest(progress.enrolment, lesson, progress) != before


def test_evidence_names_the_leases_that_earned_something_alone() -> None:
    progress = study(make_enrolment())
    lesson = first_lesson(progress.enrolment)
    PlayLease.objects.update(credited_ms=55_000)
    before = evidence_digest(progress.enrolment, lesson, progress)
    lease = PlayLease.objects.get()
    lease.pk, lease.uuid, lease.credited_ms = None, uuid4(), 0
    lease.ended_at, lease.end_reason = NOW, "left"
    lease.save(force_insert=True)
    assert evidence_digest(progress.enrolment, lesson, progress) == before
    PlayLease.objects.update(credited_ms=1)
    assert evidence_digest(progress.enrolment, lesson, progress) != before


def test_booking_twice_books_once() -> None:
    progress = study(make_enrolment())
    assert book(progress) == book(progress)
    assert LedgerEntry.objects.count() == 1


def test_incomplete_lesson_is_not_booked() -> None:
    lease = make_lease()
    with pytest.raises(LessonIncompleteError) as refusal:
        complete_lesson(enrolment_id=lease.enrolment_id, lesson_id=lease.lesson_id, now=NOW)
    assert (refusal.value.missing_ms, LedgerEntry.objects.count()) == (55_000, 0)


def test_common_credit_belongs_to_no_post() -> None:
    year = make_ce_year()
    enrolment = enrol_learner(learner=year.learner, course=make_course(video_ms=60_000), now=NOW)
    book(study(enrolment))
    entry = LedgerEntry.objects.get()
    assert (entry.block, entry.post) == (Block.COMMON, None)


def test_same_lesson_for_another_post_adds_no_entry_in_the_same_year() -> None:
    first = make_ce_year()
    second = make_ce_year(learner=first.learner, authority=first.authority)
    enrolment = make_enrolment(ce_year=first)
    book(study(enrolment))
    again = Enrolment.objects.create(
        learner=first.learner,
        course=enrolment.course,
        edition=enrolment.edition,
        ce_year=second,
        enrolled_at=NOW,
    )
    progress = book(study(again, at=timedelta(minutes=30)))
    assert progress.completed_at is not None
    assert LedgerEntry.objects.get().post_id == first.post_id


def test_last_lesson_meets_the_year_and_recognises_it_by_policy() -> None:
    year = make_ce_year()
    make_entry(ce_year=year, block=Block.COMMON)
    make_entry(ce_year=year, block=Block.PROFESSIONAL)
    book(study(make_enrolment(ce_year=year)))
    year.refresh_from_db()
    assert year.met_at == NOW + timedelta(minutes=2)
    recognition = Recognition.objects.get()
    assert (recognition.ce_year, recognition.decided_by, recognition.outcome) == (year, None, "recognised")
    assert (recognition.common_minutes, recognition.professional_minutes) == (1, 2)


def test_year_that_an_officer_decides_is_met_and_waits() -> None:
    year = make_ce_year(policy={"recognition": "officer"})
    make_entry(ce_year=year, block=Block.PROFESSIONAL, minutes=2)
    book(study(make_enrolment(ce_year=year)))
    year.refresh_from_db()
    assert year.met_at is not None
    assert Recognition.objects.count() == 0


def test_year_with_a_test_to_pass_waits_for_a_person() -> None:
    year = make_ce_year(policy={"exam_required": True})
    make_entry(ce_year=year, block=Block.PROFESSIONAL, minutes=2)
    book(study(make_enrolment(ce_year=year)))
    assert (CeYear.objects.get().met_at is not None, Recognition.objects.count()) == (True, 0)


def test_common_lesson_meets_the_years_of_all_posts() -> None:
    first = make_ce_year()
    second = make_ce_year(learner=first.learner, authority=first.authority)
    for year in (first, second):
        make_entry(ce_year=year, block=Block.PROFESSIONAL, minutes=2)
    enrolment = enrol_learner(learner=first.learner, course=make_course(video_ms=60_000), now=NOW)
    book(study(enrolment))
    assert set(Recognition.objects.values_list("ce_year_id", flat=True)) == {first.pk, second.pk}


def test_met_at_is_set_once() -> None:
    year = make_ce_year()
    make_entry(ce_year=year, block=Block.PROFESSIONAL, minutes=3)
    book(study(make_enrolment(ce_year=year)))
    met_at = CeYear.objects.get().met_at
    book(study(make_enrolment(ce_year=year), at=timedelta(hours=2)))
    assert (CeYear.objects.get().met_at, LedgerEntry.objects.count()) == (met_at, 3)
