"""What the page gives to the stage on which a package runs (docs/scorm.md describes the object)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import Learner, User
from courses.models import Lesson
from lms.lib.sealed import keyed_digest
from media_pipeline.models import ScormContent, Video
from media_pipeline.queries import ContentPurpose, content_address
from tracking.models import Enrolment, PlayLease, ScormActivity, ScormAttempt
from tracking.queries.scorm_attempts import was_moved
from tracking.queries.scorm_shared import shared_with
from tracking.queries.scorm_tokens import commit_token

LOW_WATER_MS = 30_000  # while an item runs, what it said is saved at least this often
LANGUAGE = "zh-CN"
LEARNER_ID_CHARS = 32
DRIVE_LASTS = timedelta(hours=4)


def scorm_launch(lease: PlayLease) -> dict[str, Any]:
    """How the package of a lease's lesson is launched: where it runs, what it is, and where its learner left off.

    Three statements, one more after an exchange of the package, and one more where it shares anything with others.
    Where the newest attempt has ended (all is reported, only time is missing, and no other may take its place) it is
    shown again, and nothing more is saved.

    :raises ScormAttempt.DoesNotExist: no sitting was begun under this lease.
    :raises ContentHostMissingError: the site has no host for packages.
    """
    attempts = ScormAttempt.objects.select_related("video__scorm")
    attempt = attempts.filter(enrolment_id=lease.enrolment_id, lesson_id=lease.lesson_id).latest("number")
    return _launch_of(attempt, lease.learner, expires_at=lease.expires_at, lease=lease)


def scorm_review_launch(enrolment: Enrolment, lesson: Lesson, *, now: datetime) -> dict[str, Any] | None:
    """How a package that was learnt is looked at again, without a lease: nothing is saved and no time counts.

    None where it was never begun. Two statements; ``enrolment`` has its learner.
    """
    attempts = ScormAttempt.objects.select_related("video__scorm").filter(enrolment=enrolment, lesson=lesson)
    attempt = attempts.order_by("-number").first()
    if attempt is None:
        return None
    return _launch_of(attempt, enrolment.learner, expires_at=now + DRIVE_LASTS, lease=None)


def scorm_drive_launch(video: Video, user: User, *, now: datetime) -> dict[str, Any]:
    """How a package is tried out: as a learner would get it at first, with nothing saved. At most one statement."""
    return {
        **_place(video, video.scorm, expires_at=now + DRIVE_LASTS, purpose=ContentPurpose.TRIAL),
        "attempt": None,
        "commit": None,
        "learner": {"id": _pseudonym("user", str(user.pk)), "name": user.get_full_name() or user.get_username()},
        "mode": "normal",
        "credit": "credit",
        **_beginning(),
    }


def _launch_of(
    attempt: ScormAttempt, learner: Learner, *, expires_at: datetime, lease: PlayLease | None
) -> dict[str, Any]:
    content = attempt.video.scorm
    goes_on = lease is not None and attempt.ended_at is None
    token = commit_token(attempt=attempt, lease=lease, standard=content.standard) if lease and goes_on else ""
    return {
        **_place(attempt.video, content, expires_at=expires_at, purpose=ContentPurpose.LEARNING),
        "attempt": {"uuid": str(attempt.uuid), "number": attempt.number, "generation": attempt.generation},
        "commit": {"url": "/scorm/commit", "token": token} if goes_on else None,
        "learner": {"id": _pseudonym("learner", str(learner.uuid)), "name": learner.full_name},
        "mode": "normal" if goes_on else "review",
        "credit": "credit" if goes_on else "no-credit",
        **_beginning(),
        "state": attempt.state or None,
        "shared": shared_with(learner, content.outline) if goes_on else None,
        "current": attempt.current,
        "isSuspended": attempt.is_suspended,
        "activities": {each.key: _activity(each) for each in attempt.activities.order_by("pk")},
        "lastSequence": attempt.last_sequence,
        "movedNotice": moved_notice() if goes_on and was_moved(attempt) else "",
    }


def moved_notice() -> str:
    """What a learner is told whose package was exchanged for another version."""
    return _("本课件已更新为新版本，请从头学习新版本；此前已计入的学习时间仍然有效，也不占用您的学习次数。")


def _place(video: Video, content: ScormContent, *, expires_at: datetime, purpose: ContentPurpose) -> dict[str, Any]:
    address = content_address(video, expires_at=expires_at, purpose=purpose)
    return {
        "stage": address.stage_url,
        "origin": address.origin,
        "fileBase": address.file_base,
        "standard": str(content.standard),
        "outline": content.outline,
        "language": LANGUAGE,
        "lowWaterMs": LOW_WATER_MS,
        "allow": {"suspendData": settings.XUESHI_SCORM_SUSPEND_CHARS},
    }


def _beginning() -> dict[str, Any]:
    return {
        "state": None,
        "shared": None,
        "current": "",
        "isSuspended": False,
        "activities": {},
        "lastSequence": -1,
        "movedNotice": "",
    }


def _activity(activity: ScormActivity) -> dict[str, Any]:
    return {"elements": activity.elements, "totalTimeMs": activity.total_time_ms, "entry": activity.entry}


def _pseudonym(kind: str, identity: str) -> str:
    """A name that a package may know its learner by: always the same here, of no meaning anywhere else."""
    return keyed_digest("scorm", kind, identity)[:LEARNER_ID_CHARS]
