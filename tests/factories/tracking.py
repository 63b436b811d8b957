"""Years, enrolments, leases and ledger entries for tests."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from accounts.models import Authority
from courses.enums import Block
from courses.models import Course, HourPolicy, Lesson, Post
from tests.factories.accounts import make_authority, make_learner
from tests.factories.courses import (
    make_edition,
    make_lesson_draft,
    make_national_policy,
    make_policy,
    make_post,
    make_ready_video,
    make_video_lesson_draft,
)
from tracking.enums import CeYearKind, LedgerSource
from tracking.models import CeYear, Enrolment, LedgerEntry, PlayLease
from tracking.operations import append_entry, enrol_learner, open_ce_year, open_lease
from tracking.queries import lease_token

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # ten in the morning in Shanghai
LEGACY_ISSUED_ON = date(2017, 6, 1)

DEMO_RULES: dict[str, Any] = {
    "hour_minutes": 1,
    "annual_min_hours": 3,
    "professional_min_hours": 2,
    "renewal_min_hours": 3,
    "rolling_min_hours": 6,
}


def make_ruled_authority(**policy: Any) -> Authority:
    """An authority whose 学时 last a minute: 3 a year, of which 2 professional, 6 in two; ``policy`` changes them."""
    if not HourPolicy.objects.filter(authority__code="00").exists():
        make_national_policy()
    authority = make_authority()
    make_policy(authority=authority, **{**DEMO_RULES, **policy})
    return authority


def make_ce_year(**overrides: Any) -> CeYear:
    """A renewal year opened on ``now``; learner, post and authority (with one-minute 学时) are made unless given."""
    policy = overrides.pop("policy", {})
    values: dict[str, Any] = {
        "learner": overrides.pop("learner", None) or make_learner(),
        "post": overrides.pop("post", None) or make_post(),
        "authority": overrides.pop("authority", None) or make_ruled_authority(**policy),
        "kind": CeYearKind.RENEWAL,
        "issued_on": LEGACY_ISSUED_ON,
        "now": NOW,
    }
    return open_ce_year(**{**values, **overrides})


def make_annual_year(**overrides: Any) -> CeYear:
    """The annual year of a new certificate that holds ``now`` (2026-03-02), or the first to come; ``issued_on``
    2025-03-02 unless given.
    """
    return make_ce_year(**{"kind": CeYearKind.ANNUAL, "issued_on": date(2025, 3, 2), **overrides})


def make_course(*, post: Post | None = None, lessons: int = 1, video_ms: int | None = None, **lesson: Any) -> Course:
    """A published course of the post, or of the common block; readings of 55 s, or videos of ``video_ms``."""
    if video_ms is None:
        drafts = [make_lesson_draft(**lesson) for _ in range(lessons)]
    else:
        drafts = [_video_draft(video_ms, lesson) for _ in range(lessons)]
    block = Block.PROFESSIONAL if post else Block.COMMON
    edition = make_edition(lessons=drafts, block=block, posts=[post] if post else [])
    return edition.course


def _video_draft(video_ms: int, lesson: dict[str, Any]) -> Any:
    name = uuid4()
    places = {"hls_prefix": f"videos/{name}/hls", "mp4_path": f"videos/{name}/film.mp4"}
    video = make_ready_video(uuid=name, duration_ms=video_ms, poster_path=f"videos/{name}/poster.jpg", **places)
    return make_video_lesson_draft(video=video, **lesson)


def make_enrolment(**overrides: Any) -> Enrolment:
    """A learner enrolled in a course of one video of a minute (55 s required) for an open renewal year."""
    now = overrides.pop("now", NOW)
    policy = overrides.pop("policy", {})
    year = overrides.pop("ce_year", None) or make_ce_year(policy=policy, now=now)
    course = overrides.pop("course", None) or make_course(post=year.post, **{"video_ms": 60_000, **overrides})
    return enrol_learner(learner=year.learner, course=course, now=now)


def first_lesson(enrolment: Enrolment) -> Lesson:
    """The first lesson of the enrolment's edition."""
    return enrolment.edition.lessons.select_related("video").get(position=1)


def make_lease(*, enrolment: Enrolment | None = None, now: datetime = NOW, **overrides: Any) -> PlayLease:
    """A live lease on the first lesson."""
    enrolment = enrolment or make_enrolment(now=now)
    lesson = overrides.pop("lesson", None) or first_lesson(enrolment)
    return open_lease(enrolment=enrolment, lesson=lesson, now=now, **{"device": "Chrome · Windows", **overrides})


def report_body(lease: PlayLease, **overrides: Any) -> dict[str, Any]:
    """The body of an honest report; any member replaced."""
    values = {"sequence": 0, "intervals": [], "rate": 1.0, "visible": True, "position_ms": 0}
    return {"token": overrides.pop("token", None) or lease_token(lease), **values, **overrides}


def make_entry(*, ce_year: CeYear, block: Block, minutes: int = 1, **overrides: Any) -> LedgerEntry:
    """An entry of the ledger in the year's window, behind the back of the lessons."""
    course = make_course(post=ce_year.post if block == Block.PROFESSIONAL else None)
    lesson = course.current_edition.lessons.get() if course.current_edition else None
    values: dict[str, Any] = {
        "learner": ce_year.learner,
        "authority": ce_year.authority,
        "post": ce_year.post if block == Block.PROFESSIONAL else None,
        "block": block,
        "minutes": minutes,
        "ce_year": ce_year,
        "label": ce_year.label,
        "earned_on": ce_year.opens_on,
        "earned_at": NOW,
        "source": LedgerSource.LESSON,
        "edition": course.current_edition,
        "lesson": lesson,
        "lesson_key": uuid4(),
        "policy": ce_year.policy,
        "evidence_digest": hashlib.sha256(b"test").hexdigest(),
    }
    return append_entry(entry=LedgerEntry(**{**values, **overrides}))
