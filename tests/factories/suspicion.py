"""Study that shows a signal, for tests."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from accounts.models import Authority
from courses.models import Course
from tests.factories.accounts import make_learner
from tests.factories.tracking import NOW, make_ce_year, make_course, make_enrolment, make_lease
from tracking.enums import ChallengeKind, ChallengeOutcome
from tracking.models import Challenge, PlayLease, SuspicionCase
from tracking.operations import end_lease, find_suspicions

DEVICE = "d" * 32


def colleagues(number: int, *, device_key: str = DEVICE, now: datetime = NOW, **year: Any) -> list[PlayLease]:
    """So many learners of one authority, who studied on one device ten minutes after each other."""
    first = make_ce_year(now=now, **year)
    course = make_course(post=first.post, video_ms=60_000)
    leases = []
    for each in range(number):
        ce_year = first if each == 0 else make_ce_year(authority=first.authority, post=first.post, now=now)
        at = now + timedelta(minutes=10 * each)
        leases.append(study_once(ce_year, course, device_key=device_key, at=at))
    return leases


def study_once(ce_year: Any, course: Course, *, device_key: str, at: datetime, **facts: Any) -> PlayLease:
    """A lease of the year's learner on the course's first lesson, ended at once; ``facts`` as stored."""
    enrolment = make_enrolment(ce_year=ce_year, course=course, now=at)
    lease = end_lease(lease_id=make_lease(enrolment=enrolment, now=at, device_key=device_key).pk, now=at)
    if facts:
        PlayLease.objects.filter(pk=lease.pk).update(**facts)
        lease.refresh_from_db()
    return lease


def make_answers(lease: PlayLease, *seconds: float, kind: str = ChallengeKind.QUIZ, start: datetime = NOW) -> None:
    """Right answers, ten minutes after each other, that took so many seconds."""
    for number, took in enumerate(seconds):
        at = start + timedelta(minutes=10 * number)
        Challenge.objects.create(
            learner=lease.learner,
            lease=lease,
            lesson=lease.lesson,
            kind=kind,
            prompt="测试题目",
            options=[{"key": "a", "text": "甲"}, {"key": "b", "text": "乙"}],
            right_key="a",
            chosen_key="a",
            asked_at=at,
            expires_at=at + timedelta(seconds=60),
            answered_at=at + timedelta(seconds=took),
            outcome=ChallengeOutcome.RIGHT,
        )


def make_case(*, authority: Authority | None = None, full_name: str = "测试张三", **year: Any) -> SuspicionCase:
    """An open case of one of four colleagues, found by the system."""
    options = {"authority": authority, **year} if authority else year
    first = colleagues(1, learner=make_learner(full_name=full_name), device_key="e" * 32, **options)[0]
    for number in range(1, 4):
        other = make_ce_year(authority=first.enrolment.ce_year.authority, post=first.enrolment.ce_year.post)
        study_once(other, first.enrolment.course, device_key="e" * 32, at=NOW + timedelta(minutes=number))
    find_suspicions(now=NOW + timedelta(hours=1))
    return SuspicionCase.objects.get(learner=first.learner)
