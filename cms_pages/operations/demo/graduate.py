"""One learner of the demonstration whose certificate was renewed already, so that there is one to verify."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from accounts.models import Learner
from certificates.models import Certificate, Holding
from certificates.operations import renew_certificate
from cms_pages.operations.demo.people import claim_all, make_learner
from courses.models import Course, Lesson
from courses.queries import courses_for_post, lessons_of
from tracking.models import CeYear, LessonProgress
from tracking.operations import complete_lesson, enrol_learner
from tracking.queries import standing_of_year


def make_graduate(people: dict[str, Any], passwords: dict[str, str], *, now: datetime) -> Certificate:
    """Let the graduate have studied, up to a day ago, what the year asks for, and renew the certificate.

    The study itself is invented: the lessons count as covered. All that follows is the ordinary road. Safe to retry.
    """
    person = people["graduate"]
    learner = make_learner(person, passwords, now=now)
    (holding,) = claim_all(learner, people["holders"], now=now - timedelta(days=3))
    issued: Certificate | None = Certificate.objects.filter(holding=holding).order_by("version").first()
    if issued is not None:
        return issued
    year = CeYear.objects.filter(learner=learner, post=holding.post).order_by("opens_on").get()
    _study(learner, holding, year, now=now - timedelta(days=1))
    return renew_certificate(ce_year_id=year.pk, now=now)


def _study(learner: Learner, holding: Holding, year: CeYear, *, now: datetime) -> None:
    for course in courses_for_post(holding.post):
        for lesson in lessons_of(course.current_edition) if course.current_edition else []:
            if standing_of_year(year).met:
                return
            _cover(learner, course, lesson, now=now)


def _cover(learner: Learner, course: Course, lesson: Lesson, *, now: datetime) -> None:
    enrolment = enrol_learner(learner=learner, course=course, now=now)
    covered_ms = lesson.required_seconds * 1000
    LessonProgress.objects.get_or_create(
        enrolment=enrolment,
        lesson=lesson,
        defaults={
            "coverage": [[0, covered_ms]],
            "credited_ms": covered_ms,
            "position_ms": covered_ms,
            "updated_at": now,
            "reached_at": now,
        },
    )
    complete_lesson(enrolment_id=enrolment.pk, lesson_id=lesson.pk, now=now)
