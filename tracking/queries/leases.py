"""Reads about play leases: terms, tokens, and who holds one."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import BigIntegerField, Count, QuerySet, Sum
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, JSONObject
from django.utils import timezone

from accounts.models import Learner
from courses.enums import MEDIA_KINDS, LessonKind
from courses.models import Lesson
from courses.queries import policy_in_force
from tracking.enums import NotCountedReason
from tracking.models import PlayLease
from tracking.queries.policies import policy_key
from tracking.rules.lease_token import TOKEN_LIFETIME_S, LeaseClaims, sign_lease_token
from tracking.rules.lesson_terms import LessonTerms, terms_of_lesson
from tracking.rules.play_credit import limits_of
from tracking.rules.scorm_hours import CLAIM_REASONS

SILENT_AFTER = timedelta(minutes=15)
LEASE_LIFETIME = timedelta(hours=12)


def lease_key() -> bytes:
    """The key that signs lease tokens: derived from the site's secret, of no use for anything else."""
    return _derived_key(settings.SECRET_KEY)


def old_lease_keys() -> tuple[bytes, ...]:
    """Keys of earlier secrets, while Django still honours them: who is studying goes on when the secret changes."""
    return tuple(_derived_key(secret) for secret in settings.SECRET_KEY_FALLBACKS)


def _derived_key(secret: str) -> bytes:
    return hashlib.sha256(b"xueshi play lease\x1f" + secret.encode()).digest()


def lesson_terms(lesson: Lesson) -> LessonTerms:
    """How long the lesson is and how much of it is asked. Costs nothing where ``lesson.video`` is loaded."""
    duration_ms = lesson.video.duration_ms if lesson.kind in MEDIA_KINDS and lesson.video else None
    return terms_of_lesson(required_seconds=lesson.required_seconds, video_duration_ms=duration_ms)


def lease_token(lease: PlayLease) -> str:
    """A token of a lease: two hours long, renewed while it is used, with the limits of the day's policy."""
    opened_on = timezone.localdate(lease.opened_at)
    rules = policy_in_force(authority=lease.enrolment.ce_year.authority, on=opened_on)
    limits = limits_of(rules)
    zone = ZoneInfo(lease.learner.time_zone)
    offset = lease.opened_at.astimezone(zone).utcoffset() or timedelta()
    token_expires_at_s = int(lease.last_heard_at.timestamp()) + TOKEN_LIFETIME_S
    terms = lesson_terms(lease.lesson)
    claims = LeaseClaims(
        lease_id=lease.pk,
        learner_id=lease.learner_id,
        enrolment_id=lease.enrolment_id,
        lesson_id=lease.lesson_id,
        policy_id=policy_key(rules),
        expires_at_s=min(int(lease.expires_at.timestamp()), token_expires_at_s),
        duration_ms=terms.duration_ms,
        required_ms=terms.required_ms,
        rate_permille=limits.rate_permille,
        daily_cap_ms=limits.daily_cap_ms,
        challenge_per_hour=rules.challenge_per_hour if rules.challenge_kind != "none" else 0,
        challenge_window_ms=rules.challenge_window_seconds * 1000,
        day_offset_minutes=int(offset.total_seconds()) // 60,
        lease_uuid=lease.uuid,
        is_judged=lease.lesson.kind == LessonKind.SCORM,
    )
    return sign_lease_token(claims, key=lease_key())


def live_lease_of(learner: Learner) -> PlayLease | None:
    """The learner's lease that nobody ended yet, with its lesson: at most one exists; one statement."""
    return PlayLease.objects.select_related("lesson").filter(learner=learner, ended_at__isnull=True).first()


def silent_leases(now: datetime) -> QuerySet[PlayLease]:
    """Leases that nobody ended and that were not heard of for :data:`SILENT_AFTER`, the longest silent first."""
    heard_before = now - SILENT_AFTER
    return PlayLease.objects.filter(ended_at__isnull=True, last_heard_at__lt=heard_before).order_by(
        "last_heard_at", "pk"
    )


class LeaseTotals(NamedTuple):
    """How many leases there are, and the milliseconds that earned nothing under them, by reason; none that are 0."""

    number: int
    not_counted: dict[str, int]

    @classmethod
    def read(cls, row: dict[str, int | None] | None) -> LeaseTotals:
        """From the row of :func:`summed_leases`; None where there was no lease."""
        sums = {reason: ms for reason, ms in sorted((row or {}).items()) if ms}
        return cls(sums.pop("number", 0), sums)


def summed_leases(leases: QuerySet[PlayLease]) -> QuerySet[PlayLease, dict[str, int | None]]:
    """Sum up the leases of one lesson where they stand, however many: one row, or none where there is no lease."""
    sums = {
        str(reason): Sum(Cast(KeyTextTransform(str(reason), "not_counted"), BigIntegerField()))
        for reason in NotCountedReason
        if reason not in CLAIM_REASONS
    }
    grouped = leases.order_by().values("lesson_id")
    return grouped.annotate(totals=JSONObject(number=Count("pk"), **sums)).values_list("totals", flat=True)
