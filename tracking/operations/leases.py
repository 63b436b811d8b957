"""Open and end play leases: the right to earn credit, held by one place at a time."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.operations import record_audit
from courses.enums import MEDIA_KINDS, LessonKind
from courses.models import Lesson
from lms.lib.errors import DomainError
from media_pipeline.enums import VideoState
from tracking.enums import LeaseEnd
from tracking.models import Enrolment, LedgerEntry, LessonProgress, PlayLease
from tracking.operations.lease_limit import refuse_too_many_leases
from tracking.operations.scorm_attempts import begin_scorm_sitting, lock_attempts
from tracking.operations.study_days import begin_days
from tracking.queries import LEASE_LIFETIME, SILENT_AFTER, silent_leases
from tracking.rules.heartbeat_fold import ended_wall_ms
from tracking.rules.server_clock import ClockReading, epoch_ms, reading_of


class LeaseHeldError(DomainError):
    """The learner is studying somewhere else; the lease in the way says where."""

    code = "lease_held"

    def __init__(self, lease: PlayLease) -> None:
        self.device = lease.device
        self.lesson_title = lease.lesson.title
        self.last_heard_at = lease.last_heard_at
        heard = timezone.localtime(lease.last_heard_at)
        place = lease.device or _("另一台设备或另一个页面")
        super().__init__(
            _("您正在另一处学习《{lesson}》（{place}，最近一次上报 {at:%H:%M}）。同一时间只能在一处计学时。").format(
                lesson=self.lesson_title, place=place, at=heard
            )
        )


class LessonNotPlayableError(DomainError):
    """The lesson cannot earn credit now; the message says why and what to do."""

    code = "not_playable"


@transaction.atomic
def open_lease(
    *,
    enrolment: Enrolment,
    lesson: Lesson,
    device: str,
    now: datetime,
    take_over: bool = False,
    replaces: UUID | None = None,
    device_key: str = "",
    clock: ClockReading | None = None,
) -> PlayLease:
    """Give the learner the right to earn credit for ``lesson``, in one place, no longer than the year is open.

    ``replaces`` names the lease that the same page held before it was reloaded: it ends as left. ``take_over`` ends
    whatever other lease lives. A lease silent for 15 minutes bars nobody. ``clock`` is what the lease's time is counted
    from; without one ``now`` is trusted. Where part of the lesson waits for an answer, a challenge stands at once.

    ``device_key`` is the digest of the browser's own mark, "" where it keeps none. On a package a sitting begins with
    the lease.

    :raises LeaseHeldError: another lease lives and neither was said.
    :raises LessonNotPlayableError: not of this edition, learnt already, no playable video, or the year is closed.
    :raises TooManyLeasesError: the learner began to study too often within the hour; what lives goes on.
    :raises AttemptsUsedUpError: the lesson's package may not be begun once more.
    """
    _check_playable(enrolment, lesson, now)
    is_package = lesson.kind == LessonKind.SCORM
    if is_package:
        lock_attempts(enrolment_id=enrolment.pk, lesson_id=lesson.pk)
    refuse_too_many_leases(enrolment.learner_id, now)
    reading = clock or reading_of(now)
    for held in _live_leases(enrolment.learner_id):
        reason = _reason_to_end(held, now=now, take_over=take_over, replaces=replaces)
        _end(held, reason, now=now if reason == LeaseEnd.SILENT else _held_until(held, reading))
    lease = _new_lease(enrolment, lesson, now, reading, device=device, device_key=device_key)
    try:
        with transaction.atomic():
            lease.save(force_insert=True)
    except IntegrityError:
        raise LeaseHeldError(_live_leases(enrolment.learner_id)[0]) from None  # the other place was a moment faster
    progress = LessonProgress(enrolment=enrolment, lesson=lesson, updated_at=now)
    LessonProgress.objects.bulk_create([progress], ignore_conflicts=True)  # what stands already stays
    begin_days([(lease.learner_id, now.astimezone(ZoneInfo(lease.learner.time_zone)).date())])
    if is_package:
        begin_scorm_sitting(lease=lease, now=now)
    return lease


@transaction.atomic
def end_lease(*, lease_id: int, now: datetime, reason: LeaseEnd = LeaseEnd.LEFT) -> PlayLease:
    """End a lease; one that has ended keeps its first reason (safe to retry)."""
    lease = PlayLease.objects.select_for_update().get(pk=lease_id)
    if lease.ended_at is None:
        _end(lease, reason, now=now)
    return lease


def end_silent_leases(*, now: datetime) -> int:
    """End every lease not heard of for 15 minutes, each by itself; returns how many."""
    ended = 0
    for lease_id in silent_leases(now).values_list("pk", flat=True):
        with transaction.atomic():
            lease = PlayLease.objects.select_for_update().get(pk=lease_id)
            if lease.ended_at is None and lease.last_heard_at < now - SILENT_AFTER:
                _end(lease, LeaseEnd.SILENT, now=now)
                ended += 1
    return ended


def _new_lease(
    enrolment: Enrolment, lesson: Lesson, now: datetime, reading: ClockReading, *, device: str, device_key: str
) -> PlayLease:
    waits = LessonProgress.objects.filter(enrolment=enrolment, lesson=lesson).exclude(provisional=[]).exists()
    return PlayLease(
        learner=enrolment.learner,
        enrolment=enrolment,
        lesson=lesson,
        device=device[:120],
        device_key=device_key,
        opened_at=now,
        last_heard_at=now,
        expires_at=min(now + LEASE_LIFETIME, _end_of(enrolment.ce_year.closes_on)),
        clock_boot=reading.boot,
        clock_ms=reading.monotonic_ms,
        challenge_ms=0 if waits else -1,
    )


def _live_leases(learner_id: int) -> list[PlayLease]:
    leases = PlayLease.objects.select_for_update(of=("self",)).select_related("lesson", "learner__user")
    return list(leases.filter(learner_id=learner_id, ended_at__isnull=True).order_by("pk"))


def _reason_to_end(held: PlayLease, *, now: datetime, take_over: bool, replaces: UUID | None) -> LeaseEnd:
    if held.uuid == replaces:
        return LeaseEnd.LEFT
    if held.last_heard_at < now - SILENT_AFTER or held.expires_at <= now:
        return LeaseEnd.SILENT
    if not take_over:
        raise LeaseHeldError(held)
    record_audit(
        actor=held.learner.user, action="lease.take_over", target=held, detail={"device": held.device}, now=now
    )
    return LeaseEnd.TAKEN_OVER


def _end(lease: PlayLease, reason: LeaseEnd, *, now: datetime) -> None:
    lease.ended_at = now
    lease.end_reason = reason
    lease.save(update_fields=["ended_at", "end_reason"])


def _held_until(lease: PlayLease, reading: ClockReading) -> datetime:
    """Until when a lease was held that ends now, by the clock that counts it: two wall clocks may differ."""
    heard_ms = epoch_ms(lease.last_heard_at)
    until_ms = ended_wall_ms(boot=lease.clock_boot, clock_ms=lease.clock_ms, heard_wall_ms=heard_ms, now=reading)
    return lease.last_heard_at + timedelta(milliseconds=until_ms - heard_ms)


def _end_of(day: date) -> datetime:
    """The midnight after ``day`` in the site's time zone: what is studied later would count for no year."""
    if day == date.max:
        return datetime.max.replace(tzinfo=UTC)
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def _check_playable(enrolment: Enrolment, lesson: Lesson, now: datetime) -> None:
    if lesson.edition_id != enrolment.edition_id:
        raise LessonNotPlayableError(_("这一课时不属于您所选课程的版次，请回到课程页重新选择。"), code="other_edition")
    year, today = enrolment.ce_year, timezone.localdate(now)
    if today < year.opens_on:
        message = _("本年度自 {day} 起计学时，此前的学习不计入。").format(day=year.opens_on.isoformat())
        raise LessonNotPlayableError(message, code="year_not_open")
    if today > year.closes_on:
        message = _("本年度已于 {day} 截止，继续学习不再计入这一年度。").format(day=year.closes_on.isoformat())
        raise LessonNotPlayableError(message, code="year_closed")
    video = lesson.video
    if lesson.kind in MEDIA_KINDS and (video is None or video.state != VideoState.READY):
        is_package = lesson.kind == LessonKind.SCORM
        film, package = _("视频正在准备，暂时不能播放，请稍后再来。"), _("课件正在准备，暂时不能打开，请稍后再来。")
        raise LessonNotPlayableError(package if is_package else film, code="video_not_ready")
    if LessonProgress.objects.filter(enrolment=enrolment, lesson=lesson, reached_at__isnull=False).exists():
        raise LessonNotPlayableError(_learnt_words(enrolment, lesson), code="learnt")


def _learnt_words(enrolment: Enrolment, lesson: Lesson) -> str:
    """What a learner is told who opens a lesson anew: its hours stand, or an officer has taken them back."""
    booked = LedgerEntry.objects.filter(
        learner_id=enrolment.learner_id, lesson_key=lesson.lesson_key, ce_year_id=enrolment.ce_year_id, minutes__gt=0
    )
    standing = booked.filter(reversal__isnull=True)
    if booked.exists() and not standing.exists():
        return _("本节学时已被冲正，重看不能再计；如有疑问请提出异议。")
    return _("本节已学完，重看不再计学时。")
