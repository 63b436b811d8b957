"""Years of continuing education, and their recognition."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Authority, Learner
from courses.models import HourPolicy, Post
from lms.lib.append_only import AppendOnlyModel
from lms.lib.public_id import PublicIdModel
from tracking.enums import CertificateOrigin, CeYearKind, RecognitionOutcome


class CeYear(PublicIdModel):
    """One window in which one learner earns hours for one post; both days belong to it.

    ``label`` is the year's name on certificates ("2026 年继续教育"). It is judged by the policy in force on
    ``opens_on``; ``policy`` is the row that was known for that day when it was opened. ``met_at`` is since when the
    hours are complete, empty while they are not. ``anchor_on`` is the day from which an annual year and all that
    follow it are counted (an issue date), ``origin`` whether that certificate was new or renewed. ``decision`` is
    the outcome of the :class:`Recognition` that stands, empty while there is none: it makes the desk's lists short
    to find.
    ``due_on`` is the deadline that people are told where days of grace follow it up to ``closes_on``; empty where the
    last day itself is the deadline: see :attr:`deadline`.
    ``unfollowed_since``: no year follows this annual year yet, and after that day it is to be asked whether one
    does; its own last day, or the last day of asking in vain (the certificate had lapsed; asked again a week
    later, or when the learner's years are judged anew), empty once a year follows.
    """

    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="ce_years")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="ce_years")
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="ce_years")
    kind = models.CharField(_("类别"), max_length=8, choices=CeYearKind)
    label = models.PositiveSmallIntegerField(_("年度"))
    anchor_on = models.DateField(_("起算日"), null=True, blank=True)
    origin = models.CharField(max_length=8, choices=CertificateOrigin, blank=True)
    opens_on = models.DateField(_("起"))
    closes_on = models.DateField(_("止"))
    due_on = models.DateField(_("截止日期"), null=True, blank=True)
    policy = models.ForeignKey(HourPolicy, on_delete=models.PROTECT, related_name="ce_years")
    opened_at = models.DateTimeField(_("建立时间"))
    met_at = models.DateTimeField(_("学时达标时间"), null=True, blank=True)
    decision = models.CharField(_("认定结果"), max_length=10, choices=RecognitionOutcome, blank=True)
    unfollowed_since = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("继续教育年度")
        verbose_name_plural = _("继续教育年度")
        constraints = [
            models.UniqueConstraint(fields=["learner", "post", "authority", "opens_on"], name="ce_year_once"),
            models.CheckConstraint(condition=Q(closes_on__gte=F("opens_on")), name="ce_year_in_order"),
            models.CheckConstraint(
                condition=Q(due_on__isnull=True) | Q(due_on__gte=F("opens_on"), due_on__lt=F("closes_on")),
                name="ce_year_due_before_its_end",
            ),
        ]
        indexes = [
            models.Index(
                fields=["authority", "-met_at", "-id"],
                condition=Q(met_at__isnull=False, decision=""),
                name="ce_year_waiting",
            ),
            models.Index(
                fields=["authority", "id"], condition=Q(decision=RecognitionOutcome.REFUSED), name="ce_year_refused"
            ),
            models.Index(
                fields=["unfollowed_since"], condition=Q(unfollowed_since__isnull=False), name="ce_year_unfollowed"
            ),
            models.Index(fields=["closes_on", "id"], condition=Q(met_at__isnull=True), name="ce_year_unmet"),
        ]

    def __str__(self) -> str:
        return f"{self.learner} · {self.post} · {self.label}"

    @property
    def deadline(self) -> date:
        """The day by which the hours are asked for; it counts, and so do days of grace that follow it."""
        return self.due_on or self.closes_on

    @property
    def has_no_end(self) -> bool:
        """Whether no reader needs to plan for its last day: there is no deadline, or one of another generation."""
        return self.closes_on.year > self.opens_on.year + 50


class Recognition(PublicIdModel, AppendOnlyModel):
    """A decision on a year's hours. ``decided_by`` is empty where the policy recognises automatically.

    ``common_minutes`` and ``professional_minutes`` are the minutes that counted when it was decided.
    """

    ce_year = models.ForeignKey(CeYear, on_delete=models.PROTECT, related_name="recognitions")
    outcome = models.CharField(_("结果"), max_length=10, choices=RecognitionOutcome)
    common_minutes = models.PositiveIntegerField(_("公共分钟"))
    professional_minutes = models.PositiveIntegerField(_("专业分钟"))
    policy = models.ForeignKey(HourPolicy, on_delete=models.PROTECT, related_name="recognitions")
    decided_at = models.DateTimeField(_("认定时间"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="recognitions"
    )
    reason = models.CharField(_("理由"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("学时认定")
        verbose_name_plural = _("学时认定")
        indexes = [
            models.Index(
                fields=["decided_at", "id"],
                condition=Q(outcome=RecognitionOutcome.RECOGNISED),
                name="recognised_by_time",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["ce_year"], condition=Q(outcome=RecognitionOutcome.RECOGNISED), name="year_recognised_once"
            ),
            models.CheckConstraint(
                condition=Q(outcome=RecognitionOutcome.RECOGNISED) | ~Q(reason=""), name="refusal_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ce_year} · {self.get_outcome_display()}"


class YearBalance(models.Model):
    """What a year's entries come to: derived from the ledger, kept so that lists need not judge, rebuilt at any time.

    All ``*_minutes`` are whole minutes: ``studied_*`` in the window, ``counted_*`` what counts for the year; 学时 are
    ``hour_minutes`` of them each.
    """

    ce_year = models.OneToOneField(CeYear, on_delete=models.PROTECT, primary_key=True, related_name="balance")
    studied_common_minutes = models.PositiveIntegerField(default=0)
    studied_professional_minutes = models.PositiveIntegerField(default=0)
    counted_common_minutes = models.PositiveIntegerField(default=0)
    counted_professional_minutes = models.PositiveIntegerField(default=0)
    need_minutes = models.PositiveIntegerField(default=0)
    hour_minutes = models.PositiveSmallIntegerField(default=45)
    is_met = models.BooleanField(default=False)
    computed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("年度余额")
        verbose_name_plural = _("年度余额")

    def __str__(self) -> str:
        return f"{self.ce_year_id}"

    @property
    def counted_minutes(self) -> int:
        """Minutes that count, of both blocks."""
        return self.counted_common_minutes + self.counted_professional_minutes


class MakeUpApproval(PublicIdModel, AppendOnlyModel):
    """An officer lets a closed year be made up by later study. ``reason`` is what the learner reads."""

    ce_year = models.OneToOneField(CeYear, on_delete=models.PROTECT, related_name="make_up_approval")
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="make_up_approvals"
    )
    approved_at = models.DateTimeField(_("批准时间"))
    reason = models.CharField(_("理由"), max_length=300)

    class Meta:
        verbose_name = _("补学批准")
        verbose_name_plural = _("补学批准")
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="make_up_has_reason")]

    def __str__(self) -> str:
        return f"{self.ce_year}"
