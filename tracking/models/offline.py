"""Hours studied in a classroom: claimed with evidence, recognised by an officer."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Authority, Learner, TrainingInstitution
from courses.enums import Block
from lms.lib.append_only import AppendOnlyModel
from lms.lib.public_id import PublicIdModel
from tracking.enums import OfflineState
from tracking.models.ce_year import CeYear


class OfflineStudy(PublicIdModel):
    """A learner's classroom training, as claimed by the learner or the institution, and the officer's decision.

    ``minutes`` are whole minutes, as claimed; ``recognised_minutes`` what the officer allowed of them. ``institution``
    is empty where the learner names one that is not on the list, in ``institution_name``.
    """

    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="offline_studies")
    ce_year = models.ForeignKey(CeYear, on_delete=models.PROTECT, related_name="offline_studies")
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="offline_studies")
    institution = models.ForeignKey(
        TrainingInstitution, on_delete=models.PROTECT, null=True, blank=True, related_name="offline_studies"
    )
    institution_name = models.CharField(_("培训机构"), max_length=120)
    title = models.CharField(_("培训内容"), max_length=120)
    block = models.CharField(_("模块"), max_length=12, choices=Block)
    minutes = models.PositiveIntegerField(_("申报分钟"))
    studied_from = models.DateField(_("开始日期"))
    studied_to = models.DateField(_("结束日期"))
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    filed_at = models.DateTimeField(_("申报时间"))
    state = models.CharField(_("状态"), max_length=12, choices=OfflineState, default=OfflineState.FILED)
    recognised_minutes = models.PositiveIntegerField(_("认定分钟"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("处理时间"), null=True, blank=True)
    reason = models.CharField(_("理由"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("线下学时申报")
        verbose_name_plural = _("线下学时申报")
        constraints = [
            models.CheckConstraint(condition=Q(studied_to__gte=F("studied_from")), name="offline_days_in_order"),
            models.CheckConstraint(condition=Q(minutes__gt=0), name="offline_minutes_positive"),
            models.CheckConstraint(
                condition=Q(state=OfflineState.FILED, decided_at__isnull=True, recognised_minutes__isnull=True)
                | Q(state=OfflineState.WITHDRAWN, decided_at__isnull=False, recognised_minutes__isnull=True)
                | (
                    Q(state=OfflineState.REFUSED, decided_at__isnull=False, decided_by__isnull=False)
                    & Q(recognised_minutes__isnull=True)
                    & ~Q(reason="")
                )
                | Q(
                    state=OfflineState.RECOGNISED,
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                    recognised_minutes__isnull=False,
                    recognised_minutes__gt=0,
                    recognised_minutes__lte=F("minutes"),
                ),
                name="offline_decision_is_whole",
            ),
        ]
        indexes = [
            models.Index(
                fields=["authority", "filed_at"], condition=Q(state=OfflineState.FILED), name="offline_waiting"
            ),
            models.Index(fields=["learner", "filed_at"], name="offline_of_learner"),
        ]

    def __str__(self) -> str:
        return f"{self.learner} · {self.title}"


class OfflineEvidence(PublicIdModel, AppendOnlyModel):
    """A scan that proves classroom training. ``path`` is in the private store."""

    study = models.ForeignKey(OfflineStudy, on_delete=models.PROTECT, related_name="evidence")
    name = models.CharField(_("文件名"), max_length=120)
    content_type = models.CharField(max_length=40)
    path = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveIntegerField()
    added_at = models.DateTimeField()

    class Meta:
        verbose_name = _("证明材料")
        verbose_name_plural = _("证明材料")
        constraints = [models.UniqueConstraint(fields=["study", "sha256"], name="offline_evidence_once")]

    def __str__(self) -> str:
        return self.name
