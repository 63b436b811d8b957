"""Leases with a challenge standing, and questions to ask."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from courses.operations import QuestionDraft
from tests.factories.courses import make_edition, make_lesson_draft, make_ready_video, make_video_lesson_draft
from tests.factories.tracking import NOW, make_ce_year, make_lease
from tracking.models import Challenge, Enrolment, LessonProgress, PlayLease
from tracking.operations import ask_challenge, enrol_learner
from tracking.queries import lease_key, lease_token
from tracking.rules.lease_token import LeaseClaims, read_lease_token

QUESTIONS = (
    QuestionDraft("浇筑中严禁什么？", ["加水", "振捣", "收面"]),
    QuestionDraft("凭什么拆模？", ["同条件试件", "天数", "经验"]),
)
ASKING_POLICY = {"challenge_kind": "quiz"}


def make_asked_enrolment(
    *,
    questions: Sequence[QuestionDraft] = QUESTIONS,
    video_ms: int = 60_000,
    required_seconds: int = 55,
    others: int = 0,
    **policy: Any,
) -> Enrolment:
    """A learner enrolled where the policy asks questions, in a course of one video lesson and ``others`` readings."""
    year = make_ce_year(policy={**ASKING_POLICY, **policy})
    name = uuid4()
    video = make_ready_video(uuid=name, duration_ms=video_ms, hls_prefix=f"videos/{name}/hls")
    draft = make_video_lesson_draft(video=video, questions=questions, required_seconds=required_seconds)
    drafts = [draft, *(make_lesson_draft() for _ in range(others))]
    edition = make_edition(lessons=drafts, posts=[year.post])
    return enrol_learner(learner=year.learner, course=edition.course, now=NOW)


def make_challenged_lease(
    *,
    enrolment: Enrolment | None = None,
    coverage: Sequence[Sequence[int]] = ((0, 30_000),),
    provisional: Sequence[Sequence[int]] = ((30_000, 40_000),),
    now: datetime = NOW,
    **asked: Any,
) -> PlayLease:
    """A live lease on whose first lesson a challenge stands: 30 s of it are credit, 10 s wait for the answer."""
    lease = make_lease(enrolment=enrolment or make_asked_enrolment(**asked), now=now)
    PlayLease.objects.filter(pk=lease.pk).update(challenge_ms=30_000)
    LessonProgress.objects.filter(enrolment_id=lease.enrolment_id, lesson_id=lease.lesson_id).update(
        coverage=[list(piece) for piece in coverage],
        provisional=[list(piece) for piece in provisional],
        credited_ms=sum(end - start for start, end in coverage),
        position_ms=max((end for _start, end in (*coverage, *provisional)), default=0),
    )
    lease.refresh_from_db()
    return lease


def claims_of(lease: PlayLease) -> LeaseClaims:
    """What the lease's token says."""
    return read_lease_token(lease_token(lease), key=lease_key())


def make_challenge(lease: PlayLease, *, now: datetime = NOW) -> Challenge:
    """The challenge that the lease's learner is shown."""
    challenge = ask_challenge(claims=claims_of(lease), now=now)
    assert challenge is not None
    return challenge


def wrong_key(challenge: Challenge) -> str:
    """The key of an option that is not right."""
    return next(option["key"] for option in challenge.options if option["key"] != challenge.right_key)


def progress_of(lease: PlayLease) -> LessonProgress:
    """The progress of the lease's lesson."""
    return LessonProgress.objects.get(enrolment_id=lease.enrolment_id, lesson_id=lease.lesson_id)
