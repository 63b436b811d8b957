"""How an authority issues: by itself or through the ministry, with which numbers, one by one or a night's worth."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import Authority
from certificates.enums import IssueItemState, IssuerMode, IssueRunState
from lms.lib.public_id import PublicIdModel
from tracking.models import CeYear


class IssuerProfile(models.Model):
    """How one authority's certificates come about; an authority without a row issues by itself.

    ``numbering`` names a scheme of ``rules/numbering.py``; ``uscc`` is the issuer's 统一社会信用代码, printed in the
    credential identifier; ``signer`` names a signer of the configuration, empty for the site's own.
    """

    authority = models.OneToOneField(Authority, on_delete=models.PROTECT, related_name="issuer_profile")
    mode = models.CharField(_("签发方式"), max_length=8, choices=IssuerMode, default=IssuerMode.OWN)
    numbering = models.CharField(_("编号规则"), max_length=40, default="authority-year")
    uscc = models.CharField(_("统一社会信用代码"), max_length=18, blank=True)
    signer = models.CharField(_("签名者"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("签发设置")
        verbose_name_plural = _("签发设置")

    def __str__(self) -> str:
        return str(self.authority)


class NumberSeries(models.Model):
    """Serials given out one after another, such as those of one authority in one year (``42-2026``)."""

    name = models.CharField(max_length=60, unique=True)
    last_serial = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return self.name


class FreeSerial(models.Model):
    """A serial that no certificate bears yet.

    ``held_for`` is the cause (a renewal, a correction) whose page is being set with it: nobody else takes it, and the
    next attempt at the same cause goes on with it, so a worker that dies loses no number. The transaction that writes
    the certificate deletes the row; an issue that is stopped lets it go. Two takers wait for each other only where a
    new handful must be laid out.
    """

    series = models.ForeignKey(NumberSeries, on_delete=models.PROTECT, related_name="free")
    serial = models.PositiveBigIntegerField()
    held_for = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "serial"], name="free_serial_once"),
            models.UniqueConstraint(fields=["series", "held_for"], name="free_serial_held_once"),
        ]

    def __str__(self) -> str:
        return f"{self.series} {self.serial}"


class IssueRun(PublicIdModel):
    """A mass issue: the recognised years of one authority, or of all, that wait for a certificate."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, null=True, blank=True, related_name="issue_runs")
    state = models.CharField(_("状态"), max_length=10, choices=IssueRunState, default=IssueRunState.RUNNING)
    total = models.PositiveIntegerField(_("总数"), default=0)
    started_at = models.DateTimeField(_("开始时间"))
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("批量签发")
        verbose_name_plural = _("批量签发")
        constraints = [
            models.UniqueConstraint(
                Coalesce("authority", 0),
                condition=Q(state__in=[IssueRunState.RUNNING, IssueRunState.PAUSED]),
                name="issue_run_open_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.authority or '—'} {self.started_at:%Y-%m-%d %H:%M}"


class IssueItem(models.Model):
    """One year of a mass issue. ``attempts`` is counted before the work, so that a row that kills workers is found.

    ``lane`` is the chain of messages that took it last: one that falls silent is sent again.
    """

    run = models.ForeignKey(IssueRun, on_delete=models.PROTECT, related_name="items")
    ce_year = models.ForeignKey(CeYear, on_delete=models.PROTECT, related_name="issue_items")
    state = models.CharField(_("状态"), max_length=10, choices=IssueItemState, default=IssueItemState.WAITING)
    attempts = models.PositiveSmallIntegerField(_("尝试次数"), default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    lane = models.PositiveSmallIntegerField(null=True, blank=True)
    done_at = models.DateTimeField(_("完成时间"), null=True, blank=True)
    failure = models.CharField(_("未完成原因"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("批量签发明细")
        verbose_name_plural = _("批量签发明细")
        constraints = [models.UniqueConstraint(fields=["run", "ce_year"], name="issue_item_once")]
        indexes = [models.Index(fields=["run", "state", "id"], name="issue_item_state")]

    def __str__(self) -> str:
        return f"{self.run} · {self.ce_year_id}"


class MinistryBatch(PublicIdModel):
    """One package of renewals handed to the ministry's system, which makes and signs the certificates.

    ``path`` is the package in the private storage. The renewals in it name the batch. ``report`` holds, for what came
    back, the refused lines with their reasons.
    """

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="ministry_batches")
    made_at = models.DateTimeField(_("生成时间"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    path = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    total = models.PositiveIntegerField(_("件数"))
    returned_at = models.DateTimeField(_("最近回传时间"), null=True, blank=True)
    report = models.JSONField(_("回传报告"), default=list)

    class Meta:
        verbose_name = _("报部数据包")
        verbose_name_plural = _("报部数据包")

    def __str__(self) -> str:
        return f"{self.authority} {self.made_at:%Y-%m-%d %H:%M}"
