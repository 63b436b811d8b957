"""What a person must look at: disputes by learners, signals of the system."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Authority, Learner
from courses.models import Lesson
from lms.lib.public_id import PublicIdModel
from tracking.enums import CaseOutcome, DisputeState, Signal
from tracking.models.study import Enrolment


class Dispute(PublicIdModel):
    """A learner says that a lesson was not counted rightly; a person answers."""

    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="disputes")
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="disputes")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="disputes")
    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="disputes")
    text = models.TextField(_("说明"), max_length=1000)
    facts = models.JSONField(default=dict)
    filed_at = models.DateTimeField(_("提交时间"))
    state = models.CharField(_("状态"), max_length=10, choices=DisputeState, default=DisputeState.FILED)
    answer = models.TextField(_("答复"), max_length=1000, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("学时异议")
        verbose_name_plural = _("学时异议")
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "lesson"], condition=Q(state=DisputeState.FILED), name="one_open_dispute_a_lesson"
            ),
            models.CheckConstraint(
                condition=Q(state=DisputeState.FILED, answered_at__isnull=True)
                | (~Q(state=DisputeState.FILED) & Q(answered_at__isnull=False, answered_by__isnull=False)),
                name="dispute_answer_is_whole",
            ),
        ]
        indexes = [
            models.Index(
                fields=["authority", "filed_at"], condition=Q(state=DisputeState.FILED), name="dispute_waiting"
            )
        ]

    def __str__(self) -> str:
        return f"{self.learner} · {self.lesson}"


class SuspicionCase(PublicIdModel):
    """A signal that an officer should look at. While it is open and holds, the learner's years wait for a person.

    ``fingerprint`` names what was seen, so that the same sight opens one case; ``evidence`` is what the officer reads.
    """

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="suspicion_cases")
    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="suspicion_cases")
    signal = models.CharField(_("信号"), max_length=16, choices=Signal)
    fingerprint = models.CharField(max_length=64)
    evidence = models.JSONField(default=dict)
    holds_credit = models.BooleanField(_("暂缓认定"), default=True)
    opened_at = models.DateTimeField(_("发现时间"))
    outcome = models.CharField(_("处理结果"), max_length=10, choices=CaseOutcome, default=CaseOutcome.OPEN)
    closed_at = models.DateTimeField(_("处理时间"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(_("理由"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("异常线索")
        verbose_name_plural = _("异常线索")
        constraints = [
            models.UniqueConstraint(fields=["learner", "signal", "fingerprint"], name="suspicion_case_once"),
            models.CheckConstraint(
                condition=Q(outcome=CaseOutcome.OPEN, closed_at__isnull=True)
                | (~Q(outcome=CaseOutcome.OPEN) & Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(reason="")),
                name="suspicion_closed_by_a_person",
            ),
        ]
        indexes = [
            models.Index(
                fields=["authority", "opened_at"], condition=Q(outcome=CaseOutcome.OPEN), name="suspicion_waiting"
            ),
            models.Index(fields=["learner"], condition=Q(outcome=CaseOutcome.OPEN), name="suspicion_of_learner"),
        ]

    def __str__(self) -> str:
        return f"{self.learner_id} · {self.signal}"
