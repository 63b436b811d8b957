"""Closed lists of the app."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class DryRunState(TextChoices):
    """How far a trial of a policy has come."""

    QUEUED = "queued", _("等待计算")
    RUNNING = "running", _("正在计算")
    DONE = "done", _("已完成")
    FAILED = "failed", _("没有完成")


class DryRunEffect(TextChoices):
    """What a policy would change for one year."""

    GAINED = "gained", _("由未达标变为达标")
    LOST = "lost", _("由达标变为未达标")
    REOPENED = "reopened", _("换证重新开放")
    EXTENDED = "extended", _("换证期限延长")
    EASED = "eased", _("还差的学时减少")
    TIGHTENED = "tightened", _("还差的学时增加")
    UNCHANGED = "unchanged", _("没有变化")
