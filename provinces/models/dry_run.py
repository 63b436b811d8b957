"""The trial of a changed policy: who would gain, who would lose."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Authority
from lms.lib.public_id import PublicIdModel
from provinces.enums import DryRunEffect, DryRunState
from tracking.models import CeYear


class PolicyDryRun(PublicIdModel):
    """One trial. ``changes`` are the changed fields by name, dates in ISO 8601; nothing of it is in force.

    ``total`` years were to be judged, ``checked`` have been, of which ``earlier`` open before the change would hold;
    ``counts`` are years by effect. A trial may be thrown away.
    """

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="policy_dry_runs")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="policy_dry_runs")
    asked_at = models.DateTimeField(_("提交时间"))
    effective_from = models.DateField(_("生效日期"))
    changes = models.JSONField(_("改动"))
    state = models.CharField(_("状态"), max_length=8, choices=DryRunState, default=DryRunState.QUEUED)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(_("完成时间"), null=True, blank=True)
    total = models.PositiveIntegerField(default=0)
    checked = models.PositiveIntegerField(default=0)
    earlier = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    failure = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("政策试算")
        verbose_name_plural = _("政策试算")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=DryRunState.DONE) | Q(finished_at__isnull=False), name="dry_run_done_has_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.authority_id} · {self.effective_from}"


class PolicyDryRunLine(models.Model):
    """One year for which the trial would change something. All ``*_minutes`` are whole minutes."""

    run = models.ForeignKey(PolicyDryRun, on_delete=models.CASCADE, related_name="lines")
    ce_year = models.ForeignKey(CeYear, on_delete=models.PROTECT, related_name="+")
    effect = models.CharField(_("影响"), max_length=10, choices=DryRunEffect)
    need_before_minutes = models.PositiveIntegerField()
    have_before_minutes = models.PositiveIntegerField()
    need_after_minutes = models.PositiveIntegerField()
    have_after_minutes = models.PositiveIntegerField()
    professional_missing_after_minutes = models.PositiveIntegerField(default=0)
    hour_minutes_before = models.PositiveSmallIntegerField()
    hour_minutes_after = models.PositiveSmallIntegerField()
    closes_after_on = models.DateField()

    class Meta:
        verbose_name = _("试算明细")
        verbose_name_plural = _("试算明细")
        constraints = [models.UniqueConstraint(fields=["run", "ce_year"], name="dry_run_line_once")]
        indexes = [models.Index(fields=["run", "effect", "id"], name="dry_run_line_listed")]

    def __str__(self) -> str:
        return f"{self.run_id} · {self.ce_year_id}"
