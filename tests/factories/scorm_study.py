"""Packages as rows, lessons that show them, and what they report, without a byte or a browser behind any of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from courses.enums import CountedAttempt, LessonKind, ScormGoal
from courses.models import Lesson
from media_pipeline.enums import MediaKind, ScormStandard
from media_pipeline.models import ScormContent, Video
from tests.factories.courses import NOW as COURSE_NOW
from tests.factories.courses import make_edition, make_lesson_draft, make_ready_video
from tests.factories.tracking import NOW, first_lesson, make_ce_year
from tracking.models import Enrolment, PlayLease, ScormActivity, ScormAttempt, ScormCommit, ScormSession
from tracking.operations import enrol_learner
from tracking.queries import lease_key, lease_token
from tracking.rules.heartbeat import Heartbeat
from tracking.rules.lease_token import read_lease_token
from tracking.rules.play_report import PlayReport


def make_outline(*items: tuple[str, str], title: str = "测试课件") -> dict[str, Any]:
    """An outline with one SCO an item; ``items`` are pairs of key and title."""
    children = [_item(key, words) for key, words in items or (("ITEM-1", "第一单元"), ("ITEM-2", "第二单元"))]
    root = {**_item("ORG-1", title), "launch": None, "children": children}
    return {
        "identifier": "TEST",
        "title": title,
        "standard": "1.2",
        "organization": "ORG-1",
        "organizations": [{"identifier": "ORG-1", "title": title}],
        "root": root,
    }


def make_package(**overrides: Any) -> Video:
    """A package that is ready: two items, ten minutes declared unless told otherwise."""
    seconds = overrides.pop("declared_seconds", 600)
    outline = overrides.pop("outline", None) or make_outline()
    standard = overrides.pop("standard", ScormStandard.V12)
    video = make_ready_video(kind=MediaKind.SCORM, duration_ms=seconds * 1000, **overrides)
    ScormContent.objects.create(
        video=video,
        standard=standard,
        identifier="TEST",
        outline=outline,
        files={"index.html": 4},
        file_count=1,
        unpacked_bytes=4,
        declared_seconds=seconds,
        imported_at=COURSE_NOW,
    )
    return video


def make_package_enrolment(**overrides: Any) -> Enrolment:
    """A learner enrolled in a course of one package: ten minutes declared, five required, completed asked for."""
    now = overrides.pop("now", NOW)
    year = overrides.pop("ce_year", None) or make_ce_year(policy=overrides.pop("policy", {}), now=now)
    video = overrides.pop("video", None) or make_package()
    terms = {
        "required_seconds": 300,
        "scorm_goal": ScormGoal.COMPLETED,
        "attempts_allowed": 0,
        "counted_attempt": CountedAttempt.BEST,
    }
    draft = make_lesson_draft(kind=LessonKind.SCORM, video=video, body_html="", **{**terms, **overrides})
    edition = make_edition(lessons=[draft], block="professional", posts=[year.post])
    return enrol_learner(learner=year.learner, course=edition.course, now=now)


def package_lesson(enrolment: Enrolment) -> Lesson:
    """The enrolment's lesson."""
    return first_lesson(enrolment)


def attempt_of(lease: PlayLease) -> ScormAttempt:
    """The newest attempt at the lease's lesson."""
    return ScormAttempt.objects.filter(enrolment_id=lease.enrolment_id, lesson_id=lease.lesson_id).latest("number")


def dwell(lease: PlayLease, *, sequence: int, start_ms: int, end_ms: int, visible: bool = True) -> Heartbeat:
    """A page's report that an item ran from ``start_ms`` to ``end_ms`` of the lesson's timeline."""
    claims = read_lease_token(lease_token(lease), key=lease_key())
    report = PlayReport(sequence=sequence, intervals=((start_ms, end_ms),), rate_permille=1000, visible=visible)
    return Heartbeat(claims=claims, report=report, position_ms=min(end_ms, claims.duration_ms))


def make_session(lease: PlayLease, *, attempt: ScormAttempt | None = None, **overrides: Any) -> ScormSession:
    """One launch of the first item under the lease, heard of for a minute from the lease's opening; no claim."""
    attempt = attempt or attempt_of(lease)
    began_at: datetime = overrides.pop("began_at", lease.opened_at)
    values: dict[str, Any] = {
        "attempt": attempt,
        "activity_key": "ITEM-1",
        "launch": uuid4(),
        "lease": lease,
        "generation": attempt.generation,
        "began_at": began_at,
        "heard_at": began_at + timedelta(minutes=1),
    }
    return ScormSession.objects.create(**{**values, **overrides})


def report(attempt: ScormAttempt, *, at: datetime, **standing: Any) -> ScormAttempt:
    """Leave the attempt as it stands after its package has reported ``standing``."""
    for name, value in {**standing, "touched_at": at}.items():
        setattr(attempt, name, value)
    attempt.save()
    return attempt


def make_activity(attempt: ScormAttempt, **overrides: Any) -> ScormActivity:
    """What the first item has stored: its status and a bookmark."""
    values: dict[str, Any] = {
        "attempt": attempt,
        "key": "ITEM-1",
        "elements": {"cmi.core.lesson_status": "incomplete", "cmi.core.lesson_location": "3"},
        "entry": "resume",
        "updated_at": attempt.touched_at,
    }
    return ScormActivity.objects.create(**{**values, **overrides})


def make_commit(attempt: ScormAttempt, *, sequence: int, **overrides: Any) -> ScormCommit:
    """A commit of the first item that says its status."""
    values: dict[str, Any] = {
        "attempt": attempt,
        "activity_key": "ITEM-1",
        "launch": uuid4(),
        "generation": attempt.generation,
        "sequence": sequence,
        "elements": {"cmi.core.lesson_status": "incomplete"},
        "received_at": attempt.touched_at + timedelta(seconds=sequence),
    }
    return ScormCommit.objects.create(**{**values, **overrides})


def _item(key: str, title: str) -> dict[str, Any]:
    launch = {"href": "index.html", "kind": "sco", "resource": f"RES-{key}"}
    return {"id": key, "title": title, "isVisible": True, "launch": launch, "sequencing": None, "children": []}
