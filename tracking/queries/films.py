"""Which film a browser may have: that of the lease it holds, or of a lesson its learner has learnt."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, Q

from courses.models import Lesson
from media_pipeline.models import Video
from tracking.models import LedgerEntry, LessonProgress, PlayLease
from tracking.queries.devices import device_key_under
from tracking.queries.leases import SILENT_AFTER


def film_under_lease(lease_uuid: UUID, *, user_id: int, mark: str, now: datetime) -> Video | None:
    """The film of a lease that lives, for the person and the browser (``mark``) that hold it; None for anyone else.

    A lease that ended, expired, or was silent for 15 minutes gives nothing. One statement.
    """
    keys = [device_key_under(secret, mark) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    lease = (
        PlayLease.objects.select_related("lesson__video")
        .filter(Q(device_key="") | Q(device_key__in=keys))
        .filter(uuid=lease_uuid, learner__user_id=user_id, ended_at__isnull=True)
        .filter(expires_at__gt=now, last_heard_at__gte=now - SILENT_AFTER)
        .first()
    )
    return lease.lesson.video if lease else None


def film_learnt(enrolment_uuid: UUID, lesson_uuid: UUID, *, user_id: int) -> Video | None:
    """The film of a lesson of one's own enrolment that one has learnt, to be seen again; None before. One statement.

    Learnt is studied to the end under this enrolment, or booked for another one.
    """
    reached = LessonProgress.objects.filter(
        enrolment__uuid=enrolment_uuid, lesson=OuterRef("pk"), reached_at__isnull=False
    )
    booked = LedgerEntry.objects.filter(
        learner__user_id=user_id, lesson_key=OuterRef("lesson_key"), minutes__gt=0, reversal__isnull=True
    )
    lessons = Lesson.objects.select_related("video").filter(
        uuid=lesson_uuid, edition__enrolments__uuid=enrolment_uuid, edition__enrolments__learner__user_id=user_id
    )
    lesson = lessons.filter(Exists(reached) | Exists(booked)).first()
    return lesson.video if lesson else None
