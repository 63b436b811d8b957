"""The renewal of a holding by one met year."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from certificates.enums import IssueStop
from certificates.models.holding import Holding
from certificates.models.issuing import MinistryBatch
from lms.lib.public_id import PublicIdModel
from tracking.models import CeYear


class Renewal(PublicIdModel):
    """Recognised → reported → issued, each step once, each with its time. ``failure`` says why the next step waits.

    ``stopped_by`` is the kind of that reason, so that the renewal goes on by itself where the reason passes.
    ``attempts`` is counted before the page is set and cleared by whatever came of it, so that a renewal that kills its
    workers is found; ``claimed_at`` keeps two workers from setting the same page.
    ``ministry_batch`` is the package in which it went to the ministry's system, where that one issues.
    """

    ce_year = models.OneToOneField(CeYear, on_delete=models.PROTECT, related_name="renewal")
    holding = models.ForeignKey(Holding, on_delete=models.PROTECT, related_name="renewals")
    recognised_at = models.DateTimeField(_("认定时间"))
    reported_at = models.DateTimeField(_("上报时间"), null=True, blank=True)
    issued_at = models.DateTimeField(_("发证时间"), null=True, blank=True)
    failure = models.CharField(_("未完成原因"), max_length=300, blank=True)
    stopped_by = models.CharField(_("原因类别"), max_length=12, choices=IssueStop, blank=True)
    attempts = models.PositiveSmallIntegerField(_("尝试次数"), default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    ministry_batch = models.ForeignKey(
        MinistryBatch, on_delete=models.PROTECT, null=True, blank=True, related_name="renewals"
    )

    class Meta:
        verbose_name = _("换证")
        verbose_name_plural = _("换证")
        constraints = [
            models.CheckConstraint(
                condition=Q(issued_at__isnull=True) | Q(reported_at__isnull=False), name="renewal_reported_first"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.holding} · {self.ce_year.label}"
