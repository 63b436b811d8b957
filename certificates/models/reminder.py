"""Deadlines that learners were told of."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from certificates.enums import ReminderChannel
from tracking.models import CeYear


class Reminder(models.Model):
    """One reminder of one deadline by one channel, sent once: ``days_before`` is 90, 60, 30 or 7.

    ``due_on`` is the deadline it names: an extended deadline is a new one. ``sent_at`` is empty until it was handed
    over; ``claimed_at`` is since when a sweep has it in hand, so that no other sends it too; ``failure`` says why the
    last attempt failed.
    """

    ce_year = models.ForeignKey(CeYear, on_delete=models.PROTECT, related_name="reminders")
    due_on = models.DateField(_("截止日期"))
    days_before = models.PositiveSmallIntegerField(_("提前天数"))
    channel = models.CharField(_("方式"), max_length=8, choices=ReminderChannel)
    made_at = models.DateTimeField(_("生成时间"))
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(_("发送时间"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("尝试次数"), default=0)
    failure = models.CharField(_("失败原因"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("到期提醒")
        verbose_name_plural = _("到期提醒")
        constraints = [
            models.UniqueConstraint(fields=["ce_year", "due_on", "days_before", "channel"], name="reminder_once"),
        ]
        indexes = [
            models.Index(fields=["made_at"], condition=models.Q(sent_at__isnull=True), name="reminder_unsent"),
        ]

    def __str__(self) -> str:
        return f"{self.ce_year} · {self.days_before}"
