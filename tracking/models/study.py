"""Enrolments, the play lease, and what was watched."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Learner
from courses.models import Course, CourseEdition, Lesson
from lms.lib.public_id import PublicIdModel
from tracking.enums import LeaseEnd
from tracking.models.ce_year import CeYear


class Enrolment(PublicIdModel):
    """A learner studies one edition of a course for one CE year."""

    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="enrolments")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="enrolments")
    edition = models.ForeignKey(CourseEdition, on_delete=models.PROTECT, related_name="enrolments")
    ce_year = models.ForeignKey(CeYear, on_delete=models.PROTECT, related_name="enrolments")
    enrolled_at = models.DateTimeField(_("报名时间"))

    class Meta:
        verbose_name = _("选课")
        verbose_name_plural = _("选课")
        constraints = [
            models.UniqueConstraint(fields=["learner", "course", "ce_year"], name="enrolment_once"),
        ]

    def __str__(self) -> str:
        return f"{self.learner} · {self.edition}"


class LessonProgress(models.Model):
    """What of a lesson was credited. ``coverage`` is a list of merged [start_ms, end_ms) pairs.

    ``provisional`` is what was watched after a challenge was asked: credit once the challenge is answered.
    ``position_ms`` is where to resume. ``reached_at`` is when enough was covered, ``completed_at`` when it was booked:
    a row with the first and without the second is what a crash left between the two. ``scorm_verdict`` is what decided
    that a package was learnt, None before it was and in every other lesson.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="progress")
    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="progress")
    coverage = models.JSONField(default=list)
    provisional = models.JSONField(default=list)
    credited_ms = models.PositiveIntegerField(default=0)
    position_ms = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField()
    reached_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    scorm_verdict = models.JSONField(null=True, blank=True)

    class Meta:
        verbose_name = _("课时进度")
        verbose_name_plural = _("课时进度")
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "lesson"], name="progress_once"),
            models.CheckConstraint(
                condition=Q(completed_at__isnull=True) | Q(reached_at__isnull=False),
                name="progress_booked_when_reached",
            ),
        ]
        indexes = [
            models.Index(
                fields=["reached_at"],
                condition=Q(reached_at__isnull=False, completed_at__isnull=True),
                name="progress_unbooked",
            )
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id} · {self.lesson_id}"


class PlayLease(PublicIdModel):
    """The right to earn credit, held by one place at a time. All times are the server's.

    ``credited_ms`` of this lease (what is provisional among it), ``not_counted`` milliseconds by reason code,
    ``last_sequence`` the newest report folded in. ``elapsed_ms`` is how long the lease had been held at the last
    report, counted by the clock that never steps: ``clock_ms`` is its reading, ``clock_boot`` the start of the machine
    it belongs to. ``challenge_ms`` is the ``elapsed_ms`` at which the challenge that stands was asked, -1 while none
    does. ``device_key`` is a digest of the browser's own random mark; ``trace`` a running digest of what was reported.
    """

    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="leases")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="leases")
    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="leases")
    device = models.CharField(_("设备"), max_length=120, blank=True)
    opened_at = models.DateTimeField(_("开始时间"))
    last_heard_at = models.DateTimeField(_("最近上报"))
    expires_at = models.DateTimeField(_("有效期至"))
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    end_reason = models.CharField(_("结束原因"), max_length=12, choices=LeaseEnd, blank=True)
    last_sequence = models.IntegerField(default=-1)
    credited_ms = models.PositiveIntegerField(default=0)
    not_counted = models.JSONField(default=dict)
    elapsed_ms = models.PositiveBigIntegerField(default=0)
    clock_ms = models.PositiveBigIntegerField(default=0)
    clock_boot = models.CharField(max_length=16, blank=True)
    challenge_ms = models.BigIntegerField(default=-1)
    device_key = models.CharField(max_length=32, blank=True)
    trace = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("播放租约")
        verbose_name_plural = _("播放租约")
        constraints = [
            models.UniqueConstraint(fields=["learner"], condition=Q(ended_at__isnull=True), name="one_lease_a_learner"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end_reason="") | (Q(ended_at__isnull=False) & ~Q(end_reason="")),
                name="lease_end_has_reason",
            ),
        ]
        indexes = [
            # not by last_heard_at: a report changes no indexed column, so PostgreSQL writes no index (HOT)
            models.Index(fields=["opened_at"], condition=Q(ended_at__isnull=True), name="lease_live"),
            models.Index(fields=["device_key", "opened_at"], condition=~Q(device_key=""), name="lease_by_device"),
            models.Index(fields=["enrolment", "lesson", "opened_at"], name="lease_of_lesson"),
            models.Index(fields=["learner", "opened_at"], name="lease_of_learner"),
            models.Index(fields=["opened_at"], name="lease_by_opening"),
        ]

    def __str__(self) -> str:
        return f"{self.learner_id} · {self.lesson_id} · {self.opened_at:%Y-%m-%d %H:%M}"


class StudyDay(models.Model):
    """What one learner earned on one day of the learner's time zone: the daily cap and the tolerance are spent here.

    ``next_challenge_ms`` is the credit of the day at which the next challenge is asked; None before it was drawn.
    """

    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="study_days")
    on = models.DateField(_("日期"))
    credited_ms = models.PositiveIntegerField(default=0)
    tolerance_ms = models.PositiveIntegerField(default=0)
    next_challenge_ms = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("学习日")
        verbose_name_plural = _("学习日")
        constraints = [models.UniqueConstraint(fields=["learner", "on"], name="study_day_once")]

    def __str__(self) -> str:
        return f"{self.learner_id} · {self.on}"
